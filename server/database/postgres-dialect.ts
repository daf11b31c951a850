import {
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import pg from 'pg'

import { checkParameters } from './parameters.ts'

/** Milliseconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT_MS = 10_000

/** Kysely over a PostgreSQL pool, with the same rules for parameters and the same types in results as on SQLite. */
export function postgresDialect(databaseUrl: string, maxConnections: number): Dialect {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => parserOf(oid, format) },
  })
  // An idle connection that the server ends is replaced by the pool; the next query tells if there is more to it.
  pool.on('error', () => undefined)
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => checkedDriver(new PostgresDriver({ pool })),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

function parserOf(oid: number, format: 'text' | 'binary' = 'text'): unknown {
  return oid === pg.types.builtins.INT8 ? safeInteger : pg.types.getTypeParser(oid, format as 'text')
}

/** int8 arrives as text; what a double cannot hold exactly is an error, not another number. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer beyond 2^53 in a result')
  return value
}

class CheckedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection

  constructor(inner: DatabaseConnection) {
    this.inner = inner
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    checkParameters(query.parameters)
    return this.inner.executeQuery<R>(query)
  }

  // oxlint-disable-next-line require-yield -- Not offered on SQLite, so not here either.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streaming is not supported; read in pages')
  }
}

type InnerConnection = Parameters<PostgresDriver['releaseConnection']>[0]

function checkedDriver(driver: PostgresDriver): Driver {
  const wrappers = new WeakMap<DatabaseConnection, CheckedConnection>()
  const innerOf = (connection: DatabaseConnection): InnerConnection =>
    (connection instanceof CheckedConnection ? connection.inner : connection) as InnerConnection
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const inner = await driver.acquireConnection()
      const wrapper = wrappers.get(inner) ?? new CheckedConnection(inner)
      wrappers.set(inner, wrapper)
      return wrapper
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(innerOf(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(innerOf(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(innerOf(connection)),
    releaseConnection: (connection) => driver.releaseConnection(innerOf(connection)),
    destroy: () => driver.destroy(),
  }
}
