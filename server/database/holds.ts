import type { Kysely, Transaction } from 'kysely'

import type { Database } from './schema.ts'
import type { HoldsTable } from './tables/holds.ts'

type Db = Kysely<Database>

/** In `recordingHolds`: of whatever camera. No camera's id has this form. */
export const EVERY_CAMERA = '*'

/**
 * Makes one transaction wait for another that trims or holds, so that neither misses what the other does. On SQLite they
 * follow each other anyway.
 */
export async function lockTrimming(trx: Transaction<Database>): Promise<void> {
  await trx
    .insertInto('meta')
    .values({ key: 'trimming', value: '' })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: '' }))
    .execute()
}

/** The earliest instant that a hold keeps; null when nothing is held. */
export async function earliestHeld(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('holds')
    .select('fromMs')
    .where('releasedAt', 'is', null)
    .orderBy('fromMs')
    .limit(1)
    .executeTakeFirst()
  return row?.fromMs ?? null
}

/** Holds, and the same for each camera's recordings. */
export async function insertHold(trx: Transaction<Database>, hold: HoldsTable): Promise<void> {
  const { id, fromMs, toMs, reason, createdBy, createdAt } = hold
  await trx.insertInto('holds').values(hold).execute()
  for (const [number, cameraId] of camerasOf(hold).entries()) {
    const row = { id: `${id}/${number}`, cameraId, fromMs, toMs, reason, createdBy, createdAt }
    await trx.insertInto('recordingHolds').values(row).execute()
  }
}

/** Lets go of a hold; undefined when there is none of this id, or it was let go before. */
export async function releaseHold(
  trx: Transaction<Database>,
  id: string,
  released: Pick<HoldsTable, 'releasedBy' | 'releasedAt' | 'releaseReason'>,
): Promise<HoldsTable | undefined> {
  const hold = await trx
    .updateTable('holds')
    .set(released)
    .where('id', '=', id)
    .where('releasedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (hold === undefined) return undefined
  const rows = camerasOf(hold).map((_, number) => `${id}/${number}`)
  if (rows.length > 0) await trx.deleteFrom('recordingHolds').where('id', 'in', rows).execute()
  return hold
}

export function holdById(db: Db, id: string): Promise<HoldsTable | undefined> {
  return db.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. */
export function listHolds(db: Db, limit: number): Promise<HoldsTable[]> {
  return db.selectFrom('holds').selectAll().orderBy('createdAt', 'desc').orderBy('id').limit(limit).execute()
}

/** How many holds are not released. */
export async function countHeld(db: Db): Promise<number> {
  const row = await db
    .selectFrom('holds')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('releasedAt', 'is', null)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

function camerasOf({ cameras }: HoldsTable): readonly string[] {
  return cameras === null ? [EVERY_CAMERA] : (JSON.parse(cameras) as string[])
}
