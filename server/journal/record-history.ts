import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import { LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import { decodeChunk } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf } from '../../shared/history/classes.ts'
import type { Change } from '../../shared/world/change.ts'
import { changeOf } from './hot-rows.ts'
import { mayHaveRecord } from './record-filter.ts'
import { openBody } from './sealed-codec.ts'

/** A question for one record's changes; times are `recordedAt`, both inclusive. */
export interface HistoryQuery {
  readonly layer: LayerName
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  /** Changes at most; the newest are kept. */
  readonly limit: number
}

/** In seq order. Not `complete` when there are older ones in the range that were not looked for. */
export interface RecordHistory {
  readonly changes: readonly Change[]
  readonly complete: boolean
}

/** Chunks opened for one answer, at most: about two seconds of one thread. */
const MAX_CHUNKS_OPENED = 100
/** Chunk headers looked at in one query. */
const HEADERS_A_PAGE = 256

/** The newest changes of one record in a range of time: hot rows by their index, then sealed chunks from the newest back. */
export async function recordHistory(db: Kysely<Database>, query: HistoryQuery): Promise<RecordHistory> {
  const { layer, id, fromMs, toMs, limit } = query
  const rows = await db
    .selectFrom('changes')
    .selectAll()
    .where('layer', '=', LAYERS.indexOf(layer))
    .where('id', '=', id)
    .where('recordedAt', '>=', fromMs)
    .where('recordedAt', '<=', toMs)
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  const newestFirst = rows.map(changeOf)
  let opened = 0
  let before = rows.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER
  while (newestFirst.length <= limit) {
    const page = await chunkFilters(db, query, before)
    for (const { fromSeq, filter } of page) {
      before = fromSeq
      if (newestFirst.length > limit || !mayHaveRecord(filter, layer, id)) continue
      if (opened === MAX_CHUNKS_OPENED) return { changes: newestFirst.toReversed(), complete: false }
      opened += 1
      const found = (await chunkOf(db, fromSeq, layer)).filter(
        (change) => change.layer === layer && change.id === id && change.recordedAt >= fromMs && change.recordedAt <= toMs,
      )
      newestFirst.push(...found.toReversed())
    }
    if (page.length < HEADERS_A_PAGE) break
  }
  return { changes: newestFirst.slice(0, limit).toReversed(), complete: newestFirst.length <= limit }
}

function chunkFilters(db: Kysely<Database>, { layer, fromMs, toMs }: HistoryQuery, before: number) {
  return db
    .selectFrom('chunks')
    .innerJoin('chunkBodies', 'chunkBodies.fromSeq', 'chunks.fromSeq')
    .select(['chunks.fromSeq', 'chunkBodies.filter'])
    .where('chunkBodies.class', '=', classIndex(layer))
    .where('chunks.toMs', '>=', fromMs)
    .where('chunks.fromMs', '<=', toMs)
    .where('chunks.fromSeq', '<', before)
    .orderBy('chunks.fromSeq', 'desc')
    .limit(HEADERS_A_PAGE)
    .execute()
}

async function chunkOf(db: Kysely<Database>, fromSeq: number, layer: LayerName): Promise<readonly Change[]> {
  const body = await db
    .selectFrom('chunkBodies')
    .select(['body', 'bytes'])
    .where('fromSeq', '=', fromSeq)
    .where('class', '=', classIndex(layer))
    .executeTakeFirst()
  return body === undefined ? [] : decodeChunk(openBody(body)).changes
}

const classIndex = (layer: LayerName): number => CHUNK_CLASSES.indexOf(classOf(layer))
