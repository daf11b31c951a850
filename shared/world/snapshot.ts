import type { LayerName } from '../domain/layers.ts'
import { LAYERS } from '../domain/layers.ts'
import { createWorld, layerOf, TOMBSTONE_MS, type Tombstone, type World, type WorldRecord } from './world.ts'

/** One layer of a world as plain data. Records are in slot order, so that equal worlds give equal snapshots. */
export interface LayerSnapshot {
  readonly layer: LayerName
  readonly records: readonly WorldRecord[]
  readonly tombstones: readonly (Tombstone & { readonly id: string })[]
}

/** A whole world as plain data: what a keyframe holds. */
export interface WorldSnapshot {
  readonly seq: number
  readonly recordedAt: number
  readonly layers: readonly LayerSnapshot[]
}

/** The state of one layer in slot order, with the removals that still matter, in id order. */
export function snapshotLayer(world: World, layer: LayerName): LayerSnapshot {
  const state = layerOf(world, layer)
  const records: WorldRecord[] = []
  for (const id of state.slots) {
    const record = id === null ? undefined : state.records.get(id)
    if (record !== undefined) records.push(record)
  }
  const tombstones = [...state.tombstones]
    .filter(([, tombstone]) => world.recordedAt - tombstone.recordedAt <= TOMBSTONE_MS)
    .map(([id, tombstone]) => ({ id, ...tombstone }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return { layer, records, tombstones }
}

export function snapshotWorld(world: World): WorldSnapshot {
  return { seq: world.seq, recordedAt: world.recordedAt, layers: LAYERS.map((layer) => snapshotLayer(world, layer)) }
}

/** A world equal to the one that the snapshot was taken of; layers that the snapshot lacks are empty. */
export function restoreWorld(snapshot: WorldSnapshot): World {
  const world = createWorld()
  world.seq = snapshot.seq
  world.recordedAt = snapshot.recordedAt
  for (const { layer, records, tombstones } of snapshot.layers) {
    const state = layerOf(world, layer)
    for (const record of records) {
      state.occupySlot(record.slot, record.id)
      state.records.set(record.id, record)
    }
    for (const { id, ...tombstone } of tombstones) state.tombstones.set(id, tombstone)
  }
  return world
}
