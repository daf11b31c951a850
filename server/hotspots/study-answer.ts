import { analyse, type Analysis, type AnalysisQuestion, type CaseArrays } from '../../shared/hotspot/analysis.ts'
import { answerOf, type HotspotAnswer } from '../../shared/hotspot/answer.ts'
import { zoneClock, zoneOffset } from '../../shared/hotspot/import/dates.ts'
import { cellsOfPlaces } from '../../shared/hotspot/study-area.ts'
import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import type { CaseColumns } from './case-columns.ts'
import { PATROLS } from './community-study.ts'
import type { AnalysisTask, BasePoints, Refused, WorkerDataset } from './worker-messages.ts'

export const DAY_MS = 24 * 3600 * 1000

/** A dataset with its cases unpacked. */
export type OpenDataset = Omit<WorkerDataset, 'columns'> & { readonly columns: CaseColumns }

/** Told the share done before each stage; throws to stop. */
export type Step = (share: number, stage: AnalysisProgress['stage']) => void

/** An analysis with what it was made from; `chosen` are the rows of the dataset that are of the category. */
export interface Made {
  readonly analysis: Analysis
  readonly question: AnalysisQuestion
  readonly cases: CaseArrays
  readonly chosen: Uint32Array
}

/** First instant of a day in a zone. */
export function dayStart(day: string, timeZone: string): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return zoneClock(timeZone)({ year, month, day: date, hour: 0, minute: 0, second: 0 })
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

/** Makes the analysis of a task: the cases of its category, its period in the zone of the dataset, its denominators. */
export function makeAnalysis(kept: OpenDataset, task: AnalysisTask, step: Step): Made | Refused {
  const { parameters, outline } = task
  const { columns } = kept
  const wanted = parameters.category === null ? -1 : columns.categories.indexOf(parameters.category)
  const chosen = new Uint32Array(columns.lng.length)
  let count = 0
  let coveredFromMs = Infinity
  for (let i = 0; i < chosen.length; i++) {
    // What the data covers is told by all its cases, not only those of the category.
    coveredFromMs = Math.min(coveredFromMs, columns.timeMs[i] ?? Infinity)
    if (parameters.category === null || columns.category[i] === wanted) chosen[count++] = i
  }
  const own = chosen.subarray(0, count)
  const pick = (column: Float64Array): Float64Array =>
    parameters.category === null ? column : Float64Array.from(own, (i) => column[i] ?? 0)
  const cases = { lng: pick(columns.lng), lat: pick(columns.lat), timeMs: pick(columns.timeMs) }
  const asked = {
    fromMs: dayStart(parameters.from, parameters.timeZone),
    toMs: dayStart(nextDay(parameters.to), parameters.timeZone),
  }
  const given = parameters.rate === null ? null : (kept.bases[parameters.rate] ?? undefined)
  if (given === undefined) return { code: 'no_denominator' }
  const bases = given === null ? null : withinDays(given, asked)
  if (bases === undefined) return { code: 'no_denominator' }
  const question: AnalysisQuestion = {
    outline,
    cellMeters: parameters.cellMeters,
    ring: parameters.ring,
    mode: parameters.mode,
    // Patrols are known since some day: the cases of a rate are those of the same days.
    fromMs: Math.max(asked.fromMs, bases?.fromMs ?? -Infinity),
    toMs: asked.toMs,
    // Without a case nothing is covered: no week and no period before is one without cases.
    coveredFromMs,
    bases: bases?.points ?? null,
  }
  // A tenth is left for writing.
  const result = analyse(cases, question, (share, stage) => step(share * 0.9, stage))
  if (result.code !== 'ok') return result
  return { analysis: result.analysis, question, cases, chosen: own }
}

/**
 * Denominators of a period: all of them, or of those with days the ones in it, and the first such day. Undefined when no
 * day is in it.
 */
function withinDays(
  points: BasePoints,
  period: { readonly fromMs: number; readonly toMs: number },
): { readonly points: BasePoints; readonly fromMs: number } | undefined {
  const { dayMs } = points
  if (dayMs === undefined) return { points, fromMs: -Infinity }
  const chosen: number[] = []
  let fromMs = Infinity
  for (const [i, day] of dayMs.entries()) {
    if (day < period.fromMs || day >= period.toMs) continue
    chosen.push(i)
    fromMs = Math.min(fromMs, day)
  }
  if (chosen.length === 0) return undefined
  const pick = (column: Float64Array): Float64Array => Float64Array.from(chosen, (i) => column[i] ?? 0)
  return { points: { lng: pick(points.lng), lat: pick(points.lat), value: pick(points.value) }, fromMs }
}

