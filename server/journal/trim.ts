import type { Kysely, Transaction } from 'kysely'

import { earliestHeld, lockTrimming } from '../database/holds.ts'
import type { Database } from '../database/schema.ts'
import { hex } from '../../shared/history/chain.ts'
import { checkpointText, keyframeFloor, writeCheckpoint } from './sealed-store.ts'

const MINUTE_MS = 60_000

/** What a trim did: whether anything went, and the first seq that is still there. */
export interface Trimmed {
  readonly firstSeq: number
  readonly didTrim: boolean
}

/**
 * Deletes what is older than `beforeMs`, as far back as the newest keyframe before it: the world at every later instant
 * can still be had. Nothing from the earliest held instant on goes, whoever asks. A checkpoint with the last deleted hash
 * stays, so that the chain is verified from there. One transaction a keyframe, so that the writer never waits long.
 * @param sign the site's signature over {@link checkpointText}, base64; null where there is no key
 */
export async function trimLog(db: Kysely<Database>, beforeMs: number, sign: ((text: string) => string) | null): Promise<Trimmed> {
  let didTrim = false
  while (await db.transaction().execute((trx) => trimStep(trx, beforeMs, sign))) didTrim = true
  const chunk = await db.selectFrom('chunks').select(['fromSeq']).orderBy('fromSeq').limit(1).executeTakeFirst()
  const hot = await db.selectFrom('changes').select('seq').orderBy('seq').limit(1).executeTakeFirst()
  const head = await db.selectFrom('logHead').select('seq').executeTakeFirst()
  return { firstSeq: chunk?.fromSeq ?? hot?.seq ?? (head?.seq ?? 0) + 1, didTrim }
}

/** Deletes the chunks up to the next keyframe; false when that one is not old enough, or held. */
async function trimStep(trx: Transaction<Database>, beforeMs: number, sign: ((text: string) => string) | null): Promise<boolean> {
  await lockTrimming(trx)
  const held = await earliestHeld(trx)
  const floor = await keyframeFloor(trx, { ms: Math.min(beforeMs, held ?? beforeMs) })
  const oldest = await trx.selectFrom('chunks').select('toSeq').orderBy('fromSeq').limit(1).executeTakeFirst()
  if (floor === undefined || oldest === undefined) return false
  const target = await trx
    .selectFrom('keyframes')
    .select('seq')
    .where('seq', '>=', oldest.toSeq)
    .where('seq', '<=', floor.seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  if (target === undefined) return false
  const last = await trx
    .selectFrom('chunks')
    .select(['fromSeq', 'toSeq', 'toMs', 'hash'])
    .where('toSeq', '<=', target.seq)
    .orderBy('fromSeq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const hash = hex(last.hash)
  const signature = sign?.(checkpointText(last.toSeq, hash)) ?? null
  await writeCheckpoint(trx, { seq: last.toSeq, hash, signature })
  await trx.deleteFrom('chunkBodies').where('fromSeq', '<=', last.fromSeq).execute()
  await trx.deleteFrom('chunks').where('fromSeq', '<=', last.fromSeq).execute()
  await trx.deleteFrom('keyframeBodies').where('seq', '<', target.seq).execute()
  await trx.deleteFrom('keyframes').where('seq', '<', target.seq).execute()
  await trx
    .deleteFrom('activity')
    .where('minute', '<', Math.floor(last.toMs / MINUTE_MS))
    .execute()
  return true
}
