/**
 * Benjamini-Hochberg adjusted p values, in the order of `p` (Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289):
 * running minimum from the largest of (m / rank) p, at most 1. NaN is a test that was not made: it stays NaN and is
 * left out of m.
 */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const adjusted = new Float64Array(p.length).fill(Number.NaN)
  const made: number[] = []
  for (let i = 0; i < p.length; i++) if (!Number.isNaN(p[i] ?? Number.NaN)) made.push(i)
  made.sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0))
  const m = made.length
  let least = 1
  for (let rank = m; rank >= 1; rank--) {
    const index = made[rank - 1] ?? 0
    least = Math.min(least, (m / rank) * (p[index] ?? 1))
    adjusted[index] = least
  }
  return adjusted
}

/**
 * The same for tests of which many share a p: `counts[i]` tests have `p[i]`. A space-time cube has millions of tests
 * and a few hundred different p values, so this needs no sort of millions. Entries with count 0 or p NaN stay NaN.
 */
export function benjaminiHochbergGrouped(p: Float64Array, counts: Float64Array): Float64Array {
  const adjusted = new Float64Array(p.length).fill(Number.NaN)
  const made: number[] = []
  let m = 0
  for (let i = 0; i < p.length; i++) {
    const count = counts[i] ?? 0
    if (count > 0 && !Number.isNaN(p[i] ?? Number.NaN)) {
      made.push(i)
      m += count
    }
  }
  made.sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0))
  let rank = m
  let least = 1
  for (const index of made) {
    // Equal p values share the highest rank among them, which the running minimum from above gives by itself.
    least = Math.min(least, (m / rank) * (p[index] ?? 1))
    adjusted[index] = least
    rank -= counts[index] ?? 0
  }
  return adjusted
}
