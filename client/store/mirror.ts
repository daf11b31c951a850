import type { Fields, Position } from '../../shared/domain/field.ts'
import { LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'
import { follow } from '../../shared/world/follow.ts'
import { createWorld, layerOf, type LayerState, type World, type WorldRecord } from '../../shared/world/world.ts'
import { createColumnWriter, type ColumnWriter, type LayerColumns } from './layer-columns.ts'
import { ALWAYS_VISIBLE, type Visibility } from './visibility.ts'

/** What changed of one layer since the last update. */
export interface LayerUpdate {
  /** Slots that were written or emptied, each once, ascending. */
  readonly dirty: readonly number[]
  /** The typed arrays were replaced: take all of them, not only the dirty slots. */
  readonly resized: boolean
}

/** One layer of the mirror. */
export interface LayerMirror {
  readonly name: LayerName
  /** By id. A record is immutable: a change makes a new one. */
  readonly records: ReadonlyMap<string, WorldRecord>
  readonly columns: LayerColumns
  /** Whether a snapshot or the first change has come: an empty layer is otherwise only not loaded yet. */
  readonly loaded: boolean
  /** Grows with each update; the same number means the same records. */
  readonly version: number
  /** The record's id in a slot, null when it is empty. */
  idAt(slot: number): string | null
  /** Called after each batch that touched the layer; while the page is hidden, once on its return. */
  subscribe(listener: (update: LayerUpdate) => void): () => void
}

/** A record of a snapshot. */
export interface SnapshotRecord {
  readonly id: string
  readonly observedAt: number
  readonly fields: Fields
}

/**
 * The client's copy of the world, filled by a live link or by a player. Reads are for everyone; `apply` and
 * `replaceLayer` are for the one that fills it.
 */
export interface Mirror {
  layer(name: LayerName): LayerMirror
  /** Reduces changes in seq order; throws when one speaks of a record that is not there, as then something was lost. */
  apply(changes: readonly Change[]): void
  /** The layer is exactly these records. Ones that stay keep their slots. */
  replaceLayer(layer: LayerName, records: Iterable<SnapshotRecord>, seq: number): void
  /**
   * The layer is these records: for a player that jumps. Only those whose `seq` differs are written, so that a small step
   * costs little. @param ids the only ones that may differ; null: any
   */
  showLayer(layer: LayerName, records: ReadonlyMap<string, WorldRecord>, ids: Iterable<string> | null): void
  /** Empties layers that are no longer followed. */
  clear(layers: readonly LayerName[]): void
}

class MirrorLayer implements LayerMirror {
  readonly name: LayerName
  loaded = false
  version = 0
  readonly writer: ColumnWriter
  private readonly state: LayerState
  private readonly listeners = new Set<(update: LayerUpdate) => void>()
  private dirty = new Set<number>()
  private resized = false

  constructor(name: LayerName, state: LayerState, origin: Position) {
    this.name = name
    this.state = state
    this.writer = createColumnWriter(name, origin)
  }
  get records(): ReadonlyMap<string, WorldRecord> {
    return this.state.records
  }
  get columns(): LayerColumns {
    return this.writer.columns
  }
  idAt(slot: number): string | null {
    return this.state.slots[slot] ?? null
  }
  subscribe(listener: (update: LayerUpdate) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  written(record: WorldRecord): void {
    if (this.writer.write(record)) this.resized = true
    this.dirty.add(record.slot)
  }
  emptied(slot: number): void {
    this.writer.clear(slot)
    this.dirty.add(slot)
  }
  touch(): void {
    this.version += 1
    this.loaded = true
    this.unsaid = true
  }
  unsaid = false
  tell(): void {
    if (!this.unsaid) return
    const update: LayerUpdate = { dirty: [...this.dirty].toSorted((a, b) => a - b), resized: this.resized }
    this.dirty = new Set()
    this.resized = false
    this.unsaid = false
    for (const listener of this.listeners) listener(update)
  }
}

/** @param origin the site's origin, `[lng, lat]`; the typed positions are offsets from it */
export function createMirror(origin: Position, visibility: Visibility = ALWAYS_VISIBLE): Mirror {
  const world: World = createWorld()
  const layers = new Map(LAYERS.map((name) => [name, new MirrorLayer(name, layerOf(world, name), origin)]))
  const mirrorOf = (name: LayerName): MirrorLayer => {
    const layer = layers.get(name)
    if (layer === undefined) throw new Error(`a mirror has every layer, ${name} is missing`)
    return layer
  }
  const tell = (): void => {
    if (!visibility.hidden) for (const layer of layers.values()) layer.tell()
  }
  visibility.onChange(tell)

  const reduceOne = (layer: MirrorLayer, change: Change): void => {
    const slotBefore = layer.records.get(change.id)?.slot
    const effect = follow(world, change)
    // A remove of what is not there is what a merged tick or a catch-up may well hold.
    if (effect === 'unknown_record' && change.op === 'patch') throw new MissingRecord(change)
    if (effect !== 'applied') return
    const after = layer.records.get(change.id)
    if (after !== undefined) layer.written(after)
    else if (slotBefore !== undefined) layer.emptied(slotBefore)
  }

  return {
    layer: mirrorOf,
    apply(changes) {
      try {
        for (const change of changes) {
          const layer = mirrorOf(change.layer)
          reduceOne(layer, change)
          layer.touch()
        }
      } finally {
        tell()
      }
    },
    replaceLayer(name, records, seq) {
      const layer = mirrorOf(name)
      const gone = new Set(layer.records.keys())
      const state = layerOf(world, name)
      const fresh = [...records]
      for (const { id } of fresh) gone.delete(id)
      for (const id of gone) {
        const slot = state.records.get(id)?.slot
        if (slot === undefined) continue
        state.records.delete(id)
        state.freeSlot(slot)
        layer.emptied(slot)
      }
      for (const { id, observedAt, fields } of fresh) {
        const slot = state.records.get(id)?.slot ?? state.takeSlot(id)
        const record: WorldRecord = { id, slot, seq, observedAt, fields }
        state.records.set(id, record)
        layer.written(record)
      }
      layer.touch()
      tell()
    },
    showLayer(name, records, ids) {
      const layer = mirrorOf(name)
      const state = layerOf(world, name)
      const show = (id: string): void => {
        const held = state.records.get(id)
        const wanted = records.get(id)
        if (wanted === undefined) {
          if (held === undefined) return
          state.records.delete(id)
          state.freeSlot(held.slot)
          layer.emptied(held.slot)
        } else if (held?.seq !== wanted.seq) {
          const record: WorldRecord = { ...wanted, slot: held?.slot ?? state.takeSlot(id) }
          state.records.set(id, record)
          layer.written(record)
        }
      }
      if (ids === null) {
        for (const id of state.records.keys()) if (!records.has(id)) show(id)
        for (const id of records.keys()) show(id)
      } else for (const id of ids) show(id)
      layer.touch()
      tell()
    },
    clear(names) {
      for (const name of names) {
        this.replaceLayer(name, [], 0)
        mirrorOf(name).loaded = false
      }
    },
  }
}

/** A patch of a record that the mirror does not have: changes were lost, and the layer must be loaded again. */
export class MissingRecord extends Error {
  constructor({ layer, id }: Change) {
    super(`a patch of ${layer}/${id}, which is not in the mirror`)
  }
}
