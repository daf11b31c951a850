import { PostgresAdapter, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Incident files: what a supervisor put together about a case or a stretch of time. */
export const incidentsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const blob = db.getExecutor().adapter instanceof PostgresAdapter ? 'bytea' : 'blob'
    await db.schema
      .createTable('incidents')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('fromMs', 'bigint', (column) => column.notNull())
      .addColumn('toMs', 'bigint', (column) => column.notNull())
      .addColumn('caseId', 'text')
      .addColumn('cameras', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('createdBy', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('incidentNotes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('incidentId', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('seat', 'text', (column) => column.notNull())
      .addColumn('text', 'text')
      .execute()
    await db.schema.createIndex('incidentNotesByFile').on('incidentNotes').columns(['incidentId', 'at']).execute()
    await db.schema
      .createTable('incidentStills')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('incidentId', 'text', (column) => column.notNull())
      .addColumn('cameraId', 'text', (column) => column.notNull())
      .addColumn('takenAt', 'bigint', (column) => column.notNull())
      .addColumn('addedAt', 'bigint', (column) => column.notNull())
      .addColumn('seat', 'text', (column) => column.notNull())
      .addColumn('jpeg', blob, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('incidentStillsByFile').on('incidentStills').columns(['incidentId', 'takenAt']).execute()
  },
}
