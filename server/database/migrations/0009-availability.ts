import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Availability of cameras by day. */
export const availabilityMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('cameraDays')
      .addColumn('cameraId', 'text', (column) => column.notNull())
      .addColumn('day', 'text', (column) => column.notNull())
      .addColumn('onlineMs', 'bigint', (column) => column.notNull())
      .addColumn('degradedMs', 'bigint', (column) => column.notNull())
      .addColumn('offlineMs', 'bigint', (column) => column.notNull())
      .addColumn('disabledMs', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('cameraDaysKey', ['cameraId', 'day'])
      .execute()
  },
}
