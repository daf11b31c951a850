import { z } from 'zod'
import type { CaseArrays } from './analysis.ts'
import {
  quasiPoissonRatio,
  ratioOfRatios,
  verdictOf,
  weightedDisplacementDifference,
  type CountPair,
  type DisplacementDifference,
  type NoQuasiPoisson,
  type QuasiPoisson,
  type RatioOfRatios,
  type Verdict,
} from './effect.ts'
import { cornersOf, outlineSchema, polygonsOf, type Outline } from './outline.ts'
import { shownCount } from './guards.ts'
import { localProjection, toMeters } from './projection.ts'

/** Areas of an intervention are drawn by hand, and each case is measured against them. */
const areaSchema = outlineSchema.refine((outline) => cornersOf(outline) <= 500, { message: 'more than 500 corners' })

/** What was done, where and when, as an office enters it. Dates are days of the dataset's time zone. */
export const interventionSchema = z.object({
  name: z.string().trim().min(1).max(80),
  category: z.string().max(120).nullable(),
  startsOn: z.iso.date(),
  /** Weeks compared before and after. */
  weeks: z.int().min(4).max(104),
  treated: areaSchema,
  control: areaSchema,
  /** Width of the ring around the treated area in which moved cases are looked for. */
  displacementMeters: z.number().min(0).max(2000),
  /** Whether the place was chosen because it was among the worst: then part of any fall is chance. */
  chosenBecauseWorst: z.boolean(),
})
export type Intervention = z.infer<typeof interventionSchema>

/** The effect card. `ratio` is by week with overdispersion where it can be, else from totals. */
export type EffectCard = {
  weeks: number
  treated: CountPair
  control: CountPair
  displacement: CountPair
  /** The same ring around the control area: what moved by itself. */
  displacementControl: CountPair
  treatedWeekly: number[]
  controlWeekly: number[]
  totals: RatioOfRatios
  weekly: QuasiPoisson | NoQuasiPoisson
  ratio: number
  interval: [number, number]
  displaced: DisplacementDifference
  verdict: Verdict
  chosenBecauseWorst: boolean
  /** Fewer weeks after than asked for, because the data ends; the comparison takes the same number before. */
  shortened: boolean
}

/** The card, or why there is none: the areas overlap, or there is less than four weeks of data on one side. */
export type EffectResult = { code: 'ok'; card: EffectCard } | { code: 'areas_overlap' | 'too_few_weeks' }

/** The result for a reader who sees no counts of 1 to 4: `hidden` where any stands on the card, no series by week. */
export function shownEffect(result: EffectResult, seesSmallCells: boolean): EffectResult | { code: 'hidden' } {
  if (result.code !== 'ok' || seesSmallCells) return result
  const { card } = result
  const counts = [...card.treated, ...card.control, ...card.displacement, ...card.displacementControl]
  if (counts.some((count) => shownCount(count, false) === null)) return { code: 'hidden' }
  return { code: 'ok', card: { ...card, treatedWeekly: [], controlWeekly: [] } }
}

const WEEK_MS = 7 * 24 * 3600 * 1000
const LEAST_WEEKS = 4

type Metric = { polygons: [number, number][][][] }

