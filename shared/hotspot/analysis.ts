import { EMERGING_CATEGORIES } from './category.ts'
import type { DecisionMode } from './decisions.ts'
import { ARCGIS_MODE, emergingHotSpots, EXACT_MODE, type Cube } from './emerging.ts'
import { ringNeighbours, neighbourSums, type NeighbourLists } from './neighbours.ts'
import { empiricalBayes } from './rates.ts'
import { normalSignificance, significance, type Significance } from './significance.ts'
import { cellsOfPlaces, studyAreaOf, type EmptyArea, type StudyArea, type TooManyCells } from './study-area.ts'
import type { Outline } from './outline.ts'

/** Bounds of one analysis, which the server states in its errors. */
export const MOST_CELLS = 200_000
export const MOST_YEARS = 5
/** Fewer cases than this in a neighbourhood get no class: the map hatches it as too little data. */
export const LEAST_NEIGHBOURHOOD_CASES = 5
/** Fewer weeks than this show no trend category. */
export const LEAST_TREND_WEEKS = 8
/** Weeks of the space-time view when the period itself is shorter. */
export const USUAL_TREND_WEEKS = 52

const WEEK_MS = 7 * 24 * 3600 * 1000
const YEAR_MS = 365.25 * 24 * 3600 * 1000

/** Cases as parallel arrays: WGS-84 degrees and UTC milliseconds; already of the chosen category. */
export type CaseArrays = { lng: Float64Array; lat: Float64Array; timeMs: Float64Array }

/** A denominator by place: households or e-bikes at a building, in WGS-84 degrees. */
export type BaseArrays = { lng: Float64Array; lat: Float64Array; value: Float64Array }

/** What is asked. The period is half open, [fromMs, toMs); weeks are counted back from its end. */
export type AnalysisQuestion = {
  outline: Outline
  cellMeters: number
  ring: 1 | 2 | 3
  mode: DecisionMode
  fromMs: number
  toMs: number
  /** First instant that the data covers: weeks before it are no weeks without cases. */
  coveredFromMs: number
  /** Null: counts. Otherwise rates over these denominators, smoothed by empirical Bayes, decided by z. */
  bases: BaseArrays | null
}

/** Answers by cell, in the order of `area.cells`. NaN where nothing could be tested. */
export type Analysis = {
  area: StudyArea
  lists: NeighbourLists
  significance: Significance
  /** Mode that was used: `exact` gives way to `z` for rates, and where sums are too large to count. */
  usedMode: DecisionMode
  counts: Int32Array
  previousCounts: Int32Array
  yearAgoCounts: Int32Array
  neighbourhoodCounts: Float64Array
  neighbourhoodExpected: Float64Array
  /** Denominators and raw rates; null for counts. */
  bases: Float64Array | null
  rates: { overall: number; raw: Float64Array; smoothed: Float64Array } | null
  weeks: number
  firstWeekMs: number
  /** Counts by cell and week; null when there are too few weeks. */
  cube: Cube | null
  states: Int8Array
  hotWeeks: Int32Array
  trendZ: Float64Array
  /** Index into EMERGING_CATEGORIES, −1 where there are too few weeks. */
  categories: Int8Array
  casesInPeriod: number
  casesOutside: number
  /** Whether the data reaches back over the whole previous period, and the same period a year ago. */
  previousCovered: boolean
  yearAgoCovered: boolean
}

/** The answers, or which bound was broken and what would fit. */
export type AnalysisResult =
  | { code: 'ok'; analysis: Analysis }
  | TooManyCells
  | EmptyArea
  | { code: 'period_too_long'; limitYears: number; years: number }
  | { code: 'empty_period' }

/** Called between stages with the share done; throw from it to stop. */
export type OnProgress = (share: number, stage: 'cells' | 'counts' | 'significance' | 'weeks') => void

