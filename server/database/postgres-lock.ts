import { setTimeout as sleep } from 'node:timers/promises'

import pg from 'pg'

import { DatabaseError } from './database-error.ts'

/** Milliseconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT_MS = 10_000
/** How long the lock of a server that was killed a moment ago may still be seen. */
const GRACE_MS = 3_000
const LOOK_MS = 250
/** Pause before the lock is taken again after its connection was lost. */
const AGAIN_MS = 1_000
/** Any number; the first half of the lock's key, so that other programs' locks in the same database are others. */
const LOCK_SPACE = 0x6c6f_6f6b
/** A machine that vanished gives its lock up after about 25 s, not after the two hours of the system's default. */
const KEEPALIVE = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'

export interface PostgresLock {
  release(): Promise<void>
}

/**
 * One server a database: an advisory lock of a connection of its own, for the schema in use. When that connection is lost it
 * is taken again as soon as PostgreSQL answers; meanwhile the log's own head fences out a second writer.
 * @throws DatabaseError `database_in_use`, `unreachable`, `no_answer`
 */
export async function lockDatabase(databaseUrl: string): Promise<PostgresLock> {
  let released = false
  let client = await openClient(databaseUrl)
  const follow = (held: pg.Client): void => {
    held.on('error', () => undefined) // `end` follows.
    held.once('end', () => void takeAgain())
  }
  const takeAgain = async (): Promise<void> => {
    while (!released) {
      await sleep(AGAIN_MS, undefined, { ref: false })
      if (released) return
      try {
        const next = await openClient(databaseUrl)
        if (!released && (await tryLock(next))) {
          client = next
          follow(next)
          return
        }
        await next.end()
      } catch {
        continue // It does not answer yet.
      }
    }
  }
  const until = performance.now() + GRACE_MS
  while (!(await tryLock(client))) {
    if (performance.now() < until) {
      await sleep(LOOK_MS)
      continue
    }
    await client.end()
    throw new DatabaseError('database_in_use', 'another server is using this PostgreSQL database')
  }
  follow(client)
  return {
    async release() {
      released = true
      await client.end().catch(() => undefined)
    },
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_lock($1, hashtext(coalesce(current_schema(), ''))) as locked",
    [LOCK_SPACE],
  )
  return rows[0]?.locked === true
}

async function openClient(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(KEEPALIVE)
    return client
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw explained(cause)
  }
}

/** SQLSTATEs of a server that will answer later: starting, stopping, too many connections. */
const LATER: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '53300'])
const SQLSTATE = /^[0-9A-Z]{5}$/

/** PostgreSQL's own words name roles and databases, never passwords; a failed connection is told by its code alone. */
function explained(cause: unknown): DatabaseError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'timeout'
  const message = cause instanceof Error ? cause.message : ''
  if (SQLSTATE.test(code) && !LATER.has(code)) {
    return new DatabaseError('unreachable', `PostgreSQL refuses DATABASE_URL: ${message} (${code})`, { cause })
  }
  return new DatabaseError('no_answer', `PostgreSQL at DATABASE_URL does not answer (${code})`, { cause })
}
