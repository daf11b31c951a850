import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Ranges of log and recordings that nobody may trim until they are released. */
export const holdsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('holds')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('fromMs', 'bigint', (column) => column.notNull())
      .addColumn('toMs', 'bigint', (column) => column.notNull())
      .addColumn('cameras', 'text')
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('createdBy', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('releasedBy', 'text')
      .addColumn('releasedAt', 'bigint')
      .addColumn('releaseReason', 'text')
      .execute()
  },
}
