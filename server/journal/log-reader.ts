import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import type { Batch, ReadTo } from './batch.ts'
import { readHot } from './hot-rows.ts'
import { NotInLog } from './journal-errors.ts'
import { openChunk, openKeyframe } from './sealed-codec.ts'
import { chunkAt, chunkBodies, keyframeBodies, keyframeFloor } from './sealed-store.ts'

/** Changes read at a time. */
const PAGE = 8_192
/** Sealing may move a page from hot to sealed between two looks; more often than this in a row it cannot. */
const MAX_LOOKS = 3

export async function readHead(db: Kysely<Database>): Promise<number> {
  return (await db.selectFrom('logHead').select('seq').where('id', '=', 1).executeTakeFirstOrThrow()).seq
}

/** See {@link ChangeLog.read}. Decodes in the thread that calls. */
export async function* readLog(
  db: Kysely<Database>,
  after: number,
  to: ReadTo = {},
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const lastSeq = to.seq ?? (await readHead(db))
  const lastMs = to.ts ?? Infinity
  let next = after + 1
  while (next <= lastSeq) {
    signal?.throwIfAborted()
    const page = await readPage(db, next, lastSeq)
    const changes = page.filter(({ recordedAt }) => recordedAt <= lastMs)
    if (changes.length > 0) yield { from: next, changes }
    if (changes.length < page.length) return
    next += page.length
  }
}

async function readPage(db: Kysely<Database>, from: number, lastSeq: number) {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const chunk = await chunkAt(db, from)
    if (chunk !== undefined) {
      const bodies = await chunkBodies(db, chunk.fromSeq)
      const changes = openChunk(bodies).filter(({ seq }) => seq >= from && seq <= lastSeq)
      if (bodies.length > 0 && changes[0]?.seq === from) return changes
    }
    const page = await readHot(db, from - 1, Math.min(PAGE, lastSeq - from + 1))
    if (page[0]?.seq === from) return page
  }
  throw new NotInLog(from)
}

/** The world after `seq`: the newest keyframe before it and the changes between. */
export async function readWorld(db: Kysely<Database>, seq: number): Promise<World> {
  const keyframe = await keyframeFloor(db, { seq })
  const world = keyframe === undefined ? createWorld() : openKeyframe(await keyframeBodies(db, keyframe.seq))
  for await (const { changes } of readLog(db, world.seq, { seq })) for (const change of changes) reduce(world, change)
  return world
}
