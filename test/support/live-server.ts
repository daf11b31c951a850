import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { readEntry, type Entry } from '../../shared/domain/entry.ts'
import { isLayerName, LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import type { Audience } from '../../shared/domain/roles.ts'
import type { Derivation } from '../../shared/world/derivation.ts'
import { createWorld, type World } from '../../shared/world/world.ts'
import { createRealtime, type Realtime } from '../../server/realtime/realtime.ts'
import { createWorldWriter, type WorldWriter } from '../../server/world/world-writer.ts'

/** Who a token of a test stands for: `wall`, `duty`, `supervisor`, `office`, `admin`, `worker`, or `<role>+integration`. */
export function audienceOfToken(token: string): Audience {
  const [role, kind] = token.split('+')
  return { role: role as Audience['role'], integration: kind === 'integration' }
}

export interface LiveTestServer {
  readonly origin: string
  readonly port: number
  readonly realtime: Realtime
  readonly writer: WorldWriter
  readonly broken: unknown[]
  /** Writes entries through the real writer; resolves with the last seq when they are committed. */
  write(...entries: readonly Entry[]): Promise<number>
  stop(): Promise<void>
}

export interface LiveTestOptions {
  readonly world?: World
  readonly epoch?: string
  readonly port?: number
  readonly derivations?: (world: World) => readonly Derivation[]
  readonly resumeFloorSeq?: number | null
}

/** The real writer, stream and snapshots on a free port; the log is memory, tokens are role names, routes are one. */
export async function startLiveServer(options: LiveTestOptions = {}): Promise<LiveTestServer> {
  const world = options.world ?? createWorld()
  const broken: unknown[] = []
  let head = world.seq
  const writer = createWorldWriter({
    world,
    derivations: options.derivations?.(world) ?? [],
    now: Date.now,
    onBroken: (cause) => broken.push(cause),
    log: {
      head: () => Promise.resolve(head),
      append({ changes }) {
        head += changes.length
        return Promise.resolve()
      },
    },
  })
  const principalOf = (token: string | undefined) =>
    token === undefined ? null : { key: token, audience: audienceOfToken(token.split('/')[0] ?? token) }
  const httpServer = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://test')
    const layer = url.pathname.split('/').at(-1) ?? ''
    const principal = principalOf(request.headers.authorization?.replace('Bearer ', ''))
    if (principal === null || !isLayerName(layer)) return response.writeHead(401).end()
    const format = url.searchParams.get('format') === 'columns' ? 'columns' : 'json'
    void realtime.snapshots.get({ principal, layer, format, packing: 'identity' }).then((outcome) => {
      if (!outcome.ok) return response.writeHead(outcome.code === 'too_many_requests' ? 429 : 403).end()
      response.on('close', outcome.release)
      const type = format === 'json' ? 'application/json' : 'application/vnd.apache.arrow.stream'
      return response.writeHead(200, { 'content-type': type }).end(outcome.built.bytes)
    })
  })
  const realtime = createRealtime({
    httpServer,
    source: writer,
    epoch: options.epoch ?? 'epoch-1',
    resumeFloorSeq: options.resumeFloorSeq ?? null,
    authenticate: ({ token }) => Promise.resolve(principalOf(token ?? undefined)),
    originAllowed: ({ headers }) => headers.origin === undefined || headers.origin.startsWith('http://127.0.0.1'),
    now: Date.now,
    onBroken: (cause) => broken.push(cause),
  })
  await new Promise<void>((resolve) => httpServer.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = httpServer.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    realtime,
    writer,
    broken,
    async write(...entries) {
      const outcome = await writer.submit({ entries })
      if (!outcome.ok) throw new Error(outcome.code)
      return outcome.seq
    },
    async stop() {
      await realtime.stop()
      httpServer.closeAllConnections()
      await new Promise((resolve) => httpServer.close(resolve))
    },
  }
}

let observed = Date.UTC(2026, 10, 23, 6)
/** An entry as the door makes it; `observedAt` is later at each call. */
export function entry(layer: LayerName, id: string, op: Entry['op'], fields: object = {}): Entry {
  observed += 1
  const line = { layer, id, op, observedAt: new Date(observed).toISOString(), ...(op === 'remove' ? {} : { fields }) }
  const result = readEntry(line, LAYERS, Date.now() + 1e12)
  if (!result.ok) throw new Error(`${result.refusal.field}: ${result.refusal.message}`)
  return result.entry
}
export const station = (id: string, state = 'open') =>
  entry('stations', id, 'put', { name: `${id}号驿站`, position: [114.65, 33.62], state })
export const resident = (id: string, care = 'ok') => entry('residents', id, 'put', { buildingId: 'b1', care })
