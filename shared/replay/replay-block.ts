import type { Change } from '../world/change.ts'
import { restoreWorld, snapshotWorld, type WorldSnapshot } from '../world/snapshot.ts'
import { reduce, type World } from '../world/world.ts'

/**
 * Changes between two marks inside a block of a world of some ten thousand records: a jump reduces at most so many.
 * Measured there: a jump costs some milliseconds, half of it for the restored world, half for these; half as many would
 * cost the load of a block a third more.
 */
export const MARK_CHANGES = 4_096

/**
 * Records for which marks are {@link MARK_CHANGES} apart. A mark costs by the record, in time and memory, so that in a larger
 * world they lie further apart: at 100,000 records 262,144 changes are taken in 0.5 s instead of 2.
 */
const MARK_RECORDS = 13_000

function changesBetweenMarks({ layers }: WorldSnapshot): number {
  const records = layers.reduce((sum, layer) => sum + layer.records.length, 0)
  return MARK_CHANGES * Math.max(1, Math.round(records / MARK_RECORDS))
}

/**
 * A stretch of the log in memory: the world before it, and its changes in seq order. Seqs that are not there belong to
 * layers that the reader may not see.
 */
export class ReplayBlock {
  /** The seq of the world before the first change. */
  readonly baseSeq: number
  private readonly all: Change[] = []
  private readonly marks: WorldSnapshot[]
  private readonly end: World
  private endSeq: number

  private readonly markEvery: number

  /** @param markEvery changes between marks; smaller ones are for tests */
  constructor(base: WorldSnapshot, markEvery: number = changesBetweenMarks(base)) {
    this.markEvery = markEvery
    this.baseSeq = base.seq
    this.endSeq = base.seq
    this.marks = [base]
    this.end = restoreWorld(base)
  }

  /** Everything up to this seq is here. */
  get toSeq(): number {
    return this.endSeq
  }
  get changes(): readonly Change[] {
    return this.all
  }
  /** The world after the last change, for the block that follows. */
  endSnapshot(): WorldSnapshot {
    return { ...snapshotWorld(this.end), seq: this.endSeq }
  }

  /** Adds what follows; `toSeq` may lie beyond the last change when later ones are not for this reader. */
  append(changes: readonly Change[], toSeq: number): void {
    for (const change of changes) {
      if (change.seq <= this.endSeq) throw new Error(`change ${change.seq} after ${this.endSeq}`)
      if (this.all.length > 0 && this.all.length % this.markEvery === 0) this.marks.push(snapshotWorld(this.end))
      this.all.push(change)
      this.endSeq = change.seq
      reduce(this.end, change)
    }
    if (toSeq < this.endSeq) throw new Error(`a block up to ${toSeq} that holds ${this.endSeq}`)
    this.endSeq = toSeq
  }

  /** How many of the changes are recorded at or before an instant. */
  countAt(atMs: number): number {
    return this.countWhile(({ recordedAt }) => recordedAt <= atMs)
  }
  /** How many of the changes have a seq up to this one. */
  countTo(seq: number): number {
    return this.countWhile((change) => change.seq <= seq)
  }
  private countWhile(holds: (change: Change) => boolean): number {
    let low = 0
    let high = this.all.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(this.all[middle] as Change)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A world of its own at the last mark that is not after the first `count` changes, and how many changes it has. */
  markBefore(count: number): { readonly world: World; readonly count: number } {
    const mark = Math.min(Math.floor(count / this.markEvery), this.marks.length - 1)
    return { world: restoreWorld(this.marks[mark] as WorldSnapshot), count: mark * this.markEvery }
  }
}
