import { PostgresAdapter, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Datasets of past cases, their imports, denominators, interventions and actions. */
export const hotspotsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const blob = db.getExecutor().adapter instanceof PostgresAdapter ? 'bytea' : 'blob'
    await db.schema
      .createTable('hotspotDatasets')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('outline', 'text', (column) => column.notNull())
      .addColumn('timeZone', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('createdBy', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('hotspotImports')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('datasetId', 'text', (column) => column.notNull().references('hotspotDatasets.id').onDelete('cascade'))
      .addColumn('fileName', 'text', (column) => column.notNull())
      .addColumn('fileHash', 'text', (column) => column.notNull())
      .addColumn('profile', 'text', (column) => column.notNull())
      .addColumn('takenAt', 'bigint', (column) => column.notNull())
      .addColumn('takenBy', 'text', (column) => column.notNull())
      .addColumn('rows', 'integer', (column) => column.notNull())
      .addColumn('cases', 'integer', (column) => column.notNull())
      .addColumn('refused', 'integer', (column) => column.notNull())
      .addColumn('merged', 'integer', (column) => column.notNull())
      .addColumn('flags', 'text', (column) => column.notNull())
      .addColumn('fromMs', 'bigint')
      .addColumn('toMs', 'bigint')
      .addColumn('report', blob, (column) => column.notNull())
      .addUniqueConstraint('hotspotImportsOnce', ['datasetId', 'fileHash'])
      .execute()
    await db.schema
      .createTable('hotspotBlocks')
      .addColumn('importId', 'text', (column) => column.notNull().references('hotspotImports.id').onDelete('cascade'))
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('cases', 'integer', (column) => column.notNull())
      .addColumn('body', blob, (column) => column.notNull())
      .addPrimaryKeyConstraint('hotspotBlocksKey', ['importId', 'number'])
      .execute()
    await db.schema
      .createTable('hotspotProfiles')
      .addColumn('signature', 'text', (column) => column.primaryKey())
      .addColumn('profile', 'text', (column) => column.notNull())
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .execute()
    // The community's own log is a dataset too and has no row, so these three refer to none.
    await db.schema
      .createTable('hotspotBases')
      .addColumn('datasetId', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('places', 'integer', (column) => column.notNull())
      .addColumn('total', 'double precision', (column) => column.notNull())
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .addColumn('body', blob, (column) => column.notNull())
      .addPrimaryKeyConstraint('hotspotBasesKey', ['datasetId', 'kind'])
      .execute()
    await db.schema
      .createTable('hotspotInterventions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('datasetId', 'text', (column) => column.notNull())
      .addColumn('intervention', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('createdBy', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('hotspotActions')
      .addColumn('datasetId', 'text', (column) => column.notNull())
      .addColumn('place', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('dueOn', 'text')
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .addColumn('changedBy', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('hotspotActionsKey', ['datasetId', 'place'])
      .execute()
  },
}
