import { PostgresAdapter, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Where patrols passed, by day: sums by square, without who. */
export const hotspotPatrolsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const blob = db.getExecutor().adapter instanceof PostgresAdapter ? 'bytea' : 'blob'
    await db.schema
      .createTable('hotspotPatrols')
      .addColumn('day', 'text', (column) => column.primaryKey())
      .addColumn('visits', 'integer', (column) => column.notNull())
      .addColumn('body', blob, (column) => column.notNull())
      .execute()
  },
}
