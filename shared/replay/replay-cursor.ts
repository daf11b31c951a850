import { LAYERS, type LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import { createWorld, reduceWithUndo, undo, type Undo, type World } from '../world/world.ts'
import { MARK_CHANGES, type ReplayBlock } from './replay-block.ts'

/** What a move may have changed: ids by layer, or anything at all (null). */
export type Touched = ReadonlyMap<LayerName, ReadonlySet<string>> | null

/** Changes that a move reduces one by one; a longer way starts from a mark of the block, which is nearer by then. */
const LONGEST_WALK = MARK_CHANGES
/** Steps that can be taken back: as many as lie between two marks, and as many again before the older ones are dropped. */
const MOST_UNDOS = 2 * MARK_CHANGES

/** A place in the log, and the world there. */
export class ReplayCursor {
  private block: ReplayBlock | null = null
  private count = 0
  /** How to take back the changes before `count`, the latest last; all of this block. */
  private undos: Undo[] = []
  world: World = createWorld()

  /** Goes after the first `count` changes of a block; says what of the world may be different now. */
  moveTo(block: ReplayBlock, count: number): Touched {
    const by = count - this.count
    if (this.block !== block || by > LONGEST_WALK || -by > this.undos.length) {
      this.jump(block, count)
      return null
    }
    const touched = new Map<LayerName, Set<string>>()
    const touch = ({ layer, id }: Change): void => {
      const ids = touched.get(layer) ?? new Set()
      ids.add(id)
      touched.set(layer, ids)
    }
    for (; this.count < count; this.count += 1) {
      const change = block.changes[this.count] as Change
      this.undos.push(reduceWithUndo(this.world, change))
      touch(change)
    }
    for (; this.count > count; this.count -= 1) {
      const last = this.undos.pop() as Undo
      undo(this.world, last)
      touch(last.change)
    }
    if (this.undos.length > MOST_UNDOS) this.undos = this.undos.slice(-MARK_CHANGES)
    return touched
  }

  /** To the mark before, and on from there, so that the way back is known. */
  private jump(block: ReplayBlock, count: number): void {
    const { world, count: from } = block.markBefore(count)
    this.world = world
    this.block = block
    this.undos = []
    for (this.count = from; this.count < count; this.count += 1) {
      this.undos.push(reduceWithUndo(world, block.changes[this.count] as Change))
    }
  }

  /** The empty world: nothing is known here. */
  clear(): void {
    this.block = null
    this.count = 0
    this.undos = []
    this.world = createWorld()
  }
}

/** The layers that a move touched. */
export function touchedLayers(touched: Touched): readonly LayerName[] {
  return touched === null ? LAYERS : [...touched.keys()]
}
