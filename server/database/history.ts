import { sql, type Kysely } from 'kysely'

import type { Database } from './schema.ts'

type Db = Kysely<Database>

/** A stored body with its hash: the bytes are compressed by zstd. */
export interface StoredBody {
  readonly body: Uint8Array
  /** Before compression. */
  readonly bytes: number
  readonly bodyHash: Uint8Array
}

export interface IndexedKeyframe {
  readonly seq: number
  readonly recordedAt: number
}

export interface IndexedChunk {
  readonly fromSeq: number
  readonly toSeq: number
  readonly fromMs: number
  readonly toMs: number
  readonly hash: Uint8Array
}

export function keyframeBody(db: Db, seq: number, classIndex: number): Promise<StoredBody | undefined> {
  return db
    .selectFrom('keyframeBodies')
    .select(['body', 'bytes', 'bodyHash'])
    .where('seq', '=', seq)
    .where('class', '=', classIndex)
    .executeTakeFirst()
}

export function chunkBody(db: Db, fromSeq: number, classIndex: number): Promise<StoredBody | undefined> {
  return db
    .selectFrom('chunkBodies')
    .select(['body', 'bytes', 'bodyHash'])
    .where('fromSeq', '=', fromSeq)
    .where('class', '=', classIndex)
    .executeTakeFirst()
}

/** What is known of a body without its bytes. */
export interface BodySize {
  /** Of the keyframe, or the first of the chunk. */
  readonly seq: number
  readonly class: number
  readonly bytes: number
  readonly bodyHash: Uint8Array
}

/** The bodies of the keyframes between two seqs, both inclusive. */
export function keyframeSizes(db: Db, fromSeq: number, toSeq: number): Promise<BodySize[]> {
  return db
    .selectFrom('keyframeBodies')
    .select(['seq', 'class', 'bytes', 'bodyHash'])
    .where('seq', '>=', fromSeq)
    .where('seq', '<=', toSeq)
    .execute()
}

/** The bodies of the chunks that begin between two seqs, both inclusive. */
export function chunkSizes(db: Db, fromSeq: number, toSeq: number): Promise<BodySize[]> {
  return db
    .selectFrom('chunkBodies')
    .select(['fromSeq as seq', 'class', 'bytes', 'bodyHash'])
    .where('fromSeq', '>=', fromSeq)
    .where('fromSeq', '<=', toSeq)
    .execute()
}

/** The newest keyframe at or before a time, all in the range, and the first after it. */
export async function keyframesAround(db: Db, fromMs: number, toMs: number): Promise<IndexedKeyframe[]> {
  const keyframes = () => db.selectFrom('keyframes').select(['seq', 'recordedAt'])
  const base = await keyframes().where('recordedAt', '<=', fromMs).orderBy('seq', 'desc').limit(1).execute()
  const inside = await keyframes().where('recordedAt', '>', fromMs).where('recordedAt', '<=', toMs).orderBy('seq').execute()
  const after = await keyframes().where('recordedAt', '>', toMs).orderBy('seq').limit(1).execute()
  return [...base, ...inside, ...after]
}

/** Chunks with changes after `afterSeq`, to the one that holds `to.seq`, or to the last that begins at or before `to.ms`. */
export function chunksBetween(
  db: Db,
  afterSeq: number,
  to: { readonly seq: number } | { readonly ms: number },
): Promise<IndexedChunk[]> {
  return db
    .selectFrom('chunks')
    .select(['fromSeq', 'toSeq', 'fromMs', 'toMs', 'hash'])
    .where('toSeq', '>', afterSeq)
    .$if('seq' in to, (query) => query.where('fromSeq', '<=', 'seq' in to ? to.seq : 0))
    .$if('ms' in to, (query) => query.where('fromMs', '<=', 'ms' in to ? to.ms : 0))
    .orderBy('fromSeq')
    .execute()
}

/** A chunk as the hash chain has it, with the hashes of its bodies in the order of the classes. */
export interface ChunkLinkRow extends IndexedChunk {
  readonly codec: number
  readonly previousHash: Uint8Array
  readonly bodyHashes: readonly Uint8Array[]
}