/** The whole analysis of one category and period: cells, counts, significance, weeks, categories. Pure and repeatable. */
export function analyse(cases: CaseArrays, question: AnalysisQuestion, onProgress: OnProgress = () => undefined): AnalysisResult {
  const { fromMs, toMs } = question
  if (!(toMs > fromMs)) return { code: 'empty_period' }
  const years = (toMs - fromMs) / YEAR_MS
  // A day of grace: five calendar years may hold two leap days.
  if (years > MOST_YEARS + 1 / 365) return { code: 'period_too_long', limitYears: MOST_YEARS, years }
  onProgress(0, 'cells')
  const laid = studyAreaOf(question.outline, question.cellMeters, MOST_CELLS)
  if (laid.code !== 'ok') return laid
  const { area } = laid
  const n = area.cells.q.length
  const lists = ringNeighbours(area.cells, question.ring, area.index)
  onProgress(0.1, 'counts')
  const binned = countCases(cases, question, area)
  onProgress(0.4, 'significance')
  const tested = test(binned.counts, lists, question, area)
  onProgress(0.6, 'weeks')
  const neighbourhoodCounts = neighbourSums(binned.counts, lists)
  const expectedByCell =
    tested.rates === null || tested.bases === null
      ? new Float64Array(n).fill(binned.casesInPeriod / n)
      : tested.bases.map((base) => base * (tested.rates?.overall ?? 0))
  const weekly = weekByWeek(binned.cube, lists, tested.usedMode, n)
  onProgress(1, 'weeks')
  return {
    code: 'ok',
    analysis: {
      area,
      lists,
      ...tested,
      ...binned,
      ...weekly,
      neighbourhoodCounts,
      neighbourhoodExpected: neighbourSums(expectedByCell, lists),
    },
  }
}

type Binned = Pick<
  Analysis,
  | 'counts'
  | 'previousCounts'
  | 'yearAgoCounts'
  | 'weeks'
  | 'firstWeekMs'
  | 'casesInPeriod'
  | 'casesOutside'
  | 'previousCovered'
  | 'yearAgoCovered'
> & { cube: Cube | null }

function countCases(cases: CaseArrays, question: AnalysisQuestion, area: StudyArea): Binned {
  const { fromMs, toMs, coveredFromMs } = question
  const n = area.cells.q.length
  const length = toMs - fromMs
  const yearFrom = fromMs - 364 * 24 * 3600 * 1000
  const cubeFrom = Math.max(coveredFromMs, Math.min(fromMs, toMs - USUAL_TREND_WEEKS * WEEK_MS))
  const weeks = Math.max(0, Math.floor((toMs - cubeFrom) / WEEK_MS))
  const firstWeekMs = toMs - weeks * WEEK_MS
  const counts = new Int32Array(n)
  const previousCounts = new Int32Array(n)
  const yearAgoCounts = new Int32Array(n)
  const cube: Cube | null = weeks >= LEAST_TREND_WEEKS ? { places: n, steps: weeks, counts: new Int32Array(n * weeks) } : null
  const cells = cellsOfPlaces(area, cases.lng, cases.lat)
  let casesInPeriod = 0
  let casesOutside = 0
  for (let i = 0; i < cells.length; i++) {
    const time = cases.timeMs[i] ?? Number.NaN
    const cell = cells[i] ?? -1
    const inPeriod = time >= fromMs && time < toMs
    if (cell < 0) {
      if (inPeriod) casesOutside++
      continue
    }
    if (inPeriod) {
      counts[cell] = (counts[cell] ?? 0) + 1
      casesInPeriod++
    } else if (time < fromMs && time >= fromMs - length) previousCounts[cell] = (previousCounts[cell] ?? 0) + 1
    if (time >= yearFrom && time < yearFrom + length) yearAgoCounts[cell] = (yearAgoCounts[cell] ?? 0) + 1
    if (cube !== null && time >= firstWeekMs && time < toMs) {
      const at = cell * weeks + Math.floor((time - firstWeekMs) / WEEK_MS)
      cube.counts[at] = (cube.counts[at] ?? 0) + 1
    }
  }
  return {
    counts,
    previousCounts,
    yearAgoCounts,
    weeks,
    firstWeekMs,
    cube,
    casesInPeriod,
    casesOutside,
    previousCovered: coveredFromMs <= fromMs - length,
    yearAgoCovered: coveredFromMs <= yearFrom,
  }
}

