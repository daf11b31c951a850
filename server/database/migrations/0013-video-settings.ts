import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Sequences of cameras, and which roles' pictures carry a watermark. */
export const videoSettingsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('cameraTours')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .addColumn('changedBy', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('watermarks')
      .addColumn('role', 'text', (column) => column.primaryKey())
      .addColumn('live', 'integer', (column) => column.notNull())
      .addColumn('recordings', 'integer', (column) => column.notNull())
      .execute()
  },
}
