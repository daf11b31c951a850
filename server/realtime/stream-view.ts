import { follow } from '../../shared/world/follow.ts'
import { snapshotLayer } from '../../shared/world/snapshot.ts'
import { createWorld, layerOf, TOMBSTONE_MS, type Tombstone, type World, type WorldRecord } from '../../shared/world/world.ts'
import type { Change } from '../../shared/world/change.ts'
import { STREAMS, visibleFieldsOf, type Stream } from './streams.ts'

/** The records of one stream as its clients hold them, and what was removed from it. */
export interface StreamView {
  readonly records: ReadonlyMap<string, WorldRecord>
  readonly tombstones: ReadonlyMap<string, Tombstone>
}

export interface StreamViews {
  of(stream: Stream): StreamView
  /** Takes the stream's effective changes, already without hidden fields, in seq order. */
  apply(stream: Stream, changes: readonly Change[]): void
}

/**
 * A stream with hidden fields has a world of its own, since a change that shows nothing must leave no trace in it, not
 * even a later `observedAt` or seq. One without is the live world's layer. Made anew at a start, such a view begins with
 * the times of the live world.
 */
export function createStreamViews(live: World): StreamViews {
  const own = new Map<Stream, World>()
  for (const stream of STREAMS) if (stream.hidden.size > 0) own.set(stream, viewWorld(live, stream))
  return {
    of(stream) {
      const { records, tombstones } = layerOf(live, stream.layer)
      const world = own.get(stream)
      return { records: world === undefined ? records : layerOf(world, stream.layer).records, tombstones }
    },
    apply(stream, changes) {
      const world = own.get(stream)
      if (world !== undefined) for (const change of changes) follow(world, change)
    },
  }
}

function viewWorld(live: World, stream: Stream): World {
  const world = createWorld()
  world.seq = live.seq
  world.recordedAt = live.recordedAt
  const state = layerOf(world, stream.layer)
  for (const record of snapshotLayer(live, stream.layer).records) {
    state.occupySlot(record.slot, record.id)
    state.records.set(record.id, { ...record, fields: visibleFieldsOf(stream, record.fields) })
  }
  return world
}

/** What a client that holds everything up to `seq` lacks: records that changed since, whole, and removals, in seq order. */
export function changesAfter(view: StreamView, stream: Stream, seq: number, recordedAt: number): Change[] {
  const changes: Change[] = []
  for (const record of view.records.values()) {
    if (record.seq <= seq) continue
    const { id, observedAt, fields } = record
    changes.push({ seq: record.seq, recordedAt, observedAt, layer: stream.layer, id, op: 'put', fields })
  }
  for (const [id, { seq: removedAt, observedAt, recordedAt: at }] of view.tombstones) {
    if (removedAt <= seq || recordedAt - at > TOMBSTONE_MS) continue
    changes.push({ seq: removedAt, recordedAt, observedAt, layer: stream.layer, id, op: 'remove', fields: {} })
  }
  return changes.toSorted((a, b) => a.seq - b.seq)
}
