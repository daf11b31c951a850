import { parentPort } from 'node:worker_threads'

import { shownCount } from '../../shared/hotspot/guards.ts'
import { effectOf } from '../../shared/hotspot/intervention.ts'
import { zoneOffset } from '../../shared/hotspot/import/dates.ts'
import { cellsOfPlaces } from '../../shared/hotspot/study-area.ts'
import { columnsFrom, type CaseColumns } from './case-columns.ts'
import {
  answerFrom,
  casesByPatrol,
  dayStart,
  DAY_MS,
  makeAnalysis,
  type Made,
  type OpenDataset,
  type Step,
} from './study-answer.ts'
import type { AnalysisTask, CellTask, EffectTask, FromWorker, Refused, ToWorker, WorkerDataset } from './worker-messages.ts'

/** Datasets kept in this thread at once: the community's log, and the one under review. */
const MOST_DATASETS = 2
/** Cases of one cell that are listed. */
const MOST_LISTED = 50

const datasets = new Map<string, OpenDataset>()
/** The last analysis, for the clicks on its cells that follow. */
let last: { readonly key: string; readonly made: Made } | null = null

class Cancelled extends Error {
  override name = 'Cancelled'
}

const port = parentPort
if (port === null) throw new Error('runs as a worker')
const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

port.on('message', (message: ToWorker) => {
  if (message.type === 'dataset') {
    keep(message.dataset)
    return
  }
  const { job } = message
  const kept = datasets.get(message.task.dataset)
  if (kept === undefined) {
    send({ type: 'unknown_dataset', job })
    return
  }
  const cancel = new Int32Array(message.cancel)
  const step: Step = (share, stage) => {
    if (Atomics.load(cancel, 0) !== 0) throw new Cancelled()
    send({ type: 'progress', job, share, stage })
  }
  try {
    step(0, 'cells')
    if (message.type === 'effect') send({ type: 'effect', job, result: effect(kept, message.task) })
    else answer(job, message.type === 'analyse' ? writeAnswer(kept, message.task, step) : writeCell(kept, message.task, step))
  } catch (error) {
    if (error instanceof Cancelled) send({ type: 'cancelled', job })
    else send({ type: 'failed', job, message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})

function answer(job: number, made: { text: string } | Refused): void {
  if ('code' in made) {
    send({ type: 'refused', job, why: made })
    return
  }
  const bytes = new TextEncoder().encode(made.text)
  send({ type: 'answer', job, bytes }, [bytes.buffer])
}

function keep(dataset: WorkerDataset): void {
  const columns = Array.isArray(dataset.columns) ? columnsFrom(dataset.columns as Uint8Array[]) : (dataset.columns as CaseColumns)
  datasets.delete(dataset.key)
  datasets.set(dataset.key, { ...dataset, columns })
  while (datasets.size > MOST_DATASETS) {
    const oldest = datasets.keys().next().value
    if (oldest === undefined) break
    datasets.delete(oldest)
  }
  last = null
}

function make(kept: OpenDataset, task: AnalysisTask, step: Step): Made | Refused {
  const key = JSON.stringify([task.dataset, task.parameters, task.outline])
  if (last?.key === key) return last.made
  const made = makeAnalysis(kept, task, step)
  if (!('code' in made)) last = { key, made }
  return made
}

function writeAnswer(kept: OpenDataset, task: AnalysisTask, step: Step): { text: string } | Refused {
  const made = make(kept, task, step)
  if ('code' in made) return made
  step(0.95, 'writing')
  return { text: JSON.stringify(answerFrom(kept, task, made)) }
}

/** Days and hours of one cell in this period and the one before, and its latest cases: when and of what category. */
function writeCell(kept: OpenDataset, task: CellTask, step: Step): { text: string } | Refused {
  const made = make(kept, task, step)
  if ('code' in made) return made
  const { analysis, question, cases, chosen } = made
  const [q = Number.NaN, r = Number.NaN] = task.cell.split(',').map(Number)
  const wanted = analysis.area.index(q, r)
  if (!(wanted >= 0)) return { code: 'no_such_cell' }
  const offsetAt = zoneOffset(task.parameters.timeZone)
  const length = question.toMs - question.fromMs
  const days = Math.round(length / DAY_MS)
  const daily = Array.from({ length: days }, () => 0)
  const previous = Array.from({ length: days }, () => 0)
  const hours = Array.from({ length: 24 }, () => 0)
  const listed: { at: string; category: string }[] = []
  const cells = cellsOfPlaces(analysis.area, cases.lng, cases.lat)
  for (let i = 0; i < cells.length; i++) {
    const time = cases.timeMs[i] ?? 0
    if (cells[i] !== wanted || time < question.fromMs - length || time >= question.toMs) continue
    const into = time >= question.fromMs ? daily : previous
    const day = Math.min(
      days - 1,
      Math.floor((time - (time >= question.fromMs ? question.fromMs : question.fromMs - length)) / DAY_MS),
    )
    into[day] = (into[day] ?? 0) + 1
    if (into !== daily) continue
    const hour = Math.floor(((((time + offsetAt(time)) % DAY_MS) + DAY_MS) % DAY_MS) / 3_600_000)
    hours[hour] = (hours[hour] ?? 0) + 1
    listed.push({
      at: new Date(time).toISOString(),
      category: kept.columns.categories[kept.columns.category[chosen[i] ?? i] ?? 0] ?? '',
    })
  }
  const hidden = shownCount(listed.length, task.seesSmallCells) === null
  const shown = (counts: readonly number[]): (number | null)[] => counts.map((count) => shownCount(count, task.seesSmallCells))
  listed.sort((a, b) => (a.at < b.at ? 1 : -1))
  return {
    text: JSON.stringify({
      cell: task.cell,
      suppressed: hidden,
      hours: hidden ? null : shown(hours),
      daily: hidden ? null : shown(daily),
      previousDaily: hidden || !analysis.previousCovered ? null : shown(previous),
      patrols: hidden ? null : casesByPatrol(kept, task, made, (i) => i === wanted),
      // A list of single cases is for the office only, whatever the count.
      cases: task.seesSmallCells ? listed.slice(0, MOST_LISTED) : null,
    }),
  }
}

function effect({ columns }: OpenDataset, task: EffectTask): ReturnType<typeof effectOf> {
  const wanted = task.intervention.category === null ? -1 : columns.categories.indexOf(task.intervention.category)
  const chosen: number[] = []
  let fromMs = Infinity
  let toMs = -Infinity
  for (let i = 0; i < columns.timeMs.length; i++) {
    const time = columns.timeMs[i] ?? 0
    fromMs = Math.min(fromMs, time)
    toMs = Math.max(toMs, time)
    if (task.intervention.category === null || columns.category[i] === wanted) chosen.push(i)
  }
  const pick = (column: Float64Array): Float64Array => Float64Array.from(chosen, (i) => column[i] ?? 0)
  const cases = { lng: pick(columns.lng), lat: pick(columns.lat), timeMs: pick(columns.timeMs) }
  return effectOf(task.intervention, cases, dayStart(task.intervention.startsOn, task.timeZone), { fromMs, toMs })
}
