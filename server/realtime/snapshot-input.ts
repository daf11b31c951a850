import type { SnapshotFormat } from '../../shared/protocol/snapshot.ts'
import type { World } from '../../shared/world/world.ts'
import type { Stream } from './streams.ts'

export interface SnapshotInput {
  readonly epoch: string
  readonly seq: number
  readonly stream: Stream
  readonly format: SnapshotFormat
  /** Holds the stream's records with the stream's fields. */
  readonly world: World
}
