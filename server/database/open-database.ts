import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

import { lockFolder } from './folder-lock.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { lockDatabase, type PostgresLock } from './postgres-lock.ts'
import type { Database } from './schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { startSqliteThread } from './sqlite-thread.ts'

export interface DatabaseOptions {
  /** Locked for this process for as long as the database is open, on PostgreSQL too. */
  readonly dataDir: string
  /** `postgres://…`; null: the embedded file in `dataDir`. */
  readonly databaseUrl: string | null
  /** For tests: steps to run, all of them when absent. */
  readonly migrations?: Readonly<Record<string, Migration>>
  /** For tests: see {@link openSqliteSession}. */
  readonly maxPages?: number
}

/** PostgreSQL connections of a server: the writer's, and some for reading beside it. */
const MAX_CONNECTIONS = 8

/** Where a second connection of the same database is opened, for reading beside the writer. */
export type DatabaseLocation =
  | { readonly dialect: 'sqlite'; readonly file: string }
  | { readonly dialect: 'postgres'; readonly databaseUrl: string }

export interface DatabaseHandle {
  /**
   * All queries of the server. On SQLite there is one connection: inside `transaction().execute(cb)` use only the
   * transaction that is given, or it waits for itself.
   */
  readonly db: Kysely<Database>
  readonly dialect: 'sqlite' | 'postgres'
  readonly location: DatabaseLocation
  readonly dataDir: string
  /** The number of migration steps that the database has. */
  readonly schemaVersion: number
  close(): Promise<void>
}

/** The embedded database's file in a data folder. */
export function databaseFile(dataDir: string): string {
  return path.join(dataDir, 'lookout.sqlite')
}

/**
 * Locks the data folder, and on PostgreSQL the database; opens the database, and brings its schema up to date, after a backup.
 * @throws DatabaseError
 */
export async function openDatabase(options: DatabaseOptions): Promise<DatabaseHandle> {
  const { dataDir, databaseUrl, migrations = MIGRATIONS } = options
  const folder = lockFolder(dataDir)
  let server: PostgresLock | null = null
  const location: DatabaseLocation =
    databaseUrl === null ? { dialect: 'sqlite', file: databaseFile(dataDir) } : { dialect: 'postgres', databaseUrl }
  let db: Kysely<Database> | null = null
  const release = async (): Promise<void> => {
    await server?.release()
    folder.release()
  }
  try {
    if (databaseUrl !== null) server = await lockDatabase(databaseUrl)
    db = await connect(location, options.maxPages ?? null)
    const opened = db
    const schemaVersion = await migrate(opened as unknown as Kysely<unknown>, migrations, async (nextStep) => {
      // PostgreSQL rolls a failed step back, and its own tools make its backups.
      if (location.dialect === 'sqlite') await backUpBefore(opened, dataDir, nextStep)
    })
    return {
      db: opened,
      dialect: location.dialect,
      location,
      dataDir,
      schemaVersion,
      async close() {
        try {
          await opened.destroy()
        } finally {
          await release()
        }
      },
    }
  } catch (cause) {
    await db?.destroy()
    await release()
    throw cause
  }
}

async function connect(location: DatabaseLocation, maxPages: number | null): Promise<Kysely<Database>> {
  if (location.dialect === 'postgres')
    return new Kysely<Database>({ dialect: postgresDialect(location.databaseUrl, MAX_CONNECTIONS) })
  const port = await startSqliteThread({ file: location.file, readOnly: false, maxPages })
  return new Kysely<Database>({ dialect: sqliteDialect(port) })
}

/** A whole copy of the database as it was, beside it, before a step of the schema changes it. */
async function backUpBefore(db: Kysely<Database>, dataDir: string, nextStep: string): Promise<void> {
  const folder = path.join(dataDir, 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, `before-${nextStep}-${crypto.randomUUID().slice(0, 8)}.sqlite`)
  await sql`vacuum into ${file}`.execute(db)
}
