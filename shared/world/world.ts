import type { Fields } from '../domain/field.ts'
import { LAYERS, type LayerName } from '../domain/layers.ts'
import type { Change } from './change.ts'

/** One record as it stands. Immutable: a change makes a new one. */
export interface WorldRecord {
  readonly id: string
  /** Its place in the layer's columns: the lowest that was free when it was put; a pure function of the log. */
  readonly slot: number
  /** The seq of the last change that took effect on it. */
  readonly seq: number
  /** The source's clock, UTC milliseconds. */
  readonly observedAt: number
  readonly fields: Fields
}

/** What stays of a removed record for an hour, so that late news of it does not bring it back. */
export interface Tombstone {
  readonly seq: number
  readonly observedAt: number
  readonly recordedAt: number
}

/** How long a removal is remembered, in milliseconds of the log's own clock. */
export const TOMBSTONE_MS = 3_600_000

export class LayerState {
  readonly records = new Map<string, WorldRecord>()
  readonly tombstones = new Map<string, Tombstone>()
  /** Id by slot; null where a record was removed. */
  readonly slots: (string | null)[] = []
  /** A min-heap of slots that were freed; entries that were taken again are skipped when met. */
  private readonly freed: number[] = []

  /** The lowest unoccupied slot, now taken by `id`. */
  takeSlot(id: string): number {
    for (let slot = this.popFreed(); slot !== undefined; slot = this.popFreed()) {
      if (slot < this.slots.length && this.slots[slot] === null) {
        this.slots[slot] = id
        return slot
      }
    }
    return this.slots.push(id) - 1
  }

  /** Takes one slot by number: for loading a keyframe and for undoing a removal. */
  occupySlot(slot: number, id: string): void {
    while (this.slots.length <= slot) {
      this.pushFreed(this.slots.length)
      this.slots.push(null)
    }
    if (this.slots[slot] !== null) throw new Error(`slot ${slot} is taken`)
    this.slots[slot] = id
  }

  freeSlot(slot: number): void {
    this.slots[slot] = null
    this.pushFreed(slot)
  }

  private pushFreed(slot: number): void {
    const heap = this.freed
    let child = heap.push(slot) - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent] as number
      if (above <= slot) break
      heap[child] = above
      child = parent
    }
    heap[child] = slot
  }

  private popFreed(): number | undefined {
    const heap = this.freed
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1
      if ((heap[child] as number) >= last) break
      heap[parent] = heap[child] as number
      parent = child
    }
    heap[parent] = last
    return top
  }
}

/** All layers at one seq. Only {@link reduce} and its {@link undo} change one. */
export interface World {
  /** The last change reduced; 0 before the first. */
  seq: number
  /** Its `recordedAt`; 0 before the first. */
  recordedAt: number
  readonly layers: ReadonlyMap<LayerName, LayerState>
}

export function createWorld(): World {
  return { seq: 0, recordedAt: 0, layers: new Map(LAYERS.map((layer) => [layer, new LayerState()])) }
}

export function layerOf(world: World, layer: LayerName): LayerState {
  const state = world.layers.get(layer)
  if (state === undefined) throw new Error(`a world has every layer, ${layer} is missing`)
  return state
}

export function recordOf(world: World, layer: LayerName, id: string): WorldRecord | undefined {
  return layerOf(world, layer).records.get(id)
}

/** What a change did: took effect, came too late to matter, or spoke of a record that is not there. */
export type Effect = 'applied' | 'older' | 'unknown_record'

/** How to take one change back; valid only as the very next step on the same world. */
export interface Undo {
  readonly change: Change
  readonly effect: Effect
  readonly worldSeq: number
  readonly worldRecordedAt: number
  readonly record: WorldRecord | undefined
  readonly tombstone: Tombstone | undefined
}

/** What {@link reduce} would say, without changing anything. */
export function effectOf(world: World, change: Pick<Change, 'layer' | 'id' | 'op' | 'observedAt' | 'recordedAt'>): Effect {
  const state = layerOf(world, change.layer)
  const record = state.records.get(change.id)
  if (record !== undefined) return change.observedAt < record.observedAt ? 'older' : 'applied'
  if (change.op !== 'put') return 'unknown_record'
  const tombstone = state.tombstones.get(change.id)
  const remembered = tombstone !== undefined && change.recordedAt - tombstone.recordedAt <= TOMBSTONE_MS
  return remembered && change.observedAt < tombstone.observedAt ? 'older' : 'applied'
}

/**
 * The one way a world changes. An older `observedAt` is part of the log but does not overwrite a newer one; a patch or
 * remove of an unknown id has no effect (the door refuses it before it is sequenced).
 */
export function reduce(world: World, change: Change): Effect {
  const effect = effectOf(world, change)
  world.seq = change.seq
  world.recordedAt = change.recordedAt
  if (effect !== 'applied') return effect
  const state = layerOf(world, change.layer)
  const { id, op, observedAt, seq } = change
  const record = state.records.get(id)
  switch (op) {
    case 'put': {
      const slot = record === undefined ? state.takeSlot(id) : record.slot
      state.records.set(id, { id, slot, seq, observedAt, fields: change.fields })
      state.tombstones.delete(id)
      return effect
    }
    case 'patch': {
      if (record === undefined) throw new Error('a patch that applies has a record')
      state.records.set(id, { id, slot: record.slot, seq, observedAt, fields: { ...record.fields, ...change.fields } })
      return effect
    }
    case 'remove': {
      if (record === undefined) throw new Error('a remove that applies has a record')
      state.records.delete(id)
      state.freeSlot(record.slot)
      state.tombstones.set(id, { seq, observedAt, recordedAt: change.recordedAt })
      return effect
    }
  }
}

/** {@link reduce}, returning what {@link undo} needs to go back. */
export function reduceWithUndo(world: World, change: Change): Undo {
  const state = layerOf(world, change.layer)
  const record = state.records.get(change.id)
  const tombstone = state.tombstones.get(change.id)
  const { seq: worldSeq, recordedAt: worldRecordedAt } = world
  const effect = reduce(world, change)
  return { change, effect, worldSeq, worldRecordedAt, record, tombstone }
}

/** Takes the last change back: the world is what it was before it, slots included. */
export function undo(world: World, step: Undo): void {
  if (world.seq !== step.change.seq) throw new Error(`undo of ${step.change.seq} on a world at ${world.seq}`)
  world.seq = step.worldSeq
  world.recordedAt = step.worldRecordedAt
  if (step.effect !== 'applied') return
  const state = layerOf(world, step.change.layer)
  const { id } = step.change
  const now = state.records.get(id)
  if (now !== undefined && step.record === undefined) state.freeSlot(now.slot)
  if (now === undefined && step.record !== undefined) state.occupySlot(step.record.slot, id)
  if (step.record === undefined) state.records.delete(id)
  else state.records.set(id, step.record)
  if (step.tombstone === undefined) state.tombstones.delete(id)
  else state.tombstones.set(id, step.tombstone)
}

/** Forgets removals older than {@link TOMBSTONE_MS}; changes nothing that a later change could tell. */
export function forgetOldTombstones(world: World): void {
  for (const state of world.layers.values()) {
    for (const [id, tombstone] of state.tombstones) {
      if (world.recordedAt - tombstone.recordedAt > TOMBSTONE_MS) state.tombstones.delete(id)
    }
  }
}
