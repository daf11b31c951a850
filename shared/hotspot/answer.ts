import { LEAST_NEIGHBOURHOOD_CASES, type Analysis, type AnalysisQuestion } from './analysis.ts'
import { EMERGING_CATEGORIES, type EmergingCategory } from './category.ts'
import { guardedClass, shownCount } from './guards.ts'
import { cellCorners } from './hex-grid.ts'
import { polygonsOf } from './outline.ts'
import { centreOf, hotPatches, nameNear, type NamedPoint } from './places.ts'
import { toLngLat } from './projection.ts'
import { rateInterval } from './rates.ts'

/** Answers that outlive a version of this file name it. */
export const ANSWER_VERSION = 1

/** What was asked, as it stands in the head of an answer and on a report; the same numbers come back for the same values. */
export type AnswerParameters = {
  dataset: string
  from: string
  to: string
  timeZone: string
  category: string | null
  cellMeters: number
  ring: 1 | 2 | 3
  mode: 'exact' | 'z'
  rate: string | null
}

/** A place of the ranked table: a patch of hot cells. Counts of 1 to 4 are null for roles that see no small cells. */
export type HotPlace = {
  key: string
  rank: number
  name: string | null
  nameEn: string | null
  lng: number
  lat: number
  cells: number
  class: number
  category: EmergingCategory | null
  count: number | null
  expected: number
  excess: number | null
  z: number | null
  p: number | null
  q: number | null
  previous: number | null
  yearAgo: number | null
  hotWeeks: number
  weekly: (number | null)[]
  hours: (number | null)[]
  bases: number | null
  ratePerThousand: number | null
  rateInterval: [number, number] | null
}

/** Properties of one cell. `near` is its neighbourhood, which is what was tested. `weeks` has h, c or . for each week. */
export type CellProperties = {
  id: string
  count: number | null
  expected: number
  near: number | null
  nearExpected: number
  z: number | null
  p: number | null
  q: number | null
  class: number
  tooLittleData: boolean
  category: EmergingCategory | null
  hotWeeks: number
  weeks: string
  ratePerThousand: number | null
}

/** The head of an answer. */
export type AnswerHead = {
  version: number
  seq: number | null
  parameters: AnswerParameters
  usedMode: 'exact' | 'z'
  cells: number
  cases: number
  casesOutside: number
  hotCells: number
  hotShare: number | null
  previous: number | null
  yearAgo: number | null
  weeks: number
  firstWeek: string | null
  coverage: { from: string; to: string } | null
  /** First day that was counted: later than asked for where the denominator is known only since then. */
  countedFrom: string
  /** Patrols since a day and the cases of the same days; null where no patrol is known. */
  patrols: { from: string; visits: number; cases: number } | null
  leastCases: number
  suppressed: boolean
  sources: { name: string; count: number }[]
  daily: { day: string; count: number }[]
  places: HotPlace[]
  outline: [number, number][][][]
}

export type CellFeature = {
  type: 'Feature'
  id: number
  properties: CellProperties
  geometry: { type: 'Polygon'; coordinates: [number, number][][] }
}

/** GeoJSON as `GET /api/hotspots` serves it; QGIS and every other reader of RFC 7946 opens it. */
export type HotspotAnswer = { type: 'FeatureCollection'; head: AnswerHead; features: CellFeature[] }

/** What an answer needs besides the analysis. Hours by cell are local hours of the day, 24 to a cell. */
export type AnswerParts = {
  analysis: Analysis
  question: AnalysisQuestion
  parameters: AnswerParameters
  seq: number | null
  names: readonly NamedPoint[]
  seesSmallCells: boolean
  hours: Int32Array
  daily: { day: string; count: number }[]
  sources: { name: string; count: number }[]
  coverage: { from: string; to: string } | null
  countedFrom: string
  patrols: { from: string; visits: number; cases: number } | null
}

const MOST_PLACES = 50
/** Cells that a finding counts: those of at least 95 %, which is where it says that false discoveries are held. */
const CLEAR_CLASS = 2
const number = (value: number | undefined, digits = 6): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(digits))
const degree = (value: number): number => Math.round(value * 1e6) / 1e6

