import { beijingDayStart } from '../../../shared/alarms/opening-hours.ts'
import type { Case, CASE_STAGES } from '../../../shared/domain/cases.ts'
import { formatInstant, type Position } from '../../../shared/domain/field.ts'
import type { Category } from '../../../shared/site/site.ts'
import { gridAt, type DemoCommunity } from '../community.ts'
import { noise } from '../noise.ts'
import { positionOf } from '../plane.ts'
import { CASE_THEMES, hourlyRateOf, type CaseTheme } from './case-themes.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, realAt, type LifeClock } from './life-clock.ts'

type Stage = (typeof CASE_STAGES)[number]

/** One step of a case on its way, at a life time; `assigneeId` is set from dispatch on. */
export interface CaseStep {
  readonly atLifeMs: number
  readonly stage: Stage
  readonly isAssigned: boolean
}

export interface DemoCase {
  readonly id: string
  readonly theme: CaseTheme
  readonly position: Position
  readonly gridId: string
  readonly assigneeId: string
  readonly reporterKind: Case['reporterKind']
  /** In order; the first is `reported`. */
  readonly steps: readonly CaseStep[]
}

/** Cases are drawn a span at a time. */
const SPAN_MS = 30 * MINUTE_MS
const SPANS_A_DAY = DAY_MS / SPAN_MS
/** No case is open longer; what is older needs no look. */
export const LONGEST_CASE_MS = 16 * DAY_MS
/** A span has at most this many cases of one theme: with a rate of 0.2 a span, more is one in 60,000. */
const MOST_A_SPAN = 3
const KEY = { count: 61, at: 62, place: 63, path: 64 } as const
const WEEK_MS = 7 * DAY_MS

export interface CaseLife {
  /** Cases reported in `(fromMs, toMs]` of life time, in no particular order. */
  reportedIn(fromMs: number, toMs: number): DemoCase[]
}

/** Cases as a function of life time: each span draws its own, so that any window gives the same. Trends count from `firstLifeMs`. */
export function createCaseLife(community: DemoCommunity, firstLifeMs: number): CaseLife {
  const spans = new Map<number, readonly DemoCase[]>()
  const limits = new Map(community.site.categories.map((category) => [category.code, category]))

  const casesOf = (span: number): readonly DemoCase[] => {
    const known = spans.get(span)
    if (known !== undefined) return known
    const cases = CASE_THEMES.flatMap((theme, index) => drawSpan(community, limits, theme, index, span, firstLifeMs))
    spans.set(span, cases)
    return cases
  }
  return {
    reportedIn(fromMs, toMs) {
      const found: DemoCase[] = []
      const first = Math.floor(fromMs / SPAN_MS)
      for (let span = first; span <= Math.floor(toMs / SPAN_MS); span += 1) {
        for (const each of casesOf(span)) {
          const at = each.steps[0]?.atLifeMs ?? Infinity
          if (at > fromMs && at <= toMs) found.push(each)
        }
      }
      for (const span of spans.keys()) if (span < first) spans.delete(span)
      return found
    },
  }
}

function drawSpan(
  community: DemoCommunity,
  limits: ReadonlyMap<string, Category>,
  theme: CaseTheme,
  themeIndex: number,
  span: number,
  firstLifeMs: number,
): DemoCase[] {
  const startMs = span * SPAN_MS
  const dayMs = beijingDayStart(startMs)
  const day = Math.round(dayMs / DAY_MS)
  const hour = (startMs - dayMs) / HOUR_MS
  // 1970-01-01 was a Thursday.
  const weekday = (day + 4) % 7
  const rate = hourlyRateOf(theme, hour, weekday, (startMs - firstLifeMs) / WEEK_MS) * (SPAN_MS / HOUR_MS)
  const count = poisson(rate, noise(community.seed, KEY.count, themeIndex, span))
  return Array.from({ length: count }, (_, index) => {
    const key = themeIndex * MOST_A_SPAN + index
    const spot = insideOf(theme.placeOf(community, (number) => noise(community.seed, KEY.place, key, span, number)))
    const grid = gridAt(community.grids, spot)
    if (grid === null) throw new Error('a case lies in no grid')
    const draw = (number: number): number => noise(community.seed, KEY.path, key, span, number)
    const reportedMs = startMs + noise(community.seed, KEY.at, key, span) * SPAN_MS
    const spanOfDay = Math.round((startMs - dayMs) / SPAN_MS) % SPANS_A_DAY
    return {
      id: `c-${formatInstant(dayMs + 8 * HOUR_MS).slice(0, 10)}-${String(spanOfDay * CASE_THEMES.length * MOST_A_SPAN + key).padStart(4, '0')}`,
      theme,
      position: positionOf(spot),
      gridId: grid.id,
      assigneeId: community.workerIds[grid.number - 1] ?? '',
      reporterKind: theme.reporters[Math.floor(draw(0) * theme.reporters.length)] ?? null,
      steps: pathOf(reportedMs, limits.get(theme.code)?.unit ?? 'workingDays', draw),
    }
  })
}