/** Effect of an intervention from cases of its category. `startMs` is the first instant after it. */
export function effectOf(
  intervention: Intervention,
  cases: CaseArrays,
  startMs: number,
  covered: { fromMs: number; toMs: number },
): EffectResult {
  const possible = Math.floor(Math.min(startMs - covered.fromMs, covered.toMs - startMs) / WEEK_MS)
  const weeks = Math.min(intervention.weeks, possible)
  if (weeks < LEAST_WEEKS) return { code: 'too_few_weeks' }
  const corner = polygonsOf(intervention.treated)[0]?.[0]?.[0] ?? [0, 0]
  const projection = localProjection(corner)
  const metric = (outline: Outline): Metric => ({
    polygons: polygonsOf(outline).map((rings) => rings.map((ring) => ring.map((place) => toMeters(projection, place)))),
  })
  const treated = metric(intervention.treated)
  const control = metric(intervention.control)
  if (overlap(treated, control)) return { code: 'areas_overlap' }
  const series = {
    treated: Array.from({ length: weeks * 2 }, () => 0),
    control: Array.from({ length: weeks * 2 }, () => 0),
    ring: Array.from({ length: weeks * 2 }, () => 0),
    controlRing: Array.from({ length: weeks * 2 }, () => 0),
  }
  const fromMs = startMs - weeks * WEEK_MS
  // Where the two rings meet, a case belongs to the area that it is nearer to.
  const ringOf = (toTreated: number, toControl: number): number[] | null => {
    if (Math.min(toTreated, toControl) > intervention.displacementMeters) return null
    return toTreated <= toControl ? series.ring : series.controlRing
  }
  for (let i = 0; i < cases.timeMs.length; i++) {
    const week = Math.floor(((cases.timeMs[i] ?? 0) - fromMs) / WEEK_MS)
    if (!(week >= 0 && week < weeks * 2)) continue
    const place = toMeters(projection, [cases.lng[i] ?? 0, cases.lat[i] ?? 0])
    const into = inside(treated, place)
      ? series.treated
      : inside(control, place)
        ? series.control
        : ringOf(distanceTo(treated, place), distanceTo(control, place))
    if (into !== null) into[week] = (into[week] ?? 0) + 1
  }
  const pairOf = (counts: number[]): CountPair => [sum(counts.slice(0, weeks)), sum(counts.slice(weeks))]
  const [t, c] = [pairOf(series.treated), pairOf(series.control)]
  const [d, dc] = [pairOf(series.ring), pairOf(series.controlRing)]
  const totals = ratioOfRatios({ treatedBefore: t[0], treatedAfter: t[1], controlBefore: c[0], controlAfter: c[1] })
  const weekly = quasiPoissonRatio(series.treated, series.control, weeks)
  // Less spread between weeks than chance gives is itself chance: the wider interval stands.
  const byWeek = weekly.code === 'estimated' && weekly.dispersion >= 1 ? weekly : null
  const interval = byWeek?.interval ?? totals.interval
  return {
    code: 'ok',
    card: {
      weeks,
      treated: t,
      control: c,
      displacement: d,
      displacementControl: dc,
      treatedWeekly: series.treated,
      controlWeekly: series.control,
      totals,
      weekly,
      ratio: byWeek === null ? totals.ratio : Math.exp(byWeek.logRatio),
      interval,
      displaced: weightedDisplacementDifference({ treated: t, control: c, displacementTreated: d, displacementControl: dc }),
      verdict: verdictOf(interval),
      chosenBecauseWorst: intervention.chosenBecauseWorst,
      shortened: weeks < intervention.weeks,
    },
  }
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

function inside({ polygons }: Metric, [x, y]: readonly [number, number]): boolean {
  return polygons.some((rings) => {
    let within = false
    for (const ring of rings) {
      for (const [a, b] of sides(ring)) {
        if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) within = !within
      }
    }
    return within
  })
}

function sides(ring: [number, number][]): [[number, number], [number, number]][] {
  return ring.map((corner, i) => [corner, ring[(i + 1) % ring.length] ?? corner])
}

function distanceTo({ polygons }: Metric, [x, y]: readonly [number, number]): number {
  let least = Infinity
  for (const ring of polygons.flat()) {
    for (const [a, b] of sides(ring)) {
      const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
      const share =
        length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1])) / length))
      least = Math.min(least, Math.hypot(x - a[0] - share * (b[0] - a[0]), y - a[1] - share * (b[1] - a[1])))
    }
  }
  return least
}

/** Whether two areas share ground: a corner of one inside the other, or sides that cross. */
function overlap(one: Metric, two: Metric): boolean {
  const corners = (metric: Metric): [number, number][] => metric.polygons.flat(2)
  if (corners(one).some((corner) => inside(two, corner)) || corners(two).some((corner) => inside(one, corner))) return true
  return one.polygons
    .flat()
    .flatMap(sides)
    .some(([a, b]) =>
      two.polygons
        .flat()
        .flatMap(sides)
        .some(([c, d]) => cross(a, b, c, d)),
    )
}

function cross(a: [number, number], b: [number, number], c: [number, number], d: [number, number]): boolean {
  const turn = (p: [number, number], q: [number, number], r: [number, number]): number =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0
}
