import { emergingCategory, type EmergingCategory } from './category.ts'
import { decide, histogramOf, type DecisionMode, type DecisionTable } from './decisions.ts'
import { countTable } from './exact-tail.ts'
import { benjaminiHochberg } from './false-discovery.ts'
import { populationOf } from './gi-star.ts'
import { mannKendall, trendOf, type Trend } from './mann-kendall.ts'
import { neighbourCount, type NeighbourLists } from './neighbours.ts'

/** Counts of every place in every step: `counts[place * steps + step]`, non-negative integers. */
export type Cube = { places: number; steps: number; counts: Int32Array }

/** How a cube is judged. The two modes below are the ones that reports use. */
export type EmergingOptions = {
  decision: DecisionMode
  /** Steps before its own that a bin's neighbourhood takes in; 0 keeps the trend test honest (lag 1: 15-17 % false trends at 5 %). */
  timeLag: number
  alphaBin: number
  alphaTrend: number
  /** Whether trends are tested on neighbourhood sums (integers, so ties hold) or on z. */
  trendSeries: 'sums' | 'z'
  trendFalseDiscovery: boolean
}

/** Default: exact p, no lag, trends on sums with Benjamini-Hochberg over the places. */
export const EXACT_MODE: EmergingOptions = {
  decision: 'exact',
  timeLag: 0,
  alphaBin: 0.05,
  alphaTrend: 0.05,
  trendSeries: 'sums',
  trendFalseDiscovery: true,
}

/** As ArcGIS Pro does it: z, a lag of one step, trends on z without correction. Offered for comparison. */
export const ARCGIS_MODE: EmergingOptions = {
  ...EXACT_MODE,
  decision: 'z',
  timeLag: 1,
  trendSeries: 'z',
  trendFalseDiscovery: false,
}

/** Everything known about one bin; `z`, `p` and `q` are NaN where nothing could be tested. */
export type Bin = { sum: number; z: number; p: number; q: number; state: -1 | 0 | 1 }

/** Answers by place, states by bin (`states[place * steps + step]`), and a look-up for a bin's numbers. */
export type Emerging = {
  states: Int8Array
  trendZ: Float64Array
  trendP: Float64Array
  trends: Int8Array
  hotSteps: Int32Array
  coldSteps: Int32Array
  categories: EmergingCategory[]
  binAt: (place: number, step: number) => Bin
}

/** The answers, or `too_costly` when exact tails of such large sums would take too long. */
export type EmergingResult = { code: 'ok'; result: Emerging } | { code: 'too_costly' }

/**
 * Emerging hot spots of a space-time cube: state of every bin against the whole cube (Benjamini-Hochberg over all
 * bins), trend of every place, and its category. `lists` hold each place itself.
 */
