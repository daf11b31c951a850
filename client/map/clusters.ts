import KDBush from 'kdbush'

/** The points that would lie on each other, drawn as one. */
export interface Cluster {
  /** Degrees from the site's origin, of the points' mean. */
  readonly lngOffset: number
  readonly latOffset: number
  readonly count: number
}

export interface Clusters {
  readonly clusters: readonly Cluster[]
  /** By slot: 1 where the point is drawn as part of a cluster. */
  readonly gathered: Uint8Array
}

/** Fewer than these are told apart even where they touch; shops on both sides of a street stay two rows of squares. */
export const FEWEST_IN_CLUSTER = 24

/**
 * Gathers points that are closer to one another than `radiusDeg` (of latitude): the densest first, then by slot, so that
 * the same points always gather in the same way.
 * @param positions degrees from the origin, two floats a slot; NaN: nothing there
 * @param alone slots that are never gathered: what is urgent is seen by itself
 * @param lngPerLat how many degrees of longitude are as long as one of latitude
 */
export function gatherPoints(
  positions: Float32Array,
  length: number,
  alone: (slot: number) => boolean,
  radiusDeg: number,
  lngPerLat: number,
): Clusters {
  const gathered = new Uint8Array(length)
  const slots: number[] = []
  for (let slot = 0; slot < length; slot += 1) if (!Number.isNaN(positions[2 * slot]) && !alone(slot)) slots.push(slot)
  if (slots.length < FEWEST_IN_CLUSTER) return { clusters: [], gathered }
  const index = new KDBush(slots.length)
  for (const slot of slots) index.add((positions[2 * slot] ?? 0) / lngPerLat, positions[2 * slot + 1] ?? 0)
  index.finish()
  const near = (slot: number): number[] =>
    index
      .within((positions[2 * slot] ?? 0) / lngPerLat, positions[2 * slot + 1] ?? 0, radiusDeg)
      .map((found) => slots[found] ?? 0)
  const dense = slots
    .map((slot) => ({ slot, count: near(slot).length }))
    .filter(({ count }) => count >= FEWEST_IN_CLUSTER)
    .toSorted((a, b) => b.count - a.count || a.slot - b.slot)
  const clusters: Cluster[] = []
  for (const { slot } of dense) {
    if (gathered[slot] === 1) continue
    const around = near(slot).filter((other) => gathered[other] === 0)
    if (around.length < FEWEST_IN_CLUSTER) continue
    let lngSum = 0
    let latSum = 0
    for (const other of around) {
      gathered[other] = 1
      lngSum += positions[2 * other] ?? 0
      latSum += positions[2 * other + 1] ?? 0
    }
    clusters.push({ lngOffset: lngSum / around.length, latOffset: latSum / around.length, count: around.length })
  }
  return { clusters, gathered }
}
