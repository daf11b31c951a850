import type { Scene } from '../../../shared/protocol/scenes.ts'
import type { QueueRow } from '../desk/queue-rows.ts'

/** What the wall shows now: a stop of its tour, or an alarm that takes over. */
export type Shot =
  | { readonly kind: 'scene'; readonly scene: Scene; readonly index: number }
  | { readonly kind: 'alarm'; readonly alarmId: string }

/** How long an alarm holds the wall, by priority; 4 is good to know and never takes over. */
const TAKEOVER_MS: Readonly<Record<1 | 2 | 3 | 4, number>> = { 1: 45_000, 2: 30_000, 3: 15_000, 4: 0 }
/** An alarm that was raised longer ago when the wall first sees it (after a start) is on the list and the map, but is no news. */
const NEWS_MS = 10 * 60_000

/** Decides what a wall shows: the tour goes round, a new alarm takes over, the most urgent first, and gives back. */
export interface Director {
  /** The alarms as they are now, the most urgent first. */
  alarms(rows: readonly Pick<QueueRow, 'id' | 'priority' | 'state' | 'raisedAtMs'>[], nowMs: number): void
  tour(scenes: readonly Scene[]): void
  shot(nowMs: number): Shot
}

/** Pure but for its memory; every time comes in. */
export function createDirector(first: readonly Scene[]): Director {
  let scenes = first
  let index = 0
  let sceneEndsAtMs: number | null = null
  const seen = new Set<string>()
  let waiting: { readonly id: string; readonly priority: 1 | 2 | 3 | 4 }[] = []
  let taken: { readonly id: string; readonly priority: 1 | 2 | 3 | 4; readonly endsAtMs: number } | null = null

  const next = (nowMs: number): void => {
    const best = waiting.toSorted((a, b) => a.priority - b.priority)[0]
    if (best === undefined) return
    if (taken !== null && taken.priority <= best.priority) return
    waiting = waiting.filter(({ id }) => id !== best.id)
    taken = { ...best, endsAtMs: nowMs + TAKEOVER_MS[best.priority] }
  }

  return {
    alarms(rows, nowMs) {
      const calling = new Map(rows.filter(({ state }) => state !== 'acknowledged').map((row) => [row.id, row]))
      waiting = waiting.filter(({ id }) => calling.has(id))
      if (taken !== null && !calling.has(taken.id)) taken = null
      for (const { id, priority, raisedAtMs } of calling.values()) {
        if (seen.has(id)) continue
        seen.add(id)
        if (priority < 4 && raisedAtMs !== null && nowMs - raisedAtMs < NEWS_MS) waiting.push({ id, priority })
      }
      for (const id of seen) if (!calling.has(id)) seen.delete(id)
    },
    tour(newScenes) {
      scenes = newScenes
      index = 0
      sceneEndsAtMs = null
    },
    shot(nowMs) {
      if (taken !== null && nowMs >= taken.endsAtMs) taken = null
      next(nowMs)
      if (taken !== null) {
        // The tour waits: when the alarm gives back, its stop begins again.
        sceneEndsAtMs = null
        return { kind: 'alarm', alarmId: taken.id }
      }
      if (sceneEndsAtMs !== null && nowMs >= sceneEndsAtMs) {
        index = (index + 1) % scenes.length
        sceneEndsAtMs = null
      }
      const scene = scenes[index]
      if (scene === undefined) throw new Error('a tour has at least one stop')
      sceneEndsAtMs ??= nowMs + scene.dwellSeconds * 1_000
      return { kind: 'scene', scene, index }
    },
  }
}
