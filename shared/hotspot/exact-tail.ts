/** How often each value occurs among all places: the population from which a neighbourhood is drawn. */
export type CountTable = { size: number; values: Float64Array; occurrences: Float64Array }

/** Tabulates counts. Null when a value is not an integer: an exact p by counting exists for counts only. */
export function countTable(counts: ArrayLike<number>): CountTable | null {
  // Nearly all counts of a cube are small: those are tallied in an array, the others in a map.
  const small = new Float64Array(256)
  const occurrences = new Map<number, number>()
  for (let i = 0; i < counts.length; i++) {
    const value = counts[i] ?? Number.NaN
    if (!Number.isSafeInteger(value)) return null
    if (value >= 0 && value < 256) small[value] = (small[value] ?? 0) + 1
    else occurrences.set(value, (occurrences.get(value) ?? 0) + 1)
  }
  for (const [value, times] of small.entries()) if (times > 0) occurrences.set(value, times)
  const sorted = [...occurrences].sort((a, b) => a[0] - b[0])
  return {
    size: counts.length,
    values: Float64Array.from(sorted, ([value]) => value),
    occurrences: Float64Array.from(sorted, ([, times]) => times),
  }
}

/** The table without one occurrence of `value`, for tails that hold a place's own count fixed. */
export function withoutOne(table: CountTable, value: number): CountTable {
  const at = table.values.indexOf(value)
  const occurrences = table.occurrences.slice()
  if (at >= 0) occurrences[at] = (occurrences[at] ?? 0) - 1
  return { size: table.size - (at >= 0 ? 1 : 0), values: table.values, occurrences }
}

/** P(S ≥ s) and P(S ≤ s) of the sum S of `draws` counts drawn without replacement, for the sums asked for. */
export type SumTails = { upper: (sum: number) => number; lower: (sum: number) => number }

/** A row whose total is under this has lost digits to underflow and is computed by itself. */
const TINY_ROW = 1e-200
/** Steps of the dynamic program that a caller is asked to wait for: some five seconds of one core. */
const STEP_LIMIT = 5_000_000_000
/** Numbers held by the dynamic program: 400 MB of doubles. */
const ROOM_LIMIT = 50_000_000

/** The tails by number of draws, or why they are not computed: sums so large that counting them takes too long. */
export type SumTailsResult = { code: 'ok'; tails: Map<number, SumTails> } | { code: 'too_costly'; steps: number }

/**
 * Exact distribution of the sum of k counts drawn without replacement from all counts of a study, for every k in
 * `largest`, exact up to the largest sum given for that k (sums beyond it are lumped: no tail needs them apart).
 *
 * Dynamic program over distinct values v with m_v occurrences: dp[j][s] = Σ_t b_v(t) dp[j−t][s−t·v] with b_v(t)
 * proportional to C(m_v, t) θ^t. The factor θ cancels when row j is divided by its total, for independent binomial
 * draws given their number are draws without replacement; θ = k/(n−k) keeps every number near 1. All terms are
 * positive, so tails keep about 13 digits however small they are, where a permutation test ends at 1/(permutations+1).
 * `patience` multiplies the steps after which the answer is `too_costly`.
 */
export function sumTails(table: CountTable, largest: ReadonlyMap<number, number>, patience = 1): SumTailsResult {
  const least = table.values[0] ?? 0
  const tails = new Map<number, SumTails>()
  let left = [...largest.keys()].filter((k) => k >= 0 && k <= table.size).sort((a, b) => b - a)
  let width = 1
  for (const k of left) width = Math.max(width, (largest.get(k) ?? 0) - k * least + 1)
  while (left.length > 0) {
    const most = left[0] ?? 0
    const steps = stepsOf(table, most, width)
    if (steps > STEP_LIMIT * patience || (most + 1) * (width + 1) > ROOM_LIMIT) return { code: 'too_costly', steps }
    const rows = distribution(table, most, width)
    const again: number[] = []
    for (const k of left) {
      const found = tailsOfRow(rows[k] ?? new Float64Array(1), k * least)
      if (found === null && k !== most) again.push(k)
      else if (found !== null) tails.set(k, found)
    }
    left = again
  }
  return { code: 'ok', tails }
}

/** Steps of the dynamic program: pairs of draws over the distinct values, times sums. */
function stepsOf(table: CountTable, draws: number, width: number): number {
  let pairs = 0
  for (const occurrences of table.occurrences) {
    const most = Math.min(draws, occurrences)
    pairs += (most + 1) * (draws + 1 - most / 2)
  }
  return pairs * width
}

