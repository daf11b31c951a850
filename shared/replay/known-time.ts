import type { Knowledge } from './player.ts'

/** One life of the server. */
export interface Lifetime {
  readonly fromMs: number
  /** When it was last known to be alive. */
  readonly toMs: number
}

/** Beats of a living server are at most this far apart; a shorter gap between two lives is a quick restart, not an outage. */
const SHORTEST_OUTAGE_MS = 10_000

/**
 * What is known of an instant. @param lifetimes in order of time
 * @param firstMs `recordedAt` of the first change; null when there is none
 */
export function knowledgeAt(atMs: number, firstMs: number | null, headMs: number, lifetimes: readonly Lifetime[]): Knowledge {
  if (firstMs === null || atMs < firstMs) return 'before_first'
  if (atMs > headMs) return 'not_yet'
  return outages(lifetimes).some(({ fromMs, toMs }) => atMs > fromMs && atMs < toMs) ? 'server_down' : 'known'
}

/** The spans between lives in which nobody recorded anything. */
export function outages(lifetimes: readonly Lifetime[]): { readonly fromMs: number; readonly toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = []
  let aliveUntilMs: number | null = null
  for (const { fromMs, toMs } of lifetimes) {
    if (aliveUntilMs !== null && fromMs - aliveUntilMs > SHORTEST_OUTAGE_MS) spans.push({ fromMs: aliveUntilMs, toMs: fromMs })
    aliveUntilMs = Math.max(aliveUntilMs ?? toMs, toMs)
  }
  return spans
}
