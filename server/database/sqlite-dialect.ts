import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'

import { checkParameters } from './parameters.ts'
import type { SqliteStep } from './sqlite-session.ts'
import type { SqlitePort } from './sqlite-thread.ts'

/** Kysely over one SQLite connection. Kysely itself lets one user at a time have it. */
export function sqliteDialect(port: SqlitePort): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => sqliteDriver(port),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** SQLite rolls schema changes back like any other; saying so makes Kysely run the migrations in a transaction. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export class SqliteConnection implements DatabaseConnection {
  readonly #port: SqlitePort

  constructor(port: SqlitePort) {
    this.#port = port
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    checkParameters(parameters)
    const { columns, rows, changes, lastRowId } = await this.#port.request({ kind: 'query', sql, parameters })
    const counts = { numAffectedRows: BigInt(changes), insertId: BigInt(lastRowId) }
    return { ...counts, rows: rows.map((row) => objectOf(columns, row) as R) }
  }

  /** One statement for many rows of `width` values in one message, bound in the database's thread. */
  async runMany(sql: string, width: number, values: readonly (string | number)[]): Promise<void> {
    await this.#port.request({ kind: 'many', sql, width, values })
  }

  /** See {@link SqliteSession.transact}: a whole transaction in one message. Not inside another one. */
  async transact(steps: readonly SqliteStep[]): Promise<boolean> {
    for (const step of steps) if ('parameters' in step) checkParameters(step.parameters)
    return (await this.#port.request({ kind: 'transact', steps })).changes === 1
  }

  async rollback(): Promise<void> {
    await this.#port.request({ kind: 'rollback' })
  }

  // oxlint-disable-next-line require-yield -- A stream would hold the only connection for as long as its reader likes.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streaming is not supported; read in pages')
  }
}

function objectOf(columns: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (let index = 0; index < columns.length; index += 1) object[columns[index] as string] = row[index]
  return object
}

function sqliteDriver(port: SqlitePort): Driver {
  const connection = new SqliteConnection(port)
  const run = async (sql: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    // Immediate: taking the write lock later could fail half way through, when a backup is being made.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => connection.rollback(),
    releaseConnection: () => Promise.resolve(),
    destroy: () => port.close(),
  }
}
