import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Role } from '../../shared/domain/roles.ts'
import type { Derivation } from '../../shared/world/derivation.ts'
import type { World } from '../../shared/world/world.ts'
import { createAccounts, type Accounts } from '../../server/accounts/accounts.ts'
import { openDatabase, type DatabaseHandle } from '../../server/database/open-database.ts'
import { createAuthenticator, type Authenticator } from '../../server/http/authenticator.ts'
import { createClientPages } from '../../server/http/client-pages.ts'
import { createApp } from '../../server/http/create-app.ts'
import { close, createServer, finishServer, listen, type UpgradeHandler } from '../../server/http/create-server.ts'
import { isSecure } from '../../server/http/origin.ts'
import type { Route } from '../../server/http/route.ts'
import { baseRoutes } from '../../server/http/routes/base-routes.ts'
import { createIdempotencyKeys } from '../../server/ingest/idempotency.ts'
import { createIngest } from '../../server/ingest/ingest.ts'
import { openChangeLog, type ChangeLog } from '../../server/journal/change-log.ts'
import { createLogger } from '../../server/telemetry/logger.ts'
import { createWorldWriter, type Projection, type WorldWriter } from '../../server/world/world-writer.ts'

export const PASSWORD = 'correct horse battery'

export interface TestServerOptions {
  readonly publicOrigin?: string
  readonly trustedProxies?: readonly string[]
  readonly tls?: { cert: string; key: string }
  readonly clientDir?: string
  /** Added to the clock of accounts and ingest, in milliseconds; may change while the server runs. */
  readonly clock?: { offsetMs: number }
  readonly dataDir?: string
  /** The database file grows no further than this many pages. */
  readonly maxPages?: number
  /** What follows from the world in this server, made before its writer. */
  readonly follows?: (parts: {
    world: World
    handle: DatabaseHandle
  }) => Promise<{ derivations: readonly Derivation[]; projections?: readonly Projection[] }>
  readonly moreRoutes?: (parts: {
    accounts: Accounts
    writer: WorldWriter
    handle: DatabaseHandle
    log: ChangeLog
    baseRoutes: readonly Route[]
  }) => readonly Route[]
  readonly media?: (parts: { accounts: Accounts; authenticator: Authenticator }) => UpgradeHandler
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>

/** The real HTTP server over a real database in a folder of its own, on a free port. */
export async function startTestServer(options: TestServerOptions = {}) {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'lookout-http-')))
  const logLines: string[] = []
  const logger = createLogger('debug', { write: (line) => void logLines.push(line) })
  const now = (): number => Date.now() + (options.clock?.offsetMs ?? 0)
  const handle = await openDatabase({
    dataDir,
    databaseUrl: null,
    ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
  })
  const log = await openChangeLog(handle)
  const broken: unknown[] = []
  const world = await log.loadWorld()
  const writer = createWorldWriter({
    log,
    world,
    ...((await options.follows?.({ world, handle })) ?? { derivations: [] }),
    now,
    onBroken: (cause) => void broken.push(cause),
  })
  const accounts = createAccounts({ db: handle.db, sessionMs: 3_600_000, now, onFault: (cause) => void broken.push(cause) })
  const rule = { publicOrigin: options.publicOrigin ?? null, tls: options.tls !== undefined }
  const secure = isSecure(rule)
  const authenticator = createAuthenticator(accounts.principalOf, rule)
  const ingest = createIngest({ writer, keys: createIdempotencyKeys(handle.db, now), now, monotonic: () => performance.now() })
  const waitingFor: string[] = []
  const base = baseRoutes({ accounts, ingest, readiness: () => waitingFor, secure, now })
  const routes = [...base, ...(options.moreRoutes?.({ writer, accounts, handle, log, baseRoutes: base }) ?? [])]
  const pages = createClientPages(options.clientDir ?? join(dataDir, 'no-client'))
  const app = createApp({ routes, authenticator, pages, secure, trustedProxies: options.trustedProxies ?? [], log: logger })
  const server = createServer({ app, tls: options.tls ?? null })
  finishServer(server, options.media?.({ accounts, authenticator }) ?? null, secure)
  const port = await listen(server, '127.0.0.1', 0)
  const origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`

  return {
    origin,
    port,
    dataDir,
    handle,
    log,
    writer,
    accounts,
    authenticator,
    ingest,
    routes,
    logLines,
    /** What stands in the way of readiness. */
    waitingFor,
    /** Whatever broke that should not have; empty at the end of each test. */
    broken,
    /** An account of a role, ready to sign in with {@link PASSWORD}; its name. */
    async addUser(role: Role, username: string = role): Promise<string> {
      const made = await accounts.users.create({ username, password: PASSWORD, role }, null)
      if (made === 'taken') throw new Error(`${username} is taken`)
      return made.username
    },
    async stop(options: { keep?: boolean } = {}): Promise<void> {
      accounts.stop()
      await close(server, 1_000)
      await writer.stop()
      await handle.close()
      if (options.keep !== true) await rm(dataDir, { recursive: true })
    },
  }
}

/** A client with a cookie jar, as a browser tab would be: it sends its Origin unless told not to. */
export function createBrowser(origin: string) {
  const jar = new Map<string, string>()
  return {
    jar,
    async send(method: string, path: string, body?: unknown, headers: Record<string, string | null> = {}): Promise<Response> {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const all: Record<string, string | null> = {
        origin: method === 'GET' ? null : origin,
        cookie: cookie === '' ? null : cookie,
        'content-type': body === undefined ? null : 'application/json',
        ...headers,
      }
      const sent = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value] as [string, string]]))
      const response = await fetch(origin + path, {
        method,
        headers: sent,
        redirect: 'manual',
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [pair = '', ...attributes] = line.split(';')
        const at = pair.indexOf('=')
        if (attributes.some((attribute) => attribute.trim() === 'Max-Age=0')) jar.delete(pair.slice(0, at))
        else jar.set(pair.slice(0, at), pair.slice(at + 1))
      }
      return response
    },
    async json(
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string | null>,
    ): Promise<{ status: number; body: Record<string, unknown> }> {
      const response = await this.send(method, path, body, headers)
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    signIn(username: string, password: string = PASSWORD) {
      return this.json('POST', '/api/session', { username, password })
    },
  }
}
