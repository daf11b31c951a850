import type { RecordedSpans } from './use-timeline-data.ts'

/** A stretch without recording; null at an end: as far as is known. */
export interface RecordingGap {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** The stretch without recording around an instant; null when it was recorded then, or when that is not known. */
export function gapAround(spans: RecordedSpans, atMs: number): RecordingGap | null {
  if (spans === null || spans.some(({ from, to }) => atMs >= from && atMs <= to)) return null
  const ends = spans.filter(({ to }) => to < atMs).map(({ to }) => to)
  const starts = spans.filter(({ from }) => from > atMs).map(({ from }) => from)
  return { fromMs: ends.length === 0 ? null : Math.max(...ends), toMs: starts.length === 0 ? null : Math.min(...starts) }
}