type Tested = Pick<Analysis, 'significance' | 'usedMode' | 'bases' | 'rates'>

function test(counts: Int32Array, lists: NeighbourLists, question: AnalysisQuestion, area: StudyArea): Tested {
  if (question.bases !== null) return testRates(counts, lists, question.bases, area)
  const exact = question.mode === 'exact' ? significance(counts, lists, 'exact') : null
  if (exact?.code === 'ok') return { significance: exact.result, usedMode: 'exact', bases: null, rates: null }
  return { significance: normalSignificance(counts, lists), usedMode: 'z', bases: null, rates: null }
}

/** Gi* on smoothed rates, over the cells that have a denominator: the others have no rate and are nobody's neighbour. */
function testRates(counts: Int32Array, lists: NeighbourLists, given: BaseArrays, area: StudyArea): Tested {
  const n = counts.length
  const bases = new Float64Array(n)
  for (const [i, cell] of cellsOfPlaces(area, given.lng, given.lat).entries()) {
    if (cell >= 0) bases[cell] = (bases[cell] ?? 0) + (given.value[i] ?? 0)
  }
  const rates = empiricalBayes(counts, bases)
  const members = Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => (bases[i] ?? 0) > 0))
  const place = new Int32Array(n).fill(-1)
  for (const [at, i] of members.entries()) place[i] = at
  const offsets = new Int32Array(members.length + 1)
  const indices: number[] = []
  for (const [at, i] of members.entries()) {
    for (let e = lists.offsets[i] ?? 0; e < (lists.offsets[i + 1] ?? 0); e++) {
      const j = place[lists.indices[e] ?? 0] ?? -1
      if (j >= 0) indices.push(j)
    }
    offsets[at + 1] = indices.length
  }
  const found = normalSignificance(
    Float64Array.from(members, (i) => rates.smoothed[i] ?? 0),
    { offsets, indices: Int32Array.from(indices), weights: null },
  )
  const spread = (values: Float64Array): Float64Array => {
    const all = new Float64Array(n).fill(Number.NaN)
    for (const [at, i] of members.entries()) all[i] = values[at] ?? Number.NaN
    return all
  }
  const classes = new Int8Array(n)
  for (const [at, i] of members.entries()) classes[i] = found.classes[at] ?? 0
  return {
    significance: { sums: spread(found.sums), z: spread(found.z), p: spread(found.p), q: spread(found.q), classes },
    usedMode: 'z',
    bases,
    rates: { overall: rates.b, raw: rates.raw, smoothed: rates.smoothed },
  }
}

type Weekly = Pick<Analysis, 'states' | 'hotWeeks' | 'trendZ' | 'categories'>

function weekByWeek(cube: Cube | null, lists: NeighbourLists, mode: DecisionMode, n: number): Weekly {
  const found = cube === null ? null : emergingHotSpots(cube, lists, mode === 'exact' ? EXACT_MODE : ARCGIS_MODE)
  if (found === null || found.code !== 'ok') {
    return {
      states: new Int8Array(),
      hotWeeks: new Int32Array(n),
      trendZ: new Float64Array(n),
      categories: new Int8Array(n).fill(-1),
    }
  }
  const numbers = new Map(EMERGING_CATEGORIES.map((category, i) => [category, i]))
  return {
    states: found.result.states,
    hotWeeks: found.result.hotSteps,
    trendZ: found.result.trendZ,
    categories: Int8Array.from(found.result.categories, (category) => numbers.get(category) ?? -1),
  }
}
