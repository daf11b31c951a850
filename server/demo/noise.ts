/** Uniform in `[0, 1)`, the same for the same whole numbers for ever: a random draw that needs no order and no memory. */
export function noise(seed: number, ...keys: readonly number[]): number {
  let hash = seed | 0
  for (const key of keys) {
    // Instants are beyond 32 bits: both halves count.
    hash = mix(hash ^ (key | 0))
    hash = mix(hash ^ Math.floor(key / 0x1_0000_0000))
  }
  return mix(hash ^ 0x2c1b3c6d) / 0x1_0000_0000
}

/** The finaliser of MurmurHash3 with an additive step, so that zero does not stay zero. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A sequence of draws for building something once, in order. */
export interface Draws {
  /** Uniform in `[0, 1)`. */
  unit(): number
  /** Uniform in `[from, to)`. */
  between(from: number, to: number): number
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number
  /** One of a list that has at least one. */
  pick<T>(list: readonly T[]): T
}

/** Draws that are the same for the same seed and name. */
export function createDraws(seed: number, stream: number): Draws {
  let count = 0
  const unit = (): number => {
    count += 1
    return noise(seed, stream, count)
  }
  return {
    unit,
    between: (from, to) => from + unit() * (to - from),
    whole: (from, to) => from + Math.floor(unit() * (to - from + 1)),
    pick(list) {
      const chosen = list[Math.floor(unit() * list.length)]
      if (chosen === undefined) throw new Error('nothing to pick from')
      return chosen
    },
  }
}
