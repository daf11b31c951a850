import { afterEach, describe, expect, it } from 'vitest'

import { LAYERS as ALL_LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import type { Encoding } from '../../shared/protocol/join.ts'
import { createWorld, layerOf, type World } from '../../shared/world/world.ts'
import { createLiveLink, type LiveLink } from '../../client/connection/live-link.ts'
import type { LinkState } from '../../client/connection/link-state.ts'
import { createMirror, type Mirror } from '../../client/store/mirror.ts'
import { connectPlain } from '../support/live-client.ts'
import { entry, startLiveServer, station, type LiveTestOptions, type LiveTestServer } from '../support/live-server.ts'

const ORIGIN = [114.65, 33.62] as const
const LAYERS: readonly LayerName[] = ['buildings', 'stations', 'merchants', 'cases']
const servers: LiveTestServer[] = []
const links: LiveLink[] = []
afterEach(async () => {
  for (const link of links.splice(0)) link.stop()
  for (const server of servers.splice(0)) {
    await server.stop()
    expect(server.broken).toEqual([])
  }
})
const start = async (options?: LiveTestOptions): Promise<LiveTestServer> => {
  const server = await startLiveServer(options)
  servers.push(server)
  return server
}

function follow(
  server: LiveTestServer,
  token: string,
  encoding: Encoding,
  now: () => number = Date.now,
): { mirror: Mirror; link: LiveLink } {
  const mirror = createMirror(ORIGIN)
  const link = createLiveLink({
    origin: server.origin,
    token,
    layers: LAYERS,
    encoding,
    mirror,
    fetchBytes: (path, signal) => fetch(server.origin + path, { signal, headers: { authorization: `Bearer ${token}` } }),
    now,
    random: Math.random,
  })
  links.push(link)
  link.start()
  return { mirror, link }
}

function until(link: LiveLink, probe: (state: LinkState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`still ${JSON.stringify(link.state)}`)), 30_000)
    const stop = link.subscribe(() => look())
    const look = (): void => {
      if (!probe(link.state)) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    look()
  })
}

const recordsOf = (records: ReadonlyMap<string, { id: string; observedAt: number; fields: unknown }>) =>
  [...records.values()]
    .map(({ id, observedAt, fields }) => ({ id, observedAt, fields }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
const expectSame = (mirror: Mirror, world: World): void => {
  for (const name of LAYERS) {
    expect(recordsOf(mirror.layer(name).records), name).toEqual(recordsOf(layerOf(world, name).records))
  }
}

describe.each(['json', 'columns'] as const)('a mirror over %s', (encoding) => {
  it('loads, follows changes, and has typed columns by its own slots', async () => {
    const server = await start()
    await server.write(station('s1'), station('s2', 'fault'))
    const { mirror, link } = follow(server, 'duty', encoding)
    await until(link, ({ phase }) => phase === 'live')
    expectSame(mirror, server.writer.live)
    const updates: number[][] = []
    mirror.layer('stations').subscribe(({ dirty }) => updates.push([...dirty]))
    await server.write(entry('stations', 's1', 'remove'), station('s3', 'full'), entry('stations', 's2', 'patch', { cups: 7 }))
    await until(link, ({ lastChangeAtMs }) => lastChangeAtMs !== null)
    expectSame(mirror, server.writer.live)
    const { columns, idAt, records } = mirror.layer('stations')
    const slot = records.get('s3')?.slot ?? NaN
    expect(idAt.call(mirror.layer('stations'), slot)).toBe('s3')
    expect(columns.bytes['state']?.[slot]).toBe(2)
    expect(columns.numbers['cups']?.[records.get('s2')?.slot ?? NaN]).toBe(7)
    expect(columns.positions[2 * slot]).toBe(0)
    expect(updates).toHaveLength(1)
  })

  it('comes back by itself when the server restarts, and resumes from where it was', async () => {
    const world = createWorld()
    const first = await start({ world })
    await first.write(station('s1'))
    const { mirror, link } = follow(first, 'duty', encoding)
    await until(link, ({ phase }) => phase === 'live')
    await servers.splice(0)[0]?.stop()
    await until(link, ({ phase }) => phase === 'connecting')
    const second = await start({ world, port: first.port, resumeFloorSeq: 0 })
    await second.write(station('s2'), entry('stations', 's1', 'patch', { state: 'closed' }))
    await until(link, ({ phase }) => phase === 'live')
    await until(link, () => mirror.layer('stations').records.size === 2)
    expectSame(mirror, second.writer.live)
  })

  it('loads everything anew after a restore, whose epoch is another', async () => {
    const first = await start()
    await first.write(station('s1'), station('s2'))
    const { mirror, link } = follow(first, 'duty', encoding)
    await until(link, ({ phase }) => phase === 'live')
    await servers.splice(0)[0]?.stop()
    await until(link, ({ phase }) => phase === 'connecting')
    const restored = await start({ epoch: 'epoch-2', port: first.port })
    await restored.write(station('s9'))
    await until(link, ({ phase }) => phase === 'live')
    expectSame(mirror, restored.writer.live)
  })

  it('says so when nothing has come for three seconds, and when it does again', async () => {
    const server = await start()
    const startMs = Date.now()
    const { link } = follow(server, 'duty', encoding)
    // A clock ten times as fast: between two beats pass ten seconds.
    const fast = follow(server, 'duty', encoding, () => startMs + 10 * (Date.now() - startMs)).link
    await until(link, ({ phase, roundTripMs }) => phase === 'live' && roundTripMs !== null)
    expect(link.state).toMatchObject({ stale: false })
    // On one machine both clocks are one; what a busy one takes for the way there and back cannot be told from a difference.
    expect(Math.abs(link.serverNowMs() - Date.now())).toBeLessThan(1_000 + (link.state.roundTripMs ?? 0))
    await until(fast, ({ phase, stale }) => phase === 'live' && !stale)
    await until(fast, ({ phase, stale }) => phase === 'silent' && stale)
    await until(fast, ({ phase, stale }) => phase === 'live' && !stale)
  })

  it('leaves out layers of its role that it did not ask for, when the server sends a shared set', async () => {
    const server = await start()
    await server.write(station('s1'), entry('workers', 'w1', 'put', { duty: 'onDuty', position: [114.65, 33.62] }))
    const others = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const client = await connectPlain(server.origin, `duty/${index}`)
        const layers = ALL_LAYERS.filter((_layer, bit) => ((index + 1) & (1 << bit)) !== 0)
        expect(await client.join({ layers, encoding })).toMatchObject({ ok: true })
        return client
      }),
    )
    const { mirror, link } = follow(server, 'duty', encoding)
    await until(link, ({ phase }) => phase === 'live')
    await server.write(entry('workers', 'w1', 'patch', { duty: 'onTask' }), entry('stations', 's1', 'patch', { state: 'full' }))
    await until(link, ({ lastChangeAtMs }) => lastChangeAtMs !== null)
    expectSame(mirror, server.writer.live)
    expect(link.state.rejoins).toBe(0)
    expect(mirror.layer('workers').records.size).toBe(0)
    for (const client of others) client.close()
  })

  it('ends when the session ends, and does not try again', async () => {
    const server = await start()
    const { link } = follow(server, 'duty', encoding)
    await until(link, ({ phase }) => phase === 'live')
    server.realtime.close('duty')
    await until(link, ({ phase }) => phase === 'ended')
    expect(link.state).toMatchObject({ stale: true, endedCode: 'session_ended' })
  })
})
