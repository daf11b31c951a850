import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

import { z } from 'zod'

import type { Role } from '../../shared/domain/roles.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const MAIN = path.join(ROOT, 'server', 'main.ts')
/** Where npm start keeps it, too. */
const COMPILED = path.join(ROOT, 'node_modules', '.cache', 'node')
export const TEST_PASSWORD = 'correct horse battery'

export interface ServerOptions {
  /** A folder of its own, removed at the end, when absent. */
  readonly dataDir?: string
  /** Options of the server, over those of a test: port 0, quiet log. */
  readonly env?: Readonly<Record<string, string>>
  /** With the demo community; without it the first administrator is made by the set-up code. */
  readonly demo?: boolean
}

const readySchema = z.object({ ready: z.literal(true), port: z.number() })
const createdSchema = z.object({ id: z.string(), token: z.string() })
const answerSchema = z.object({
  accepted: z.number(),
  rejected: z.array(z.object({ line: z.number(), code: z.string(), field: z.string().nullable(), message: z.string() })),
  seq: z.number(),
})
export type IngestAnswer = z.infer<typeof answerSchema>

/** Someone who is signed in: requests carry the cookie and the Origin, as a browser's do. */
export interface Session {
  readonly cookie: string
  request(method: string, target: string, body?: unknown): Promise<Response>
}

/** A real server, `server/main.ts` in a process of its own. */
export interface RunningServer {
  readonly origin: string
  readonly port: number
  readonly dataDir: string
  readonly process: ChildProcess
  /** Every line that it wrote. */
  readonly lines: readonly string[]
  /** The first administrator of a server without demo, by its set-up code. */
  setUp(): Promise<Session>
  signIn(username: string, password?: string): Promise<Session>
  /** An account of a role, and its session. */
  addUser(admin: Session, role: Exclude<Role, 'wall'>): Promise<Session>
  /** A source that may send as fast as it can. */
  addSource(admin: Session, layers: readonly string[]): Promise<{ readonly id: string; readonly token: string }>
  /** Posts NDJSON lines; rejects when the server cannot be reached. */
  ingest(token: string, lines: readonly object[], key?: string): Promise<Response>
  /** Kills with SIGKILL and waits until it is gone. */
  kill(): Promise<void>
  /** Stops in order, as Ctrl-C does; its exit code. Removes the data folder unless it was given or `keep` is set. */
  stop(options?: { keep?: boolean }): Promise<number | null>
}

/** Starts a server and waits until it is ready; rejects with what it wrote when it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'lookout-')))
  const child = fork(MAIN, options.demo === true ? [] : ['--no-demo'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    cwd: dataDir, // No .env of the project reaches it.
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: COMPILED,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const { port } = await ready(child, lines)
  const scheme = options.env?.['TLS_CERT'] === undefined ? 'http' : 'https'
  const origin = `${scheme}://127.0.0.1:${port}`

  const gone = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }
  const sessionOf = (answer: Response): Session => {
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0] ?? '')
      .join('; ')
    return {
      cookie,
      request: (method, target, body) =>
        fetch(origin + target, {
          method,
          headers: { cookie, ...(method === 'GET' ? {} : { origin, 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    }
  }
  const post = async (target: string, body: object): Promise<Response> => {
    const headers = { origin, 'content-type': 'application/json' }
    const answer = await fetch(origin + target, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`)
    return answer
  }

  const signIn = async (username: string, password = TEST_PASSWORD): Promise<Session> =>
    sessionOf(await post('/api/session', { username, password }))

  return {
    origin,
    port,
    dataDir,
    process: child,
    lines,
    async setUp() {
      const code = lines.map((line) => /(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(line)?.[0]).find((found) => found !== undefined)
      if (code === undefined) throw new Error(`no set-up code in:\n${lines.join('\n')}`)
      return sessionOf(await post('/api/setup', { code, username: 'admin', password: TEST_PASSWORD }))
    },
    signIn,
    async addUser(admin, role) {
      const username = `${role}-${crypto.randomUUID().slice(0, 8)}`
      const made = await admin.request('POST', '/api/users', { username, password: TEST_PASSWORD, role })
      if (!made.ok) throw new Error(`/api/users: ${made.status} ${await made.text()}`)
      return signIn(username)
    },
    async addSource(admin, layers) {
      const made = await admin.request('POST', '/api/sources', { name: 'test', layers, ratePerSecond: 1_000_000 })
      if (!made.ok) throw new Error(`/api/sources: ${made.status} ${await made.text()}`)
      return createdSchema.parse(await made.json())
    },
    ingest: (token, entries, key) =>
      fetch(`${origin}/api/ingest`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/x-ndjson',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      }),
    async kill() {
      child.kill('SIGKILL')
      await gone()
    },
    async stop({ keep = false } = {}) {
      child.kill('SIGTERM')
      const code = await gone()
      if (options.dataDir === undefined && !keep) await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

/** The answer of `POST /api/ingest`, parsed; rejects when it is not 200. */
export async function ingested(answer: Response): Promise<IngestAnswer> {
  if (answer.status !== 200) throw new Error(`ingest: ${answer.status} ${await answer.text()}`)
  return answerSchema.parse(await answer.json())
}

function ready(child: ChildProcess, lines: readonly string[]): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const parsed = readySchema.safeParse(message)
      if (parsed.success) resolve(parsed.data)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`the server ended (${signal ?? code}) before it was ready:\n${lines.join('\n')}`)),
    )
  })
}
