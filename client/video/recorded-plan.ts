/** A stretch of wall-clock time, Unix milliseconds. */
export interface WallSpan {
  readonly fromMs: number
  /** Null: nothing later so far. */
  readonly toMs: number | null
}

/** What a recorded clip should do for an instant. */
export type ClipStep =
  /** The picture is in memory: show it. */
  | { readonly kind: 'show' }
  /** Nothing was recorded then. */
  | { readonly kind: 'gap' }
  /** It follows on what is in memory: wait, and ask for it. */
  | { readonly kind: 'wait' }
  /** It lies elsewhere: ask the server to begin there. */
  | { readonly kind: 'seek' }

/** Pictures this far past what is in memory are on their way; asking anew would only cost time. */
const FOLLOWS_MS = 6_000

/** What to do, from what is in memory and what is known to be missing. */
export function clipStep(
  atMs: number,
  held: readonly { readonly fromMs: number; readonly toMs: number }[],
  gaps: readonly WallSpan[],
): ClipStep {
  if (held.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs)) return { kind: 'show' }
  if (gaps.some(({ fromMs, toMs }) => atMs >= fromMs && (toMs === null || atMs < toMs))) return { kind: 'gap' }
  return held.some(({ toMs }) => atMs > toMs && atMs - toMs < FOLLOWS_MS) ? { kind: 'wait' } : { kind: 'seek' }
}

/** How fast to run so that the picture comes in step with the clock: its own speed, up to a quarter more or less. */
export function chasingRate(speed: number, behindSeconds: number): number {
  return speed * (1 + Math.min(Math.max(behindSeconds * 0.8, -0.25), 0.25))
}

/**
 * Whether to ask the server for an instant that is not in memory. What is on its way, or came and is not in the buffer yet,
 * may be just that: to ask again then would begin anew for ever, on a machine that is slow to take it.
 * @param begun something came since it was asked for last
 * @param filling what came is not all in the buffer
 * @param isLate nothing came for so long that it will not by itself
 */
export function asksAnew(kind: 'wait' | 'seek', begun: boolean, filling: boolean, isLate: boolean): boolean {
  return isLate || (kind === 'seek' && begun && !filling)
}

/**
 * Whether a picture is so far from the clock that it is none of its instant.
 * @param jumpSeconds what a still or followed picture may be off
 * @param jumpingSpeed of a clock that pictures follow by jumps; 0 when it stands or they are played
 */
export function isOtherInstant(behindSeconds: number, jumpSeconds: number, jumpingSpeed: number): boolean {
  return Math.abs(behindSeconds) >= jumpSeconds * Math.max(1, Math.abs(jumpingSpeed))
}
