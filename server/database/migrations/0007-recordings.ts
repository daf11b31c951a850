import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The index of recordings by wall clock, holds, and how each camera is recorded. */
export const recordingsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('segments')
      .addColumn('cameraId', 'text', (column) => column.notNull())
      .addColumn('startMs', 'bigint', (column) => column.notNull())
      .addColumn('endMs', 'bigint', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('initBytes', 'integer', (column) => column.notNull())
      .addColumn('codec', 'text', (column) => column.notNull())
      .addColumn('timescale', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('closed', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('segmentsKey', ['cameraId', 'startMs'])
      .execute()
    // Retention looks for the oldest of all cameras, a start for those that a crash left open.
    await db.schema.createIndex('segmentsByAge').on('segments').columns(['endMs']).execute()
    await db.schema.createIndex('segmentsByClosed').on('segments').columns(['closed']).execute()
    await db.schema
      .createTable('gops')
      .addColumn('cameraId', 'text', (column) => column.notNull())
      .addColumn('startMs', 'bigint', (column) => column.notNull())
      .addColumn('wallMs', 'bigint', (column) => column.notNull())
      .addColumn('decodeTime', 'bigint', (column) => column.notNull())
      .addColumn('offset', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('gopsKey', ['cameraId', 'startMs', 'offset'])
      .execute()
    await db.schema.createIndex('gopsByTime').on('gops').columns(['cameraId', 'wallMs']).execute()
    await db.schema
      .createTable('recordingHolds')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('cameraId', 'text', (column) => column.notNull())
      .addColumn('fromMs', 'bigint', (column) => column.notNull())
      .addColumn('toMs', 'bigint', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('createdBy', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('recordingHoldsByCamera').on('recordingHolds').columns(['cameraId', 'toMs']).execute()
    await db.schema
      .alterTable('cameras')
      .addColumn('recording', 'text', (column) => column.notNull().defaultTo('never'))
      .execute()
    await db.schema
      .alterTable('cameras')
      .addColumn('retentionDays', 'double precision', (column) => column.notNull().defaultTo(30))
      .execute()
    await db.schema
      .alterTable('cameras')
      .addColumn('underDecree', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    // Whose consent lets this camera be seen, until when, and for what.
    await db.schema.alterTable('cameras').addColumn('consent', 'text').execute()
  },
}
