import type { Kysely } from 'kysely'

import type { AvailabilityStore } from '../video/availability.ts'
import type { Database } from './schema.ts'

/** The days of cameras in the database. */
export function createAvailabilityStore(db: Kysely<Database>): AvailabilityStore {
  return {
    async add(days) {
      await db.transaction().execute(async (transaction) => {
        for (const day of days) {
          const { onlineMs, degradedMs, offlineMs, disabledMs } = day
          await transaction
            .insertInto('cameraDays')
            .values(day)
            .onConflict((conflict) =>
              conflict.columns(['cameraId', 'day']).doUpdateSet((eb) => ({
                onlineMs: eb('cameraDays.onlineMs', '+', onlineMs),
                degradedMs: eb('cameraDays.degradedMs', '+', degradedMs),
                offlineMs: eb('cameraDays.offlineMs', '+', offlineMs),
                disabledMs: eb('cameraDays.disabledMs', '+', disabledMs),
              })),
            )
            .execute()
        }
      })
    },
    between: (fromDay, toDay) =>
      db
        .selectFrom('cameraDays')
        .selectAll()
        .where('day', '>=', fromDay)
        .where('day', '<=', toDay)
        .orderBy('cameraId')
        .orderBy('day')
        .execute(),
  }
}
