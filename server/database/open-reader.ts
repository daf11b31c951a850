import { Kysely } from 'kysely'

import type { DatabaseLocation } from './open-database.ts'
import { postgresDialect } from './postgres-dialect.ts'
import type { Database } from './schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { openSqliteSession } from './sqlite-session.ts'
import type { SqlitePort } from './sqlite-thread.ts'

/**
 * A second connection for reading, in the thread that calls: queries on SQLite block it. On SQLite it is read only; on
 * PostgreSQL it is not to be written through either.
 */
export function openReader(location: DatabaseLocation): Kysely<Database> {
  if (location.dialect === 'postgres') return new Kysely<Database>({ dialect: postgresDialect(location.databaseUrl, 2) })
  return new Kysely<Database>({ dialect: sqliteDialect(readingPort(location.file)) })
}

function readingPort(file: string): SqlitePort {
  const session = openSqliteSession({ file, readOnly: true, maxPages: null })
  return {
    // oxlint-disable-next-line require-await -- Async so that what SQLite throws becomes a rejection.
    async request(command) {
      switch (command.kind) {
        case 'query':
          return session.query(command.sql, command.parameters)
        case 'rollback':
          session.rollback()
          break
        case 'close':
        case 'many':
        case 'transact':
          throw new Error('a reader only reads')
      }
      return { columns: [], rows: [], changes: 0, lastRowId: 0 }
    },
    close() {
      session.close()
      return Promise.resolve()
    },
  }
}
