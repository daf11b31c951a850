import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Phases of alarm rules, notes, marks of timelines, tours of walls. */
export const alarmsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('alarmPhases')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('layer', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('phase', 'text', (column) => column.notNull())
      .addColumn('sinceMs', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('alarmPhasesKey', ['layer', 'id', 'kind'])
      .execute()
    await db.schema
      .createTable('alarmNotes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('alarmId', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('seat', 'text', (column) => column.notNull())
      .addColumn('text', 'text')
      .addColumn('salt', 'text')
      .execute()
    await db.schema.createIndex('alarmNotesByAlarm').on('alarmNotes').columns(['alarmId', 'at']).execute()
    await db.schema
      .createTable('timelineMarks')
      .addColumn('layer', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('recordedAt', 'bigint', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('grade', 'integer')
      .addPrimaryKeyConstraint('timelineMarksKey', ['layer', 'id', 'step'])
      .execute()
    await db.schema.createIndex('timelineMarksByTime').on('timelineMarks').column('recordedAt').execute()
    await db.schema
      .createTable('scenes')
      .addColumn('wallId', 'text', (column) => column.primaryKey())
      .addColumn('scenes', 'text', (column) => column.notNull())
      .addColumn('changedAt', 'bigint', (column) => column.notNull())
      .addColumn('changedBy', 'text', (column) => column.notNull())
      .execute()
  },
}
