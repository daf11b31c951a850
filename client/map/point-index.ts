import KDBush from 'kdbush'

import type { LayerMirror } from '../store/mirror.ts'

/** How old an index may be before a search makes it anew: a pointer does not notice, and 100,000 points cost 15 ms. */
const INDEX_MS = 1_000

/** Finds the points near a place without looking at all of them. */
export interface PointIndex {
  /** Slots within a radius, both in degrees from the site's origin; as they were at most a second ago. */
  within(lngOffset: number, latOffset: number, radiusDeg: number): readonly number[]
}

export function createPointIndex(layer: LayerMirror, nowMs: () => number): PointIndex {
  let index: KDBush | null = null
  let slots: number[] = []
  let version = -1
  let builtAtMs = -Infinity

  const build = (): void => {
    const { positions, length } = layer.columns
    slots = []
    for (let slot = 0; slot < length; slot += 1) if (!Number.isNaN(positions[2 * slot])) slots.push(slot)
    index = slots.length === 0 ? null : new KDBush(slots.length)
    for (const slot of slots) index?.add(positions[2 * slot] ?? 0, positions[2 * slot + 1] ?? 0)
    index?.finish()
    version = layer.version
    builtAtMs = nowMs()
  }

  return {
    within(lngOffset, latOffset, radiusDeg) {
      if (version !== layer.version && nowMs() - builtAtMs >= INDEX_MS) build()
      return index?.within(lngOffset, latOffset, radiusDeg).map((found) => slots[found] ?? 0) ?? []
    },
  }
}
