/** Beijing time is UTC+8 all year; mainland China has one zone and no summer time. */
export const BEIJING_OFFSET_MS = 8 * 3_600_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const MINUTES_A_DAY = 1440

/** Whether an instant lies in opening hours, since when (UTC milliseconds; minus infinity when not open) and until when that stays so. */
export interface Opening {
  readonly open: boolean
  readonly sinceMs: number
  readonly untilMs: number
}

/** The start of the Beijing day that holds an instant, UTC milliseconds. */
export function beijingDayStart(atMs: number): number {
  return Math.floor((atMs + BEIJING_OFFSET_MS) / DAY_MS) * DAY_MS - BEIJING_OFFSET_MS
}

/**
 * Reads opening hours as stations have them: `08:00-20:00`, several spans with commas, over midnight when a span ends at or
 * before its start (`22:00-02:00`; `00:00-24:00` and `08:00-08:00` are whole days). Spans that touch are one, so that a
 * station open day and night has been open since yesterday.
 */
export function openingAt(hours: string, atMs: number): Opening {
  const today = beijingDayStart(atMs)
  const spans: [from: number, to: number][] = []
  for (const span of hours.split(',')) {
    const [from, to] = span.split('-').map(minuteOfDay)
    if (from === undefined || to === undefined) continue
    const length = to > from ? to - from : to + MINUTES_A_DAY - from
    for (let day = -2; day <= 2; day += 1) {
      const start = today + day * DAY_MS + from * MINUTE_MS
      spans.push([start, start + length * MINUTE_MS])
    }
  }
  spans.sort((a, b) => a[0] - b[0])
  let current: [number, number] | null = null
  for (const [from, to] of spans) {
    if (current !== null && from <= current[1]) {
      current = [current[0], Math.max(current[1], to)]
      continue
    }
    if (current !== null && atMs < current[1]) break
    current = [from, to]
    if (atMs < from) return { open: false, sinceMs: -Infinity, untilMs: from }
  }
  if (current === null || atMs >= current[1]) return { open: false, sinceMs: -Infinity, untilMs: Infinity }
  return { open: true, sinceMs: current[0], untilMs: current[1] }
}

function minuteOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}