export function emergingHotSpots(cube: Cube, lists: NeighbourLists, options: EmergingOptions): EmergingResult {
  const { places, steps } = cube
  const table = countTable(cube.counts)
  const row = kept(windowSums(cube, lists, options.timeLag), places, steps)
  const sums = new Float64Array(steps)
  const histogram = histogramOf((visit) => {
    for (let i = 0; i < places; i++) {
      row(i, sums)
      const own = neighbourCount(lists, i)
      for (let t = 0; t < steps; t++) visit(own * (Math.min(t, options.timeLag) + 1), sums[t] ?? 0)
    }
  })
  if (table === null || histogram === null) return { code: 'too_costly' }
  const decisions = decide(histogram, table, populationOf(cube.counts), options.decision)
  if (decisions.code !== 'ok') return decisions
  const drawsAt = (place: number, t: number): number => neighbourCount(lists, place) * (Math.min(t, options.timeLag) + 1)
  const tables = new Map(
    Array.from(decisions.tables, ([draws, table_]): [number, DecisionTable & { states: Int8Array }] => [
      draws,
      { ...table_, states: Int8Array.from(table_.q, (_, at) => stateOf(table_, at, options.alphaBin)) },
    ]),
  )
  const onZ = options.trendSeries === 'z'

  const states = new Int8Array(places * steps)
  const trendZ = new Float64Array(places)
  const rawP = new Float64Array(places)
  const zSeries = new Float64Array(steps)
  for (let i = 0; i < places; i++) {
    row(i, sums)
    let decided: (DecisionTable & { states: Int8Array }) | undefined
    for (let t = 0; t < steps; t++) {
      if (t <= options.timeLag) decided = tables.get(drawsAt(i, t))
      if (decided === undefined) continue
      const at = (sums[t] ?? 0) - decided.least
      states[i * steps + t] = decided.states[at] ?? 0
      if (onZ) zSeries[t] = decided.z[at] ?? Number.NaN
    }
    const trend = mannKendall(onZ ? zSeries : sums)
    trendZ[i] = trend.z
    rawP[i] = trend.p
  }
  const trendP = options.trendFalseDiscovery ? benjaminiHochberg(rawP) : rawP
  const trends = Int8Array.from(trendP, (p, i) => trendOf(trendZ[i] ?? 0, p, options.alphaTrend))
  const hotSteps = new Int32Array(places)
  const coldSteps = new Int32Array(places)
  const categories = Array.from({ length: places }, (_, i) => {
    const own = states.subarray(i * steps, (i + 1) * steps)
    for (const state of own) {
      if (state > 0) hotSteps[i] = (hotSteps[i] ?? 0) + 1
      else if (state < 0) coldSteps[i] = (coldSteps[i] ?? 0) + 1
    }
    return emergingCategory(own, (trends[i] ?? 0) as Trend)
  })
  const binAt = (place: number, step: number): Bin => {
    row(place, sums)
    const sum = sums[step] ?? 0
    const decided = tables.get(drawsAt(place, step))
    const at = sum - (decided?.least ?? 0)
    const none = Number.NaN
    return {
      sum,
      z: decided?.z[at] ?? none,
      p: decided?.p[at] ?? none,
      q: decided?.q[at] ?? none,
      state: (decided?.states[at] ?? 0) as Bin['state'],
    }
  }
  return { code: 'ok', result: { states, trendZ, trendP, trends, hotSteps, coldSteps, categories, binAt } }
}

/** Sums are looked at three times: kept where they fit in some 60 MB, else worked out again each time. */
const MOST_KEPT = 8_000_000

function kept(row: (place: number, sums: Float64Array) => void, places: number, steps: number): typeof row {
  if (places * steps > MOST_KEPT) return row
  const all = new Float64Array(places * steps)
  for (let i = 0; i < places; i++) row(i, all.subarray(i * steps, (i + 1) * steps))
  return (place, sums) => {
    const from = place * steps
    for (let t = 0; t < steps; t++) sums[t] = all[from + t] ?? 0
  }
}

/** Fills the sums of a place's neighbourhood by step, over its own step and `timeLag` steps before. */
function windowSums(cube: Cube, lists: NeighbourLists, timeLag: number): (place: number, sums: Float64Array) => void {
  const { steps, counts } = cube
  const { offsets, indices } = lists
  return (place, sums) => {
    sums.fill(0)
    const end = offsets[place + 1] ?? 0
    for (let e = offsets[place] ?? 0; e < end; e++) {
      const from = (indices[e] ?? 0) * steps
      for (let t = 0; t < steps; t++) sums[t] = (sums[t] ?? 0) + (counts[from + t] ?? 0)
    }
    // Backwards, so that each step still reads the plain sums of the steps before it.
    for (let t = steps - 1; t > 0 && timeLag > 0; t--) {
      for (let lag = 1; lag <= Math.min(timeLag, t); lag++) sums[t] = (sums[t] ?? 0) + (sums[t - lag] ?? 0)
    }
  }
}

function stateOf(decided: DecisionTable, at: number, alpha: number): -1 | 0 | 1 {
  if (!((decided.q[at] ?? 1) <= alpha)) return 0
  const side = decided.sides[at] ?? 0
  return side > 0 ? 1 : side < 0 ? -1 : 0
}
