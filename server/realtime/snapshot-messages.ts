import type { WireChange } from '../../shared/protocol/delta.ts'
import type { SnapshotFormat } from '../../shared/protocol/snapshot.ts'
import type { WorldSnapshot } from '../../shared/world/snapshot.ts'

/** How a snapshot's bytes are packed for the way. */
export type Packing = 'identity' | 'gzip' | 'zstd'

/** Which bytes: one stream's layer in one format. */
export interface SnapshotKey {
  readonly streamIndex: number
  readonly format: SnapshotFormat
  readonly packing: Packing
}

/** From the hub's thread to the replica's, in this order: `start` once, then ticks and requests as they come. */
export type ToReplica =
  | { readonly type: 'start'; readonly epoch: string; readonly world: WorldSnapshot }
  | {
      readonly type: 'tick'
      readonly toSeq: number
      readonly atMs: number
      /** By stream index: the tick's merged changes as one JSON text, cheaper to hand over than objects. */
      readonly streams: readonly (readonly [index: number, changes: string])[]
    }
  | { readonly type: 'get'; readonly request: number; readonly key: SnapshotKey; readonly atLeastSeq: number }

export type ReplicaChanges = readonly WireChange[]

export interface BuiltSnapshot {
  readonly seq: number
  /** Strong, of these very bytes. */
  readonly etag: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface FromReplica {
  readonly type: 'built'
  readonly request: number
  readonly built: BuiltSnapshot
}