/** Writes an analysis as an answer for one kind of reader. Pure: the same parts give the same bytes. */
export function answerOf(parts: AnswerParts): HotspotAnswer {
  const { analysis, parameters, seesSmallCells } = parts
  const n = analysis.counts.length
  const features: CellFeature[] = []
  let hotCells = 0
  let hotCases = 0
  for (let i = 0; i < n; i++) {
    const properties = cellProperties(parts, i)
    if (properties.class >= CLEAR_CLASS) {
      hotCells++
      hotCases += analysis.counts[i] ?? 0
    }
    features.push({ type: 'Feature', id: i, properties, geometry: { type: 'Polygon', coordinates: [ringOf(analysis, i)] } })
  }
  const sum = (values: Int32Array): number => values.reduce((total, value) => total + value, 0)
  return {
    type: 'FeatureCollection',
    head: {
      version: ANSWER_VERSION,
      seq: parts.seq,
      parameters,
      usedMode: analysis.usedMode,
      cells: n,
      cases: analysis.casesInPeriod,
      casesOutside: analysis.casesOutside,
      hotCells,
      hotShare: analysis.casesInPeriod === 0 ? null : number(hotCases / analysis.casesInPeriod, 4),
      previous: analysis.previousCovered ? sum(analysis.previousCounts) : null,
      yearAgo: analysis.yearAgoCovered ? sum(analysis.yearAgoCounts) : null,
      weeks: analysis.weeks,
      firstWeek: analysis.cube === null ? null : new Date(analysis.firstWeekMs).toISOString(),
      coverage: parts.coverage,
      countedFrom: parts.countedFrom,
      patrols: parts.patrols,
      leastCases: LEAST_NEIGHBOURHOOD_CASES,
      suppressed: !seesSmallCells,
      sources: seesSmallCells ? parts.sources : parts.sources.filter(({ count }) => count >= LEAST_NEIGHBOURHOOD_CASES),
      daily: parts.daily.map(({ day, count }) => ({ day, count })),
      places: placesOf(parts),
      outline: polygonsOf(parts.question.outline).map((rings) =>
        rings.map((ring) => ring.map(([lng, lat]) => [degree(lng), degree(lat)])),
      ),
    },
    features,
  }
}

function ringOf({ area }: Analysis, i: number): [number, number][] {
  const corners = cellCorners(area.grid, area.cells.q[i] ?? 0, area.cells.r[i] ?? 0).map(([x, y]): [number, number] => {
    const [lng, lat] = toLngLat(area.projection, x, y)
    return [degree(lng), degree(lat)]
  })
  return [...corners, corners[0] ?? [0, 0]]
}

/** Key of a cell that stays the same as long as the outline and the cell size do. */
export function cellKey({ area }: Pick<Analysis, 'area'>, i: number): string {
  return `${area.cells.q[i]},${area.cells.r[i]}`
}

function categoryAt(analysis: Analysis, i: number): EmergingCategory | null {
  return EMERGING_CATEGORIES[analysis.categories[i] ?? -1] ?? null
}

function cellProperties({ analysis, seesSmallCells }: AnswerParts, i: number): CellProperties {
  const near = analysis.neighbourhoodCounts[i] ?? 0
  const { shownClass, tooLittleData } = guardedClass(analysis.significance.classes[i] ?? 0, near)
  const base = analysis.bases?.[i] ?? 0
  const n = analysis.counts.length
  const expected = analysis.rates === null ? analysis.casesInPeriod / n : base * analysis.rates.overall
  const hidden = !seesSmallCells && !isPlain(analysis, i)
  const count = shownCount(analysis.counts[i] ?? 0, seesSmallCells)
  const steps = analysis.states.length / n
  let weeks = ''
  for (let t = 0; t < steps; t++) {
    const state = analysis.states[i * steps + t] ?? 0
    weeks += state > 0 ? 'h' : state < 0 ? 'c' : '.'
  }
  return {
    id: cellKey(analysis, i),
    count,
    expected: number(expected) ?? 0,
    near: hidden ? null : near,
    nearExpected: number(analysis.neighbourhoodExpected[i]) ?? 0,
    z: hidden ? null : number(analysis.significance.z[i]),
    p: hidden ? null : number(analysis.significance.p[i]),
    q: hidden ? null : number(analysis.significance.q[i]),
    class: shownClass,
    tooLittleData,
    category: tooLittleData ? null : categoryAt(analysis, i),
    hotWeeks: analysis.hotWeeks[i] ?? 0,
    weeks,
    ratePerThousand:
      analysis.rates === null || hidden || count === null ? null : number((analysis.rates.smoothed[i] ?? Number.NaN) * 1000, 4),
  }
}

