import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** People's own marks in the replay. */
export const bookmarksMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('bookmarks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('bookmarksByUser').on('bookmarks').columns(['userId', 'at']).execute()
  },
}