/** Keeps a place inside the community's outer streets. */
const insideOf = ([x, y]: readonly [number, number]): readonly [number, number] => [
  Math.min(639, Math.max(-639, x)),
  Math.min(399, Math.max(-399, y)),
]

function poisson(rate: number, drawn: number): number {
  let [share, sum] = [Math.exp(-rate), Math.exp(-rate)]
  let count = 0
  while (drawn > sum && count < MOST_A_SPAN) {
    count += 1
    share *= rate / count
    sum += share
  }
  return count
}

/** Minutes that the work itself takes, by the unit of its limit. */
const WORK_MINUTES: Readonly<Record<Category['unit'], readonly [number, number]>> = {
  urgentHours: [15, 85],
  workingHours: [30, 180],
  workingDays: [180, 1800],
  calendarDays: [300, 3300],
}

/** 上报 → 核查 → 立案 → 派遣 → 处置 → 核实 → 结案; some are rejected or merged, some come back, some are put off. */
function pathOf(reportedMs: number, unit: Category['unit'], draw: Draw): CaseStep[] {
  const steps: CaseStep[] = []
  let at = reportedMs
  const step = (stage: Stage, minutes: number): void => {
    at += minutes * MINUTE_MS
    steps.push({
      atLifeMs: at,
      stage,
      isAssigned: ['dispatched', 'handled', 'inspected', 'closed', 'returned', 'deferred'].includes(stage),
    })
  }
  const between = (number: number, from: number, to: number): number => from + draw(number) * (to - from)
  step('reported', 0)
  step('verified', between(1, 4, 17))
  const outcome = draw(2)
  if (outcome < 0.05) step('rejected', between(3, 1, 8))
  if (outcome >= 0.05 && outcome < 0.08) step('merged', between(3, 1, 8))
  if (outcome < 0.08) return steps
  step('filed', between(3, 1, 6))
  step('dispatched', between(4, 2, 13))
  const [least, most] = WORK_MINUTES[unit]
  const work = between(5, least, most) * (draw(6) < 0.06 ? 3 : 1)
  if (draw(7) < 0.03) step('deferred', work * 0.6)
  step('handled', work)
  if (draw(8) < 0.05) {
    step('returned', between(9, 10, 40))
    step('handled', work * 0.5)
  }
  step('inspected', between(10, 8, 28))
  step('closed', between(11, 1, 9))
  return steps
}

type Draw = (number: number) => number

/** When a case is due, as a real instant: accepted in 15 minutes, then the limit of its category from the report on. */
export function dueAtOf(clock: LifeClock, each: DemoCase, stage: Stage, category: Category | undefined): string | null {
  if (stage === 'closed' || stage === 'rejected' || stage === 'merged') return null
  const reportedMs = realAt(clock, each.steps[0]?.atLifeMs ?? 0)
  if (stage === 'reported' || stage === 'verified' || category === undefined) return formatInstant(reportedMs + 15 * MINUTE_MS)
  return formatInstant(reportedMs + limitMs(category))
}

/** The demo's calendar is plain: a working hour is an hour, a working day ends a day later. The product's own is in shared/worktime. */
function limitMs({ unit, limit }: Category): number {
  return unit === 'urgentHours' || unit === 'workingHours' ? limit * HOUR_MS : limit * DAY_MS
}
