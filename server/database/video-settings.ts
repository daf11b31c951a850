import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type { CameraToursTable, WatermarksTable } from './tables/video-settings.ts'

type Db = Kysely<Database>

export const listTours = (db: Db): Promise<CameraToursTable[]> =>
  db.selectFrom('cameraTours').selectAll().orderBy('name').orderBy('id').execute()

/** Adds or replaces a tour. */
export async function putTour(db: Db, row: CameraToursTable): Promise<void> {
  const { id: _id, ...changed } = row
  await db
    .insertInto('cameraTours')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
    .execute()
}

/** False when there is no such tour. */
export async function deleteTour(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('cameraTours').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export const listWatermarks = (db: Db): Promise<WatermarksTable[]> => db.selectFrom('watermarks').selectAll().execute()

/** Sets a role's watermark. */
export async function putWatermark(db: Db, row: WatermarksTable): Promise<void> {
  const { live, recordings } = row
  await db
    .insertInto('watermarks')
    .values(row)
    .onConflict((conflict) => conflict.column('role').doUpdateSet({ live, recordings }))
    .execute()
}
