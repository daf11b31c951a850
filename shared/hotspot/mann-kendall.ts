import { twoSidedNormalP } from './normal.ts'

/** Result of a Mann-Kendall test: `z` with continuity correction, two-sided `p`; a series without variance has z 0, p 1. */
export type MannKendall = { s: number; variance: number; z: number; p: number }

/** 1 rising, 0 no trend shown, −1 falling. */
export type Trend = -1 | 0 | 1

/**
 * Mann-Kendall trend test with tie correction (Mann 1945, Econometrica 13:245; Kendall 1975, Rank Correlation Methods):
 * S = Σ sign(x_j − x_i), Var = [n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18, z = (S − sign S) / √Var.
 * Ties must be exact: pass integer sums, since float noise breaks them and inflates the test.
 */
export function mannKendall(series: ArrayLike<number>): MannKendall {
  const n = series.length
  const { s, ties } = smallIntegerPairs(series) ?? allPairs(series)
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
  const z = variance > 0 ? (s - Math.sign(s)) / Math.sqrt(variance) : 0
  return { s, variance, z, p: twoSidedNormalP(z) }
}

/** S, and Σ t(t−1)(2t+5) over tie groups. */
type Pairs = { s: number; ties: number }

/** Sums of a week in a neighbourhood are nearly always under this. */
const SMALL = 32

/** The pairs of a series of small counts, by how often each value came before: some steps a value instead of one a pair. */
function smallIntegerPairs(series: ArrayLike<number>): Pairs | null {
  const n = series.length
  for (let i = 0; i < n; i++) {
    const x = series[i] ?? Number.NaN
    if (!(x >= 0 && x < SMALL) || x !== Math.trunc(x)) return null
  }
  const seen = new Int32Array(SMALL)
  let s = 0
  for (let j = 0; j < n; j++) {
    const x = series[j] ?? 0
    let less = 0
    for (let v = 0; v < x; v++) less += seen[v] ?? 0
    const equal = seen[x] ?? 0
    s += less - (j - less - equal)
    seen[x] = equal + 1
  }
  let ties = 0
  for (const t of seen) ties += t * (t - 1) * (2 * t + 5)
  return { s, ties }
}

function allPairs(series: ArrayLike<number>): Pairs {
  const n = series.length
  let s = 0
  // Counted pairwise: an element that is the (e+1)-th of its value adds the difference to its tie group.
  let ties = 0
  for (let j = 1; j < n; j++) {
    const x = series[j] ?? 0
    let equal = 0
    for (let i = 0; i < j; i++) {
      const earlier = series[i] ?? 0
      // Without branches: which way a count goes is chance, so a processor cannot foresee it.
      s += (earlier < x ? 1 : 0) - (earlier > x ? 1 : 0)
      equal += earlier === x ? 1 : 0
    }
    if (equal > 0) ties += (equal + 1) * equal * (2 * equal + 7) - equal * (equal - 1) * (2 * equal + 5)
  }
  return { s, ties }
}

/** The direction of a trend with (adjusted) p at most `alpha`, else 0. */
export function trendOf(z: number, p: number, alpha: number): Trend {
  return p <= alpha ? (Math.sign(z) as Trend) : 0
}

/** Kendall's tau-b of a series against time (time has no ties), null when all values are equal or there is one only. */
export function kendallTauB(series: ArrayLike<number>): number | null {
  const n = series.length
  const groups = new Map<number, number>()
  for (let i = 0; i < n; i++) groups.set(series[i] ?? 0, (groups.get(series[i] ?? 0) ?? 0) + 1)
  const pairs = (n * (n - 1)) / 2
  let tied = 0
  for (const count of groups.values()) tied += (count * (count - 1)) / 2
  return pairs - tied > 0 ? mannKendall(series).s / Math.sqrt(pairs * (pairs - tied)) : null
}

/** Sen's slope: the median of the slopes of all pairs, per step (Sen 1968, JASA 63:1379); null below two values. */
export function senSlope(series: ArrayLike<number>): number | null {
  const slopes: number[] = []
  for (let j = 1; j < series.length; j++) {
    for (let i = 0; i < j; i++) slopes.push(((series[j] ?? 0) - (series[i] ?? 0)) / (j - i))
  }
  if (slopes.length === 0) return null
  slopes.sort((a, b) => a - b)
  const middle = slopes.length >> 1
  const upper = slopes[middle] ?? 0
  return slopes.length % 2 === 1 ? upper : ((slopes[middle - 1] ?? 0) + upper) / 2
}
