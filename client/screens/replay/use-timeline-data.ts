import { useEffect, useState } from 'react'
import { z } from 'zod'

import type { TimelineMark } from '../../../shared/alarms/timeline-marks.ts'
import { formatInstant, parseInstant } from '../../../shared/domain/field.ts'
import type { Lifetime } from '../../../shared/replay/known-time.ts'
import type { HistoryIndex } from '../../../shared/protocol/history.ts'
import { marksAnswerSchema } from '../../../shared/protocol/marks.ts'
import { request } from '../../api/request.ts'
import type { TimelinePlayer } from '../../players/timeline-player.ts'
import type { TimeWindow } from './timeline-scale.ts'
import { useRested } from './use-player.ts'

const DAY_MS = 86_400_000
/** A window that is being dragged asks nothing. */
const REST_MS = 200
const FAR_AGO_MS = 0
const FAR_AHEAD_MS = 7_258_118_399_000

export interface TimelineData {
  readonly marks: readonly TimelineMark[]
  readonly density: HistoryIndex['density']
  readonly days: readonly string[]
  /** Lives of the server around the window. */
  readonly lifetimes: readonly Lifetime[]
}

const NOTHING: TimelineData = { marks: [], density: [], days: [], lifetimes: [] }

async function marksIn(fromMs: number, toMs: number, signal: AbortSignal): Promise<readonly TimelineMark[]> {
  const query = new URLSearchParams({ from: formatInstant(fromMs), to: formatInstant(toMs) })
  const found = await request('GET', `/api/history/marks?${query}`, marksAnswerSchema, { signal })
  return found.ok ? found.value.marks : []
}

/** What a window that reaches up to now shows grows. */
const GROWS_EACH_MS = 10_000

/** Grows every so often while a window reaches up to now, so that what is new is asked for. */
function useGrowth({ toMs }: TimeWindow): number {
  const [grown, setGrown] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => {
      if (Date.now() - GROWS_EACH_MS <= toMs) setGrown((count) => count + 1)
    }, GROWS_EACH_MS)
    return () => clearInterval(timer)
  }, [toMs])
  return grown
}

/** Marks, activity and days with data for what a timeline shows; the last good answer stays while a new one comes. */
export function useTimelineData(player: Pick<TimelinePlayer, 'store'>, window: TimeWindow): TimelineData {
  const [data, setData] = useState(NOTHING)
  const { fromMs, toMs } = useRested(window, REST_MS)
  const grown = useGrowth(window)
  useEffect(() => {
    const gone = new AbortController()
    const load = async (): Promise<void> => {
      const days: number[] = []
      for (let at = fromMs; at < toMs + DAY_MS; at += DAY_MS) days.push(Math.min(at, toMs))
      const [marks, ...indexes] = await Promise.all([
        marksIn(fromMs, toMs, gone.signal),
        ...days.map((at) => player.store.index(at, gone.signal)),
      ])
      const density = new Map(indexes.flatMap((index) => index.density.map((each) => [each.minute, each] as const)))
      const lives = new Map(
        indexes.flatMap(({ lifetimes }) => lifetimes.map(({ from, to }) => [from, { fromMs: from, toMs: to }])),
      )
      if (gone.signal.aborted) return
      setData({
        marks,
        density: [...density.values()],
        days: indexes.at(-1)?.days ?? [],
        lifetimes: [...lives.values()].toSorted((a, b) => a.fromMs - b.fromMs),
      })
    }
    load().catch(() => undefined)
    return () => gone.abort()
  }, [player, fromMs, toMs, grown])
  return data
}

/** The instant of the alarm or case after or before another instant; null when there is none. */
export async function neighbourMark(atMs: number, direction: 1 | -1): Promise<TimelineMark | null> {
  const range = direction === 1 ? { from: atMs + 1, to: FAR_AHEAD_MS } : { from: FAR_AGO_MS, to: atMs - 1 }
  const query = new URLSearchParams({
    from: formatInstant(range.from),
    to: formatInstant(range.to),
    order: direction === 1 ? 'asc' : 'desc',
    limit: '1',
  })
  const found = await request('GET', `/api/history/marks?${query}`, marksAnswerSchema)
  return found.ok ? (found.value.marks[0] ?? null) : null
}

const instantMs = z.string().transform((text) => parseInstant(text) ?? 0)
const spanSchema = z.object({ from: instantMs, to: instantMs })
const recordingsSchema = z.object({ spans: z.array(spanSchema) })

/** When a camera was recorded; null while that is not known. */
export type RecordedSpans = readonly { readonly from: number; readonly to: number }[] | null

/** The recorded spans of some cameras in a window, by camera. */
export function useRecordedSpans(cameraIds: readonly string[], window: TimeWindow): ReadonlyMap<string, RecordedSpans> {
  const [spans, setSpans] = useState<ReadonlyMap<string, RecordedSpans>>(new Map())
  const { fromMs, toMs } = useRested(window, REST_MS)
  const grown = useGrowth(window)
  const key = cameraIds.join(' ')
  useEffect(() => {
    const gone = new AbortController()
    const load = async (): Promise<void> => {
      const range = new URLSearchParams({ from: formatInstant(fromMs), to: formatInstant(toMs) })
      const ids = key === '' ? [] : key.split(' ')
      const found = await Promise.all(
        ids.map(async (id) => {
          const answer = await request('GET', `/api/recordings/${id}?${range}`, recordingsSchema, { signal: gone.signal })
          return [id, answer.ok ? answer.value.spans : null] as const
        }),
      )
      if (!gone.signal.aborted) setSpans(new Map(found))
    }
    load().catch(() => undefined)
    return () => gone.abort()
  }, [key, fromMs, toMs, grown])
  return spans
}
