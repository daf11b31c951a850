import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** A statement's answer: values by column, in the order of `columns`; no columns when it returns no rows. */
export interface SqliteAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  readonly changes: number
  readonly lastRowId: number
}

/** One statement of a transaction: once with `parameters`, or for each row of `rows`. */
export type SqliteStep =
  | { readonly sql: string; readonly parameters: readonly unknown[]; readonly must: boolean }
  | { readonly sql: string; readonly width: number; readonly rows: readonly (string | number)[] }

export interface SqliteSession {
  query(sql: string, parameters: readonly unknown[]): SqliteAnswer
  /** Runs one statement for each row of `width` values; `values` holds the rows one after another. */
  runMany(sql: string, width: number, values: readonly (string | number)[]): number
  /** A whole transaction: all steps or none. @returns false when a step with `must` changed nothing, and so none did */
  transact(steps: readonly SqliteStep[]): boolean
  /** Rolls back if a transaction is open; SQLite may have done so itself when the disk was full. */
  rollback(): void
  close(): void
}

export interface SqliteOptions {
  readonly file: string
  readonly readOnly: boolean
  /** For tests of a full database: the file never grows beyond this many pages. */
  readonly maxPages: number | null
}

/** Milliseconds to wait for a lock that a backup or a reader holds. */
const BUSY_TIMEOUT_MS = 5_000
/** Prepared statements kept; more than the server has. */
const MAX_STATEMENTS = 300
/** Page cache in KiB: the hot rows and their index stay in memory. */
const CACHE_KIB = 32_768

interface Prepared {
  readonly statement: StatementSync
  readonly columns: readonly string[]
}

/** Opens a database file in this thread: WAL and synchronous FULL, so that a commit survives power loss. */
export function openSqliteSession({ file, readOnly, maxPages }: SqliteOptions): SqliteSession {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, readOnly, enableForeignKeyConstraints: true })
  if (!readOnly) database.exec('pragma journal_mode = wal; pragma synchronous = full;')
  database.exec(`pragma cache_size = -${CACHE_KIB}; pragma temp_store = memory;`)
  if (maxPages !== null) database.exec(`pragma max_page_count = ${maxPages}`)
  const statements = new Map<string, Prepared>()

  function prepared(sql: string): Prepared {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    const columns = statement.columns().map(({ name }) => name)
    statement.setReturnArrays(true)
    const made = { statement, columns }
    if (/^\s*(?:select|insert|update|delete|with)\b/i.test(sql)) {
      if (statements.size >= MAX_STATEMENTS) statements.clear()
      statements.set(sql, made)
    } else {
      statements.clear() // A change of schema: the columns of what was prepared may be others now.
    }
    return made
  }

  const session: SqliteSession = {
    query(sql, parameters) {
      const { statement, columns } = prepared(sql)
      const values = parameters as SQLInputValue[]
      if (columns.length === 0) {
        const { changes, lastInsertRowid } = statement.run(...values)
        return { columns, rows: [], changes: Number(changes), lastRowId: Number(lastInsertRowid) }
      }
      const rows = statement.all(...values) as unknown as unknown[][]
      return { columns, rows, changes: rows.length, lastRowId: 0 }
    },
    runMany(sql, width, values) {
      const { statement } = prepared(sql)
      for (let from = 0; from < values.length; from += width) {
        statement.run(...(values.slice(from, from + width) as SQLInputValue[]))
      }
      return values.length / width
    },
    transact(steps) {
      database.exec('begin immediate')
      try {
        for (const step of steps) {
          if ('rows' in step) session.runMany(step.sql, step.width, step.rows)
          else if (session.query(step.sql, step.parameters).changes === 0 && step.must) {
            session.rollback()
            return false
          }
        }
        database.exec('commit')
        return true
      } catch (cause) {
        session.rollback()
        throw cause
      }
    },
    rollback() {
      if (database.isTransaction) database.exec('rollback')
    },
    close() {
      statements.clear()
      database.close()
    },
  }
  return session
}
