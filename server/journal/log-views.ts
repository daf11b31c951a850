import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import { worldDocument, type SeenLayer, type WorldFormat, type WorldHead } from '../history/world-document.ts'
import { encodeChunk } from '../../shared/history/chunk-codec.ts'
import { classOf, type ChunkClass } from '../../shared/history/classes.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import { NotInLog } from './journal-errors.ts'
import { readHead, readLog, readWorld } from './log-reader.ts'
import { openKeyframe } from './sealed-codec.ts'
import { keyframeBodies, keyframeFloor } from './sealed-store.ts'

/** A question for the world at an instant, as a text for other people's tools. */
export interface WorldQuery {
  /** By `recordedAt`, all changes of that millisecond included, or by seq. */
  readonly at: { readonly ms: number } | { readonly seq: number }
  readonly seen: readonly SeenLayer[]
  readonly format: WorldFormat
  /** Why the state is not known, when it is not. */
  readonly unknown: WorldHead['unknown']
}

/**
 * What follows a seq as a chunk of one class: sealed or not, at most one page. Empty, ending at `afterSeq`, at the head.
 * Null when what follows was trimmed.
 */
export async function tailOf(db: Kysely<Database>, afterSeq: number, chunkClass: ChunkClass): Promise<Uint8Array | null> {
  try {
    for await (const { from, changes } of readLog(db, afterSeq)) {
      const toSeq = from + changes.length - 1
      return encodeChunk({
        chunkClass,
        fromSeq: from,
        toSeq,
        changes: changes.filter(({ layer }) => classOf(layer) === chunkClass),
      })
    }
  } catch (cause) {
    if (cause instanceof NotInLog) return null
    throw cause
  }
  return encodeChunk({ chunkClass, fromSeq: afterSeq + 1, toSeq: afterSeq, changes: [] })
}

/** The text of {@link worldDocument} at an instant, in bytes. */
export async function worldAt(
  db: Kysely<Database>,
  epoch: string,
  { at, seen, format, unknown }: WorldQuery,
): Promise<Uint8Array> {
  const world = unknown === null ? await readInstant(db, at) : createWorld()
  const head = { epoch, seq: world.seq, at: 'ms' in at ? at.ms : world.recordedAt, unknown }
  return new TextEncoder().encode(worldDocument(world, head, seen, format))
}

async function readInstant(db: Kysely<Database>, at: WorldQuery['at']): Promise<World> {
  if ('seq' in at) return readWorld(db, Math.min(at.seq, await readHead(db)))
  const keyframe = await keyframeFloor(db, { ms: at.ms })
  const world = keyframe === undefined ? createWorld() : openKeyframe(await keyframeBodies(db, keyframe.seq))
  for await (const { changes } of readLog(db, world.seq, { ts: at.ms })) for (const change of changes) reduce(world, change)
  return world
}
