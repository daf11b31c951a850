import { sql, type Kysely, type Transaction } from 'kysely'

import type { Database } from '../database/schema.ts'
import type { ChunkBodiesTable, ChunksTable, KeyframeBodiesTable, KeyframesTable } from '../database/tables/log.ts'
import { GENESIS_HASH } from '../../shared/history/chain.ts'

/** A chunk ready to be stored, bodies compressed, in the order of the classes. */
export interface SealedChunk {
  readonly header: ChunksTable
  readonly bodies: readonly ChunkBodiesTable[]
  /** Changes by minute and class. */
  readonly activity: readonly { readonly minute: number; readonly class: number; readonly changes: number }[]
}

/** A keyframe ready to be stored. */
export interface SealedKeyframe {
  readonly header: KeyframesTable
  readonly bodies: readonly KeyframeBodiesTable[]
}

/** Where the sealed part of the log ends, and the hash that the next chunk follows. */
export interface ChainHead {
  readonly seq: number
  readonly hash: Uint8Array
}

/** What a trim leaves behind of the chunks that it deleted. */
export interface Checkpoint {
  readonly seq: number
  /** Hex. */
  readonly hash: string
  /** By the site's key over {@link checkpointText}, base64; null where there is no key. */
  readonly signature: string | null
}

/** What the signature of a checkpoint is over: up to this change everything was deleted, and it ended with this hash. */
export function checkpointText(seq: number, hash: string): string {
  return `community-lookout log checkpoint 1\n${seq} ${hash}\n`
}

const CHECKPOINT_KEY = 'checkpoint'

export async function readCheckpoint(db: Kysely<Database>): Promise<Checkpoint | null> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', CHECKPOINT_KEY).executeTakeFirst()
  return row === undefined ? null : (JSON.parse(row.value) as Checkpoint)
}

export async function writeCheckpoint(trx: Transaction<Database>, checkpoint: Checkpoint): Promise<void> {
  const value = JSON.stringify(checkpoint)
  await trx
    .insertInto('meta')
    .values({ key: CHECKPOINT_KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

export async function chainHead(db: Kysely<Database>): Promise<ChainHead> {
  const last = await db.selectFrom('chunks').select(['toSeq', 'hash']).orderBy('fromSeq', 'desc').limit(1).executeTakeFirst()
  if (last !== undefined) return { seq: last.toSeq, hash: last.hash }
  const checkpoint = await readCheckpoint(db)
  if (checkpoint === null) return { seq: 0, hash: GENESIS_HASH }
  return { seq: checkpoint.seq, hash: Buffer.from(checkpoint.hash, 'hex') }
}

/** Stores a chunk and deletes its hot rows; doing so twice is the same as once. */
export async function storeChunk(trx: Transaction<Database>, { header, bodies, activity }: SealedChunk): Promise<void> {
  const inserted = await trx
    .insertInto('chunks')
    .values(header)
    .onConflict((conflict) => conflict.column('fromSeq').doNothing())
    .returning('fromSeq')
    .executeTakeFirst()
  if (inserted !== undefined) {
    // Few statements: the writer waits for this transaction.
    await trx.insertInto('chunkBodies').values(bodies).execute()
    await trx
      .insertInto('activity')
      .values(activity)
      .onConflict((conflict) =>
        conflict.columns(['minute', 'class']).doUpdateSet({ changes: sql`"activity"."changes" + "excluded"."changes"` }),
      )
      .execute()
  }
  await trx.deleteFrom('changes').where('seq', '<=', header.toSeq).execute()
}

export async function storeKeyframe(trx: Transaction<Database>, { header, bodies }: SealedKeyframe): Promise<void> {
  const inserted = await trx
    .insertInto('keyframes')
    .values(header)
    .onConflict((conflict) => conflict.column('seq').doNothing())
    .returning('seq')
    .executeTakeFirst()
  if (inserted === undefined) return
  await trx.insertInto('keyframeBodies').values(bodies).execute()
}

/** The chunk that holds a seq. */
export function chunkAt(db: Kysely<Database>, seq: number): Promise<ChunksTable | undefined> {
  return db.selectFrom('chunks').selectAll().where('fromSeq', '<=', seq).where('toSeq', '>=', seq).executeTakeFirst()
}

export function chunkBodies(db: Kysely<Database>, fromSeq: number): Promise<ChunkBodiesTable[]> {
  return db.selectFrom('chunkBodies').selectAll().where('fromSeq', '=', fromSeq).orderBy('class').execute()
}

export function keyframeBodies(db: Kysely<Database>, seq: number): Promise<KeyframeBodiesTable[]> {
  return db.selectFrom('keyframeBodies').selectAll().where('seq', '=', seq).orderBy('class').execute()
}

/** The newest keyframe at or before a time or seq. */
export function keyframeFloor(db: Kysely<Database>, at: { ms?: number; seq?: number }): Promise<KeyframesTable | undefined> {
  const { ms, seq } = at
  return db
    .selectFrom('keyframes')
    .selectAll()
    .$if(ms !== undefined, (query) => query.where('recordedAt', '<=', ms ?? 0))
    .$if(seq !== undefined, (query) => query.where('seq', '<=', seq ?? 0))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}
