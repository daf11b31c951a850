const FIRST_MS = 500
const LAST_MS = 5_000

/** Waits between tries: doubling, with half of each by chance, so that a thousand clients do not come back at once. */
export interface BackOff {
  nextMs(): number
  reset(): void
}

/** @param random in [0, 1) */
export function createBackOff(random: () => number): BackOff {
  let tries = 0
  return {
    nextMs() {
      const whole = Math.min(LAST_MS, FIRST_MS * 2 ** tries)
      tries += 1
      return whole / 2 + (whole / 2) * random()
    },
    reset() {
      tries = 0
    },
  }
}