/** Patrols beside cases, over the days of the period since patrols are counted; null where there are none. */
export interface CasesByPatrol {
  /** First day counted. */
  readonly from: string
  readonly visits: number
  readonly cases: number
}

/** Patrols and cases in some cells of an analysis, or in all of them. */
export function casesByPatrol(
  kept: OpenDataset,
  task: AnalysisTask,
  { analysis, cases }: Made,
  isIn: (cell: number) => boolean,
): CasesByPatrol | null {
  const given = kept.bases[PATROLS]
  const { from, to, timeZone } = task.parameters
  const period = { fromMs: dayStart(from, timeZone), toMs: dayStart(nextDay(to), timeZone) }
  const found = given === undefined ? undefined : withinDays(given, period)
  if (found === undefined) return null
  let visits = 0
  for (const [i, cell] of cellsOfPlaces(analysis.area, found.points.lng, found.points.lat).entries())
    if (cell >= 0 && isIn(cell)) visits += found.points.value[i] ?? 0
  let count = 0
  for (const [i, cell] of cellsOfPlaces(analysis.area, cases.lng, cases.lat).entries()) {
    const time = cases.timeMs[i] ?? 0
    if (cell >= 0 && isIn(cell) && time >= found.fromMs && time < period.toMs) count++
  }
  return { from: dayOf(found.fromMs, timeZone), visits, cases: count }
}

function dayOf(ms: number, timeZone: string): string {
  return new Date(ms + zoneOffset(timeZone)(ms)).toISOString().slice(0, 10)
}

/** Writes an analysis as an answer, with local hours and days, sources and coverage. */
export function answerFrom(kept: OpenDataset, task: AnalysisTask, made: Made): HotspotAnswer {
  const { analysis, question, cases, chosen } = made
  const offsetAt = zoneOffset(task.parameters.timeZone)
  const cells = cellsOfPlaces(analysis.area, cases.lng, cases.lat)
  const hours = new Int32Array(analysis.counts.length * 24)
  const days = new Map<string, number>()
  const sources = new Map<string, number>()
  for (let i = 0; i < cells.length; i++) {
    const time = cases.timeMs[i] ?? 0
    const cell = cells[i] ?? -1
    if (cell < 0 || time < question.fromMs || time >= question.toMs) continue
    const local = time + offsetAt(time)
    const hour = cell * 24 + Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / 3_600_000)
    hours[hour] = (hours[hour] ?? 0) + 1
    const day = new Date(local).toISOString().slice(0, 10)
    days.set(day, (days.get(day) ?? 0) + 1)
    const source = kept.columns.sources[kept.columns.source[chosen[i] ?? i] ?? 0] ?? ''
    sources.set(source, (sources.get(source) ?? 0) + 1)
  }
  const daily: { day: string; count: number }[] = []
  for (let day = task.parameters.from; day <= task.parameters.to; day = nextDay(day))
    daily.push({ day, count: days.get(day) ?? 0 })
  return answerOf({
    analysis,
    question,
    parameters: task.parameters,
    seq: task.seq,
    names: kept.names,
    seesSmallCells: task.seesSmallCells,
    hours,
    daily,
    sources: [...sources].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    coverage: coverageOf(kept.columns, task.parameters.timeZone),
    countedFrom: dayOf(question.fromMs, task.parameters.timeZone),
    patrols: casesByPatrol(kept, task, made, () => true),
  })
}

function coverageOf({ timeMs }: CaseColumns, timeZone: string): { from: string; to: string } | null {
  if (timeMs.length === 0) return null
  let from = Infinity
  let to = -Infinity
  for (const time of timeMs) {
    if (time < from) from = time
    if (time > to) to = time
  }
  const offsetAt = zoneOffset(timeZone)
  const day = (time: number): string => new Date(time + offsetAt(time)).toISOString().slice(0, 10)
  return { from: day(from), to: day(to) }
}
