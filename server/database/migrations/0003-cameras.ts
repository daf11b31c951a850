import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The camera registry. */
export const camerasMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('cameras')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('sealedUrl', 'text', (column) => column.notNull())
      .addColumn('sealedSubUrl', 'text')
      .addColumn('lng', 'double precision', (column) => column.notNull())
      .addColumn('lat', 'double precision', (column) => column.notNull())
      .addColumn('bearingDeg', 'double precision', (column) => column.notNull())
      .addColumn('fieldOfViewDeg', 'double precision', (column) => column.notNull())
      .addColumn('rangeMeters', 'double precision')
      .addColumn('ownerKind', 'text', (column) => column.notNull())
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .execute()
  },
}