/** dp[0 … most] over sums less the least possible, 0 … width − 1; the last entry of each row holds all larger sums. */
function distribution(table: CountTable, most: number, width: number): Float64Array[] {
  const least = table.values[0] ?? 0
  const rows = Array.from({ length: most + 1 }, () => new Float64Array(width + 1))
  const first = rows[0]
  if (first !== undefined) first[0] = 1
  const odds = most < table.size ? most / (table.size - most) : 1
  let reached = 0
  let top = 0
  for (let v = 0; v < table.values.length; v++) {
    const occurrences = table.occurrences[v] ?? 0
    if (occurrences === 0) continue
    const share = binomialShape(occurrences, odds, most)
    top = addValue(rows, share, (table.values[v] ?? 0) - least, width, reached, top)
    reached = Math.min(most, reached + share.length - 1)
    rescale(rows)
  }
  return rows
}

/** Proportional to C(m, t) θ^t for t = 0 … min(m, most), largest 1, by recurrence from its mode: no factorials. */
function binomialShape(occurrences: number, odds: number, most: number): Float64Array {
  const last = Math.min(occurrences, most)
  const shape = new Float64Array(last + 1)
  const mode = Math.min(last, Math.floor(((occurrences + 1) * odds) / (1 + odds)))
  shape[mode] = 1
  for (let t = mode; t < last; t++) shape[t + 1] = (shape[t] ?? 0) * ((occurrences - t) / (t + 1)) * odds
  for (let t = mode; t > 0; t--) shape[t - 1] = ((shape[t] ?? 0) * (t / (occurrences - t + 1))) / odds
  return shape
}

/**
 * Adds one distinct value in place. `reached` rows and sums up to `top` are in use; the entry `lump` is beyond all sums
 * kept apart. Returns the highest sum in use afterwards.
 */
function addValue(rows: Float64Array[], share: Float64Array, step: number, lump: number, reached: number, top: number): number {
  const last = Math.min(rows.length - 1, reached + share.length - 1)
  const stay = share[0] ?? 0
  // Rows from the last down: row j reads rows below it, which still hold the state before this value.
  for (let j = last; j >= 0; j--) {
    const row = rows[j]
    if (row === undefined) continue
    for (let s = 0; s <= top; s++) row[s] = (row[s] ?? 0) * stay
    row[lump] = (row[lump] ?? 0) * stay
    for (let t = Math.max(1, j - reached); t < share.length && t <= j; t++) {
      const from = rows[j - t]
      const weight = share[t] ?? 0
      if (from === undefined || weight === 0) continue
      const shift = t * step
      const kept = Math.min(top, lump - 1 - shift)
      for (let s = 0; s <= kept; s++) row[s + shift] = (row[s + shift] ?? 0) + weight * (from[s] ?? 0)
      let beyond = from[lump] ?? 0
      for (let s = Math.max(0, kept + 1); s <= top; s++) beyond += from[s] ?? 0
      row[lump] = (row[lump] ?? 0) + weight * beyond
    }
  }
  return Math.min(lump - 1, top + (share.length - 1) * step)
}

/** Brings the largest entry to 1: only ratios within a row count in the end, and rows must keep theirs to each other. */
function rescale(rows: Float64Array[]): void {
  let largest = 0
  for (const row of rows) for (const value of row) if (value > largest) largest = value
  if (largest === 0 || (largest > 1e-30 && largest < 1e30)) return
  for (const row of rows) for (let s = 0; s < row.length; s++) row[s] = (row[s] ?? 0) / largest
}

function tailsOfRow(row: Float64Array, least: number): SumTails | null {
  const upper = row.slice()
  const lower = row.slice()
  for (let s = row.length - 2; s >= 0; s--) upper[s] = (upper[s] ?? 0) + (upper[s + 1] ?? 0)
  for (let s = 1; s < row.length; s++) lower[s] = (lower[s] ?? 0) + (lower[s - 1] ?? 0)
  const total = upper[0] ?? 0
  if (!(total > TINY_ROW)) return null
  const end = row.length - 1
  const at = (sum: number): number => Math.min(end, Math.max(0, sum - least))
  return {
    upper: (sum) => (sum < least ? 1 : Math.min(1, (upper[at(sum)] ?? 0) / total)),
    lower: (sum) => (sum < least ? 0 : Math.min(1, (lower[at(sum)] ?? 0) / total)),
  }
}

/** Decision of one neighbourhood: two-sided exact `p`, and which tail it lies in (1 upper, −1 lower, 0 neither). */
export type ExactP = { p: number; side: -1 | 0 | 1 }

/**
 * p = min(1, 2 · min(P(S ≥ s), P(S ≤ s))). Why exact and not z: with few cases a cell, z is far from normal and finds
 * false hot spots in most maps of pure chance (`npm run bench -- hotspot-null` prints both error rates).
 */
export function exactP(tails: SumTails, sum: number): ExactP {
  const upper = tails.upper(sum)
  const lower = tails.lower(sum)
  return { p: Math.min(1, 2 * Math.min(upper, lower)), side: upper < lower ? 1 : lower < upper ? -1 : 0 }
}
