import { fork, type ChildProcess } from 'node:child_process'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Server as SocketServer } from 'socket.io'
import { WebSocketServer, type WebSocket } from 'ws'

import type { Change } from '../../shared/world/change.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import { createDeltaEncoder } from '../../server/realtime/delta-encoder.ts'
import { createFeed, RECENT_TICKS } from '../../server/realtime/feed.ts'
import { createHub } from '../../server/realtime/hub.ts'
import { createLiveServer } from '../../server/realtime/live-server.ts'
import type { LiveSource } from '../../server/realtime/live-source.ts'
import { STREAMS } from '../../server/realtime/streams.ts'
import type { FromClients, Kind } from './fanout-clients.ts'

const CLIENTS = 500
const CHANGES_A_SECOND = 10_000
/** Plain Socket.IO, an event a change, cannot carry more on one core; its cost a delivered change does not depend on it. */
const PLAIN_CHANGES_A_SECOND = 50
const RECORDS = 12_000
const COMMIT_EACH_MS = 25
/** Long enough for clients to have their habit of acknowledging: every third second is reached after 76 deltas. */
const WARM_MS = 12_000
const WINDOW_MS = 3_000
const ROUNDS = 3

interface Result {
  readonly label: string
  /** Server CPU of a delivered change, in nanoseconds, by round. */
  readonly nanoseconds: number[]
  readonly cores: number[]
  latenciesMs: readonly number[]
}

/**
 * CPU of the server's process for each change delivered to each client: our stream, the same bytes by bare `ws`, and one
 * JSON event a change by plain Socket.IO. Clients are in a process of their own; rounds alternate, medians are printed.
 */
export async function run(): Promise<void> {
  const cases: readonly [Kind, string, number][] = [
    ['live-ack', `ours, acknowledged as our client does`, CHANGES_A_SECOND],
    ['live', 'ours, clients that never acknowledge', CHANGES_A_SECOND],
    ['raw', '(b) bare ws, the same bytes', CHANGES_A_SECOND],
    ['raw-ack', 'bare ws that also reads the same acknowledgements', CHANGES_A_SECOND],
    ['plain', '(a) Socket.IO, one JSON event a change', PLAIN_CHANGES_A_SECOND],
  ]
  const results = new Map<Kind, Result>(
    cases.map(([kind, label]) => [kind, { label, nanoseconds: [], cores: [], latenciesMs: [] }]),
  )
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, , rate] of cases) await measure(kind, rate, results.get(kind) as Result)
  }
  const bare = results.get('raw')?.nanoseconds ?? []
  const plain = results.get('plain')?.nanoseconds ?? []
  console.log(`fan-out to ${CLIENTS} clients, ${CHANGES_A_SECOND} changes/s (plain Socket.IO: ${PLAIN_CHANGES_A_SECOND}/s)`)
  console.log(
    '| way | ns CPU a delivered change | cores | x bare ws | times better than plain | latency above the tick p50 / p99, ms |',
  )
  console.log('|---|---|---|---|---|---|')
  for (const { label, nanoseconds, cores, latenciesMs } of results.values()) {
    const own = median(nanoseconds)
    // Ratios within a round: what else the machine does is then much the same for both.
    const toBare = median(nanoseconds.map((value, round) => value / (bare[round] ?? NaN)))
    const toPlain = median(nanoseconds.map((value, round) => (plain[round] ?? NaN) / value))
    const sorted = latenciesMs.toSorted((a, b) => a - b)
    const at = (part: number): string => sorted[Math.floor(sorted.length * part)]?.toFixed(1) ?? '–'
    console.log(
      `| ${label} | ${own.toFixed(1)} | ${median(cores).toFixed(3)} | ${toBare.toFixed(2)} | ${toPlain.toFixed(0)} | ${at(0.5)} / ${at(0.99)} |`,
    )
  }
  const acknowledging = (results.get('live-ack')?.nanoseconds ?? []).map(
    (value, round) => value / (results.get('raw-ack')?.nanoseconds[round] ?? NaN),
  )
  console.log(`ours with acknowledgements: ${median(acknowledging).toFixed(2)} x bare ws that reads them too`)
}

async function measure(kind: Kind, rate: number, result: Result): Promise<void> {
  const httpServer = createServer()
  const origin = createOrigin(rate)
  const served = serve(kind, httpServer, origin)
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve))
  const { port } = httpServer.address() as AddressInfo
  const child = fork(fileURLToPath(new URL('./fanout-clients.ts', import.meta.url)))
  child.send({ type: 'start', kind, url: `ws://127.0.0.1:${port}`, clients: CLIENTS })
  await heard(child, 'ready')
  origin.start()
  await passed(WARM_MS)
  await report(child)
  const sentBefore = origin.sent
  const before = process.cpuUsage()
  const from = performance.now()
  await passed(WINDOW_MS)
  const used = process.cpuUsage(before)
  const seconds = (performance.now() - from) / 1_000
  const { messages, latenciesMs } = await report(child)
  const delivered = kind === 'plain' ? messages : (origin.sent - sentBefore) * CLIENTS
  // Coalescing is fair, silence is not: a way that does not deliver what is put in would look cheap.
  const expected = kind === 'plain' ? 0 : 0.5 * seconds * CLIENTS
  if (messages < expected) throw new Error(`${kind}: ${messages} messages in ${seconds} s are too few`)
  const microseconds = used.user + used.system
  result.nanoseconds.push((microseconds * 1_000) / delivered)
  result.cores.push(microseconds / 1e6 / seconds)
  result.latenciesMs = [...result.latenciesMs, ...latenciesMs]
  origin.stop()
  child.send({ type: 'stop' })
  await new Promise((resolve) => child.once('exit', resolve))
  await served.stop()
  httpServer.closeAllConnections()
  await new Promise((resolve) => httpServer.close(resolve))
}

