import { confidenceClass } from './classes.ts'
import { exactP, sumTails, type CountTable } from './exact-tail.ts'
import { benjaminiHochbergGrouped } from './false-discovery.ts'
import { giStarZ, type Population } from './gi-star.ts'
import { twoSidedNormalP } from './normal.ts'

/** `exact` decides by the exact p of counting (the default); `z` is the ArcGIS-compatible normal approximation. */
export type DecisionMode = 'exact' | 'z'

/**
 * What is decided about a neighbourhood of `draws` places with a given sum: all neighbourhoods of a study with the same
 * size and sum have the same answer, so it is worked out once. Index of each array: the sum less `least`.
 */
export type DecisionTable = {
  least: number
  z: Float64Array
  p: Float64Array
  q: Float64Array
  /** 1 above what chance gives, −1 below, 0 neither. */
  sides: Int8Array
  classes: Int8Array
}

/** How many neighbourhoods have each sum, by neighbourhood size; the tests that share one Benjamini-Hochberg. */
export type SumHistogram = Map<number, { least: number; counts: Float64Array }>

/** Sums wider than this are not tabulated: 400 MB of doubles. */
const WIDTH_LIMIT = 50_000_000

/**
 * Histogram of sums by neighbourhood size from a pass over all neighbourhoods, which is made twice (range, then counts).
 * Null when the sums spread too wide to tabulate.
 */
export function histogramOf(pass: (visit: (draws: number, sum: number) => void) => void): SumHistogram | null {
  const ranges = new Map<number, { least: number; largest: number }>()
  // Neighbourhoods of one size follow one another, and there are millions: the map is asked only when the size changes.
  let size = Number.NaN
  let range = { least: Infinity, largest: -Infinity }
  pass((draws, sum) => {
    if (draws !== size) {
      size = draws
      range = ranges.get(draws) ?? { least: Infinity, largest: -Infinity }
      ranges.set(draws, range)
    }
    if (sum < range.least) range.least = sum
    if (sum > range.largest) range.largest = sum
  })
  const histogram: SumHistogram = new Map()
  let width = 0
  for (const [draws, { least, largest }] of ranges) {
    width += largest - least + 1
    if (width > WIDTH_LIMIT) return null
    histogram.set(draws, { least, counts: new Float64Array(largest - least + 1) })
  }
  size = Number.NaN
  let row: { least: number; counts: Float64Array } = { least: 0, counts: new Float64Array() }
  pass((draws, sum) => {
    if (draws !== size) {
      size = draws
      row = histogram.get(draws) ?? row
    }
    row.counts[sum - row.least] = (row.counts[sum - row.least] ?? 0) + 1
  })
  return histogram
}

/** Tables by neighbourhood size, or `too_costly` when exact tails of such large sums would take too long. */
export type Decisions = { code: 'ok'; tables: Map<number, DecisionTable> } | { code: 'too_costly' }

/**
 * Decides every (size, sum) of a study of counts: z always, p by the mode, q by Benjamini-Hochberg over all
 * neighbourhoods at once, and the class. Where z is not defined nothing is tested: z, p and q are NaN, class 0.
 * In exact mode a class points to the tail that the sum lies in. `patience` as in `sumTails`.
 */
export function decide(
  histogram: SumHistogram,
  table: CountTable,
  population: Population & { shift: number },
  mode: DecisionMode,
  patience = 1,
): Decisions {
  const largest = new Map<number, number>()
  for (const [draws, { least, counts }] of histogram) largest.set(draws, least + counts.length - 1)
  const tails = mode === 'exact' ? sumTails(table, largest, patience) : null
  if (tails?.code === 'too_costly') return tails
  const tables = new Map<number, DecisionTable>()
  const allP: number[] = []
  const allCounts: number[] = []
  for (const [draws, { least, counts }] of histogram) {
    const width = counts.length
    const entry: DecisionTable = {
      least,
      z: new Float64Array(width).fill(Number.NaN),
      p: new Float64Array(width).fill(Number.NaN),
      q: new Float64Array(width).fill(Number.NaN),
      sides: new Int8Array(width),
      classes: new Int8Array(width),
    }
    const own = tails?.tails.get(draws)
    for (let at = 0; at < width; at++) {
      if (counts[at] === 0) continue
      const sum = least + at
      const z = giStarZ(population, sum - draws * population.shift, draws, draws)
      entry.z[at] = z
      if (!Number.isNaN(z)) {
        const exact = own === undefined ? null : exactP(own, sum)
        entry.p[at] = exact === null ? twoSidedNormalP(z) : exact.p
        entry.sides[at] = exact === null ? Math.sign(z) : exact.side
      }
      allP.push(entry.p[at] ?? Number.NaN)
      allCounts.push(counts[at] ?? 0)
    }
    tables.set(draws, entry)
  }
  const q = benjaminiHochbergGrouped(Float64Array.from(allP), Float64Array.from(allCounts))
  let next = 0
  for (const [draws, { counts }] of histogram) {
    const entry = tables.get(draws)
    for (let at = 0; at < counts.length; at++) {
      if (counts[at] === 0 || entry === undefined) continue
      const adjusted = q[next++] ?? Number.NaN
      entry.q[at] = adjusted
      entry.classes[at] = confidenceClass(adjusted, entry.sides[at] ?? 0)
    }
  }
  return { code: 'ok', tables }
}
