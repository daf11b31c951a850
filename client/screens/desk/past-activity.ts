import type { HistoryIndex } from '../../../shared/protocol/history.ts'
import { outages } from '../../../shared/replay/known-time.ts'
import { BUCKET_MS } from './activity.ts'

const MINUTE_MS = 60_000

/** How much changed in a minute of the past, as the log says; told for a stretch of {@link BUCKET_MS}. */
export interface PastBar {
  readonly fromMs: number
  readonly toMs: number
  readonly perBucket: number
}

/** What the log says of a stretch of time: its minutes, and where it knows nothing. */
export interface PastActivity {
  /** Oldest first; the last one may be a minute that is not over. */
  readonly bars: readonly PastBar[]
  /** Before the first change, and while the server was down. */
  readonly unknown: readonly { readonly fromMs: number; readonly toMs: number }[]
}

/** @param index of the range that begins at `fromMs`, asked for at `nowMs` */
export function pastActivity(index: HistoryIndex, fromMs: number, nowMs: number): PastActivity {
  const bars = index.density.flatMap(({ minute, changes }) => {
    const toMs = Math.min(minute + MINUTE_MS, nowMs)
    // The first seconds of a minute make no bar that could be compared with others.
    return toMs - minute < BUCKET_MS ? [] : [{ fromMs: minute, toMs, perBucket: (changes * BUCKET_MS) / (toMs - minute) }]
  })
  const firstMs = Math.min(index.firstAt ?? nowMs, nowMs)
  const lives = index.lifetimes.map(({ from, to }) => ({ fromMs: from, toMs: to }))
  const unknown = [
    ...(firstMs > fromMs ? [{ fromMs, toMs: firstMs }] : []),
    ...outages(lives).filter((span) => span.toMs > Math.max(fromMs, firstMs)),
  ]
  return { bars, unknown }
}
