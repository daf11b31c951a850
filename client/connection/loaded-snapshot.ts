import type { SnapshotRecord } from '../store/mirror.ts'

/** One layer as loaded; `slots` are the server's wire ids for the columns of deltas, where the format has them. */
export interface LoadedSnapshot {
  readonly epoch: string
  readonly seq: number
  readonly records: readonly SnapshotRecord[]
  readonly slots: readonly number[] | null
}