/** A writer without a log: workers who move, 17 bytes a change in columns. */
function createOrigin(rate: number) {
  const live: World = createWorld()
  let listener: Parameters<LiveSource['onCommitted']>[0] = () => undefined
  let timer: NodeJS.Timeout | null = null
  let next = 0
  let sent = 0
  let owed = 0
  let lastCommit = 0
  const base = { layer: 'workers', observedAt: Date.now() } as const
  for (let index = 0; index < RECORDS; index += 1) {
    const fields = { gridId: null, position: [114.65, 33.62], headingDeg: null, duty: 'onDuty' } as const
    reduce(live, { ...base, id: `w${index}`, op: 'put', fields, seq: index + 1, recordedAt: base.observedAt })
  }
  const commit = (): void => {
    // By time passed, not by timer: a busy machine delays timers, and every way must carry the same.
    const committedAt = performance.now()
    owed += (rate * (committedAt - lastCommit)) / 1_000
    lastCommit = committedAt
    const count = Math.floor(owed)
    owed -= count
    const nowMs = Date.now()
    const changes = Array.from({ length: count }, (): Change => {
      next = (next + 1) % RECORDS
      const fields = { position: [114.65 + (next % 1_000) / 1e5, 33.62 + (nowMs % 1_000) / 1e5], duty: 'onTask' } as const
      const seq = live.seq + 1
      const change: Change = { layer: 'workers', id: `w${next}`, op: 'patch', observedAt: nowMs, fields, seq, recordedAt: nowMs }
      reduce(live, change)
      return change
    })
    sent += count
    if (count > 0) listener(changes, nowMs, changes)
  }
  return {
    source: {
      live,
      onCommitted(one: typeof listener) {
        listener = one
        return () => undefined
      },
    } satisfies LiveSource,
    get sent() {
      return sent
    },
    start() {
      lastCommit = performance.now()
      timer = setInterval(commit, COMMIT_EACH_MS)
    },
    stop() {
      if (timer !== null) clearInterval(timer)
    },
  }
}

function serve(kind: Kind, httpServer: HttpServer, { source }: ReturnType<typeof createOrigin>): { stop(): Promise<void> } {
  const monotonic = (): number => performance.now()
  if (kind === 'plain') {
    const io = new SocketServer(httpServer, { transports: ['websocket'], perMessageDeflate: false })
    source.onCommitted((changes) => {
      for (const change of changes) io.emit('change', change)
    })
    return { stop: () => io.close() }
  }
  if (kind === 'raw' || kind === 'raw-ack') {
    const sockets = new Set<WebSocket>()
    let acknowledged = 0
    const server = new WebSocketServer({ server: httpServer, perMessageDeflate: false })
    server.on('connection', (socket) => {
      sockets.add(socket)
      // As little as an acknowledgement can cost.
      socket.on('message', (data: Buffer) => (acknowledged += data.length))
      socket.on('close', () => sockets.delete(socket))
    })
    const workers = STREAMS.filter(({ layer }) => layer === 'workers')
    const feed = createFeed({
      source,
      now: Date.now,
      resumeFloorSeq: null,
      recentTicks: RECENT_TICKS,
      onPending: () => undefined,
    })
    const encoder = createDeltaEncoder(feed)
    const timer = setInterval(() => {
      feed.cut()
      encoder.reset()
      const body = encoder.body(workers, 'columns', feed.previousSeq)
      if (body?.attachment == null) return
      const at = Buffer.alloc(8)
      at.writeDoubleLE(feed.atMs)
      const bytes = Buffer.concat([at, Buffer.from(body.rest), body.attachment])
      for (const socket of sockets) socket.send(bytes)
    }, 100)
    return {
      stop: async () => {
        clearInterval(timer)
        if (kind === 'raw-ack' && acknowledged === 0) throw new Error('nothing was acknowledged')
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }
  const hub = createHub({ source, epoch: 'bench', now: Date.now, monotonic, resumeFloorSeq: null, onTick: () => undefined })
  const server = createLiveServer({
    httpServer,
    hub,
    authenticate: () => Promise.resolve({ key: 'bench', audience: { role: 'duty', integration: false } }),
    originAllowed: () => true,
    now: Date.now,
  })
  return {
    stop: async () => {
      hub.stop()
      await server.stop()
    },
  }
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

function heard<T extends FromClients['type']>(child: ChildProcess, type: T): Promise<Extract<FromClients, { type: T }>> {
  return new Promise((resolve, reject) => {
    const listen = (message: FromClients): void => {
      if (message.type !== type) return
      child.off('message', listen)
      child.off('exit', gone)
      resolve(message as Extract<FromClients, { type: T }>)
    }
    // Nobody would wait for ever for clients that are not there.
    const gone = (code: number | null): void => reject(new Error(`the clients ended (${code}) before they were ${type}`))
    child.on('message', listen)
    child.once('exit', gone)
  })
}
function report(child: ChildProcess): Promise<Extract<FromClients, { type: 'report' }>> {
  const told = heard(child, 'report')
  child.send({ type: 'report' })
  return told
}
