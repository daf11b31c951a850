import type { WorldRecord } from './world.ts'

/** Fewer households than this and a building is shown together with its nearest neighbour. */
export const SMALLEST_OPEN_HOUSEHOLDS = 3

/** For each building that shares its bands, all that share them; a small building joins its nearest in the same compound. */
export function bandGroups(buildings: readonly WorldRecord[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const building of buildings) {
    const households = building.fields['households']
    if (typeof households !== 'number' || households >= SMALLEST_OPEN_HOUSEHOLDS) continue
    const neighbour = nearestInCompound(building, buildings)
    if (neighbour === undefined) continue
    const mine = groups.get(building.id) ?? [building.id]
    const theirs = groups.get(neighbour.id) ?? [neighbour.id]
    if (mine === theirs) continue
    const joined = [...new Set([...mine, ...theirs])]
    for (const id of joined) groups.set(id, joined)
  }
  return groups
}

function nearestInCompound(building: WorldRecord, all: readonly WorldRecord[]): WorldRecord | undefined {
  const [lng, lat] = placeOf(building)
  let best: WorldRecord | undefined
  let bestDistance = Infinity
  for (const other of all) {
    if (other.id === building.id || other.fields['compoundId'] !== building.fields['compoundId']) continue
    const [otherLng, otherLat] = placeOf(other)
    // Degrees of longitude shrink with latitude; enough to rank neighbours a street apart.
    const distance = ((otherLng - lng) * Math.cos((lat * Math.PI) / 180)) ** 2 + (otherLat - lat) ** 2
    if (distance < bestDistance) {
      best = other
      bestDistance = distance
    }
  }
  return best
}

function placeOf(record: WorldRecord): readonly [number, number] {
  const position = record.fields['position']
  return Array.isArray(position) ? [Number(position[0]), Number(position[1])] : [0, 0]
}
