import { PostgresAdapter, sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The log: head, hot changes, sealed chunks, keyframes, density, lifetimes. */
export const logMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const postgres = db.getExecutor().adapter instanceof PostgresAdapter
    const blob = postgres ? 'bytea' : 'blob'
    await db.schema
      .createTable('logHead')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('epoch', 'text', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('recordedAt', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('changes')
      // On SQLite only `integer` is the row's own key.
      .addColumn('seq', postgres ? 'bigint' : 'integer', (column) => column.primaryKey())
      .addColumn('recordedAt', 'bigint', (column) => column.notNull())
      .addColumn('observedAt', 'bigint', (column) => column.notNull())
      .addColumn('layer', 'integer', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('op', 'integer', (column) => column.notNull())
      .addColumn('fields', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('chunks')
      .addColumn('fromSeq', postgres ? 'bigint' : 'integer', (column) => column.primaryKey())
      .addColumn('toSeq', 'bigint', (column) => column.notNull().unique())
      .addColumn('fromMs', 'bigint', (column) => column.notNull())
      .addColumn('toMs', 'bigint', (column) => column.notNull())
      .addColumn('codec', 'integer', (column) => column.notNull())
      .addColumn('previousHash', blob, (column) => column.notNull())
      .addColumn('hash', blob, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('chunksByTime').on('chunks').column('toMs').execute()
    await db.schema
      .createTable('chunkBodies')
      .addColumn('fromSeq', 'bigint', (column) => column.notNull().references('chunks.fromSeq').onDelete('cascade'))
      .addColumn('class', 'integer', (column) => column.notNull())
      .addColumn('changes', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('bodyHash', blob, (column) => column.notNull())
      .addColumn('filter', blob, (column) => column.notNull())
      .addColumn('body', blob, (column) => column.notNull())
      .addPrimaryKeyConstraint('chunkBodiesKey', ['fromSeq', 'class'])
      .execute()
    await db.schema
      .createTable('keyframes')
      .addColumn('seq', postgres ? 'bigint' : 'integer', (column) => column.primaryKey())
      .addColumn('recordedAt', 'bigint', (column) => column.notNull())
      .addColumn('codec', 'integer', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('keyframesByTime').on('keyframes').column('recordedAt').execute()
    await db.schema
      .createTable('keyframeBodies')
      .addColumn('seq', 'bigint', (column) => column.notNull().references('keyframes.seq').onDelete('cascade'))
      .addColumn('class', 'integer', (column) => column.notNull())
      .addColumn('records', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('bodyHash', blob, (column) => column.notNull())
      .addColumn('body', blob, (column) => column.notNull())
      .addPrimaryKeyConstraint('keyframeBodiesKey', ['seq', 'class'])
      .execute()
    await db.schema
      .createTable('activity')
      .addColumn('minute', 'bigint', (column) => column.notNull())
      .addColumn('class', 'integer', (column) => column.notNull())
      .addColumn('changes', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('activityKey', ['minute', 'class'])
      .execute()
    await db.schema
      .createTable('lifetimes')
      .addColumn('startedAt', postgres ? 'bigint' : 'integer', (column) => column.primaryKey())
      .addColumn('lastAliveAt', 'bigint', (column) => column.notNull())
      .addColumn('stopped', 'integer', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('meta')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    if (!postgres) return
    // The bodies are compressed already: keep them out of line and as they are.
    await sql`alter table "chunkBodies" alter column "body" set storage external`.execute(db)
    await sql`alter table "keyframeBodies" alter column "body" set storage external`.execute(db)
  },
}
