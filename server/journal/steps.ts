import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import { LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import { decodeChunk } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf } from '../../shared/history/classes.ts'
import type { Change } from '../../shared/world/change.ts'
import { changeOf } from './hot-rows.ts'
import { openBody } from './sealed-codec.ts'

/** A question for every change of some layers, all of one class; times are `recordedAt`, both inclusive. */
export interface StepsQuery {
  readonly layers: readonly LayerName[]
  readonly fromMs: number
  readonly toMs: number
  /** Changes at most; the oldest are kept. */
  readonly limit: number
}

/** In seq order. Not `complete` when there are later ones in the range. */
export interface Steps {
  readonly changes: readonly Change[]
  readonly complete: boolean
}

/** What happened in a range: each chunk of it is opened once, some ten milliseconds each, in the thread that calls. */
export async function stepsBetween(db: Kysely<Database>, { layers, fromMs, toMs, limit }: StepsQuery): Promise<Steps> {
  const wanted = new Set(layers)
  const changes: Change[] = []
  const take = (some: readonly Change[]): void => {
    for (const change of some) {
      if (wanted.has(change.layer) && change.recordedAt >= fromMs && change.recordedAt <= toMs) changes.push(change)
    }
  }
  // Hot rows first: what is sealed between the two looks is then there twice, not missing.
  const hot = await db
    .selectFrom('changes')
    .selectAll()
    .where('recordedAt', '>=', fromMs)
    .where('recordedAt', '<=', toMs)
    .where(
      'layer',
      'in',
      layers.map((layer) => LAYERS.indexOf(layer)),
    )
    .orderBy('seq')
    .limit(limit + 1)
    .execute()
  const chunks = await db
    .selectFrom('chunks')
    .select('fromSeq')
    .where('toMs', '>=', fromMs)
    .where('fromMs', '<=', toMs)
    .orderBy('fromSeq')
    .execute()
  for (const { fromSeq } of chunks) {
    if (changes.length > limit) break
    const body = await db
      .selectFrom('chunkBodies')
      .select(['body', 'bytes'])
      .where('fromSeq', '=', fromSeq)
      .where('class', '=', CHUNK_CLASSES.indexOf(classOf(layers[0] ?? 'alarms')))
      .executeTakeFirst()
    if (body !== undefined) take(decodeChunk(openBody(body)).changes)
  }
  const lastSealed = changes.at(-1)?.seq ?? 0
  take(hot.map(changeOf).filter(({ seq }) => seq > lastSealed))
  return { changes: changes.slice(0, limit), complete: changes.length <= limit }
}