/**
 * Whether a neighbourhood may be shown where small cells may not: all counts in it may. The sum, z or p of one with a hidden
 * count would tell it, together with the sums of the neighbourhoods beside it.
 */
function isPlain({ lists, counts }: Analysis, i: number): boolean {
  for (let e = lists.offsets[i] ?? 0; e < (lists.offsets[i + 1] ?? 0); e++)
    if (shownCount(counts[lists.indices[e] ?? 0] ?? 0, false) === null) return false
  return true
}

function placesOf(parts: AnswerParts): HotPlace[] {
  const { analysis, seesSmallCells, names, hours } = parts
  const show = (count: number): number | null => shownCount(count, seesSmallCells)
  const n = analysis.counts.length
  return hotPatches(analysis)
    .slice(0, MOST_PLACES)
    .map((patch, at): HotPlace => {
      const total = (values: ArrayLike<number>): number => patch.cells.reduce((sum, i) => sum + (values[i] ?? 0), 0)
      const count = total(analysis.counts)
      const bases = analysis.bases === null ? null : total(analysis.bases)
      const expected =
        analysis.rates === null || bases === null
          ? (analysis.casesInPeriod / n) * patch.cells.length
          : bases * analysis.rates.overall
      const steps = analysis.cube?.steps ?? 0
      const weekly = Array.from({ length: steps }, (_, t) =>
        patch.cells.reduce((sum, i) => sum + (analysis.cube?.counts[i * steps + t] ?? 0), 0),
      )
      const byHour = Array.from({ length: 24 }, (_, hour) => patch.cells.reduce((sum, i) => sum + (hours[i * 24 + hour] ?? 0), 0))
      const [lng, lat] = centreOf(analysis, patch.peak)
      const hidden = !seesSmallCells && !isPlain(analysis, patch.peak)
      const near = nameNear(analysis, patch.peak, names)
      const interval = bases === null ? null : rateInterval(count, bases)
      return {
        key: cellKey(analysis, patch.peak),
        rank: at + 1,
        name: near?.name ?? null,
        nameEn: near?.nameEn ?? null,
        lng: degree(lng),
        lat: degree(lat),
        cells: patch.cells.length,
        class: patch.level,
        category: categoryAt(analysis, patch.peak),
        count: show(count),
        expected: number(expected, 4) ?? 0,
        excess: show(count) === null ? null : number(count - expected, 4),
        z: hidden ? null : number(analysis.significance.z[patch.peak], 4),
        p: hidden ? null : number(analysis.significance.p[patch.peak], 4),
        q: hidden ? null : number(analysis.significance.q[patch.peak], 4),
        previous: analysis.previousCovered ? show(total(analysis.previousCounts)) : null,
        yearAgo: analysis.yearAgoCovered ? show(total(analysis.yearAgoCounts)) : null,
        hotWeeks: analysis.hotWeeks[patch.peak] ?? 0,
        weekly: weekly.map(show),
        hours: byHour.map(show),
        bases,
        ratePerThousand: bases === null || bases === 0 || show(count) === null ? null : number((count / bases) * 1000, 4),
        rateInterval:
          interval === null || show(count) === null
            ? null
            : [number(interval.low * 1000, 4) ?? 0, number(interval.high * 1000, 4) ?? 0],
      }
    })
}