/** The links of the chunks with changes after `afterSeq` that begin at or before a time. */
export async function chunkLinks(db: Db, afterSeq: number, toMs: number): Promise<ChunkLinkRow[]> {
  const rows = await db
    .selectFrom('chunks')
    .innerJoin('chunkBodies', 'chunkBodies.fromSeq', 'chunks.fromSeq')
    .select(['chunks.fromSeq', 'toSeq', 'fromMs', 'toMs', 'codec', 'previousHash', 'hash', 'bodyHash'])
    .where('toSeq', '>', afterSeq)
    .where('fromMs', '<=', toMs)
    .orderBy('chunks.fromSeq')
    .orderBy('class')
    .execute()
  const links = Map.groupBy(rows, ({ fromSeq }) => fromSeq)
  return [...links.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, bodyHashes: [first, ...rest].map(({ bodyHash }) => bodyHash) }],
  )
}

/** `recordedAt` of the first instant that can be shown; null for an empty log. */
export async function firstInstant(db: Db): Promise<number | null> {
  return (await firstKnown(db))?.recordedAt ?? null
}

/** The first seq whose world can be shown; 1 for an empty log. */
export async function firstKnownSeq(db: Db): Promise<number> {
  return (await firstKnown(db))?.seq ?? 1
}

async function firstKnown(db: Db): Promise<IndexedKeyframe | undefined> {
  const chunk = await db.selectFrom('chunks').select(['fromSeq', 'fromMs']).orderBy('fromSeq').limit(1).executeTakeFirst()
  if (chunk?.fromSeq === 1) return { seq: 1, recordedAt: chunk.fromMs }
  const hot = await db.selectFrom('changes').select(['seq', 'recordedAt']).orderBy('seq').limit(1).executeTakeFirst()
  if (hot?.seq === 1) return hot
  // The beginning was trimmed: the first keyframe is where a replay can start.
  return db.selectFrom('keyframes').select(['seq', 'recordedAt']).orderBy('seq').limit(1).executeTakeFirst()
}

/** Changes by minute since 1970 in a range of minutes, both inclusive, of some classes and layers, sealed and not. */
export async function densityByMinute(
  db: Db,
  range: { readonly fromMinute: number; readonly toMinute: number },
  seen: { readonly classes: readonly number[]; readonly layers: readonly number[] },
): Promise<Map<number, number>> {
  const { fromMinute, toMinute } = range
  const sealed = await db
    .selectFrom('activity')
    .select(['minute', ({ fn }) => fn.sum('changes').as('changes')])
    .where('minute', '>=', fromMinute)
    .where('minute', '<=', toMinute)
    .where('class', 'in', seen.classes)
    .groupBy('minute')
    .execute()
  const minuteOf = sql<number>`"recordedAt" / 60000`
  const hot = await db
    .selectFrom('changes')
    .select([minuteOf.as('minute'), ({ fn }) => fn.countAll().as('changes')])
    .where('recordedAt', '>=', fromMinute * 60_000)
    .where('recordedAt', '<', (toMinute + 1) * 60_000)
    .where('layer', 'in', seen.layers)
    .groupBy(minuteOf)
    .execute()
  const density = new Map<number, number>()
  for (const { minute, changes } of [...sealed, ...hot]) density.set(minute, (density.get(minute) ?? 0) + Number(changes))
  return density
}

/** Beijing days with any change, as days since 1970, in order. */
export async function daysWithChanges(db: Db): Promise<number[]> {
  const sealed = await sql<{ day: number }>`select distinct ("minute" + 480) / 1440 as "day" from "activity"`.execute(db)
  const hot = await sql<{ day: number }>`select distinct ("recordedAt" / 60000 + 480) / 1440 as "day" from "changes"`.execute(db)
  return [...new Set([...sealed.rows, ...hot.rows].map(({ day }) => Number(day)))].toSorted((a, b) => a - b)
}
