import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'

import { DatabaseError } from './database-error.ts'

/** Where a database keeps which steps it has. */
export const MIGRATION_TABLE = 'schemaMigrations'
const LOCK_TABLE = 'schemaMigrationLock'

/** Names of the steps that a database has, in order; empty for a new one. */
export async function appliedMigrations(db: Kysely<unknown>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === MIGRATION_TABLE)) return []
  const rows = await (db as Kysely<Record<typeof MIGRATION_TABLE, { name: string }>>)
    .selectFrom(MIGRATION_TABLE)
    .select('name')
    .orderBy('name')
    .execute()
  return rows.map(({ name }) => name)
}

/**
 * Brings a database to the last of `migrations`, all or nothing. `backUp` runs before the first step on a database that
 * has data already.
 * @returns the number of steps that the database has now
 * @throws DatabaseError `newer_database` when it has a step that is not in `migrations`
 */
export async function migrate(
  db: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
  backUp: (nextStep: string) => Promise<void>,
): Promise<number> {
  const applied = await appliedMigrations(db)
  const unknown = applied.find((name) => migrations[name] === undefined)
  if (unknown !== undefined) {
    throw new DatabaseError(
      'newer_database',
      `this database has step ${unknown}, which this version does not know; run a newer version`,
    )
  }
  const next = Object.keys(migrations).find((name) => !applied.includes(name))
  if (next !== undefined) {
    if (applied.length > 0) await backUp(next)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      migrationTableName: MIGRATION_TABLE,
      migrationLockTableName: LOCK_TABLE,
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  }
  return Object.keys(migrations).length
}
