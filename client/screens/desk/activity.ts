import { LAYERS } from '../../../shared/domain/layers.ts'
import type { Mirror } from '../../store/mirror.ts'

/** Width of one bar of the timeline. */
export const BUCKET_MS = 15_000
const KEPT_MS = 3_600_000

/** How many records changed in each stretch since this page was opened: what the timeline's activity shows. */
export interface Activity {
  /** When counting began, the server's clock. */
  readonly sinceMs: number
  /** Count by the start of its stretch. */
  readonly buckets: ReadonlyMap<number, number>
  /** Begins to count; the first load of a layer is not activity. Returns the way to stop. */
  start(): () => void
}

/** @param nowMs the server's clock */
export function createActivity(mirror: Mirror, nowMs: () => number): Activity {
  const buckets = new Map<number, number>()
  const count = (changed: number): void => {
    const at = Math.floor(nowMs() / BUCKET_MS) * BUCKET_MS
    buckets.set(at, (buckets.get(at) ?? 0) + changed)
    for (const old of buckets.keys()) if (old < at - KEPT_MS) buckets.delete(old)
  }
  return {
    sinceMs: nowMs(),
    buckets,
    start() {
      const stops = LAYERS.map((name) => {
        const layer = mirror.layer(name)
        let seen = layer.loaded
        return layer.subscribe(({ dirty }) => {
          if (seen) count(dirty.length)
          seen = true
        })
      })
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
