/** The part of time that a timeline shows, UTC milliseconds. */
export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

const MINUTE_MS = 60_000
/** Distances of ticks, each a divisor of the next that people read at a glance. */
const TICK_STEPS_MS = [1, 2, 5, 10, 30, 60, 120, 360].map((minutes) => minutes * MINUTE_MS)
/** Beijing's offset puts ticks of hours on whole hours there. */
const OFFSET_MS = 8 * 3_600_000
/** Where the instant shown lies in a fresh window: most of what matters led up to it. */
const LEAD = 0.6

/** A window of a length around an instant. */
export function windowAround(atMs: number, spanMs: number): TimeWindow {
  const fromMs = Math.round(atMs - spanMs * LEAD)
  return { fromMs, toMs: fromMs + spanMs }
}

/** The window moved so that it holds an instant with some room; the same one when it does. */
export function following(window: TimeWindow, atMs: number): TimeWindow {
  const spanMs = window.toMs - window.fromMs
  const room = spanMs * 0.04
  return atMs >= window.fromMs + room && atMs <= window.toMs - room ? window : windowAround(atMs, spanMs)
}

/** Ticks at most `most` of them, on whole steps of Beijing's clock. */
export function ticksOf({ fromMs, toMs }: TimeWindow, most: number): number[] {
  const spanMs = toMs - fromMs
  const stepMs = TICK_STEPS_MS.find((step) => spanMs / step <= most) ?? 1440 * MINUTE_MS
  const ticks: number[] = []
  for (let at = Math.ceil((fromMs + OFFSET_MS) / stepMs) * stepMs - OFFSET_MS; at <= toMs; at += stepMs) ticks.push(at)
  return ticks
}

/** Changes by bar: minutes gathered until a bar is at least `barPx` wide. */
export function barsOf(
  density: readonly { readonly minute: number; readonly changes: number }[],
  { fromMs, toMs }: TimeWindow,
  widthPx: number,
  barPx: number,
): { readonly atMs: number; readonly lengthMs: number; readonly changes: number }[] {
  const minutes = Math.max(1, Math.ceil((((toMs - fromMs) / widthPx) * barPx) / MINUTE_MS))
  const lengthMs = minutes * MINUTE_MS
  const bars = new Map<number, number>()
  for (const { minute, changes } of density) {
    if (minute + MINUTE_MS <= fromMs || minute >= toMs) continue
    const atMs = Math.floor(minute / lengthMs) * lengthMs
    bars.set(atMs, (bars.get(atMs) ?? 0) + changes)
  }
  return [...bars].map(([atMs, changes]) => ({ atMs, lengthMs, changes })).toSorted((a, b) => a.atMs - b.atMs)
}

/**
 * What a bar must be to reach the top, from what bars there are: one minute that loads a whole register would otherwise
 * flatten a day. Taller ones are cut.
 */
export function fullBar(bars: readonly { readonly changes: number }[]): number {
  const sorted = bars.map(({ changes }) => changes).toSorted((a, b) => a - b)
  const [middle, most] = [sorted[sorted.length >> 1] ?? 1, sorted.at(-1) ?? 1]
  return Math.max(1, Math.min(most, TALL * middle))
}
/** So many times a usual bar still has its true height. */
const TALL = 4
