import { request } from 'node:http'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createHub, type Hub } from '../../server/realtime/hub.ts'
import { createSnapshotService, type SnapshotReplica } from '../../server/realtime/snapshot-service.ts'
import { snapshotRoutes } from '../../server/http/routes/snapshot.ts'
import { snapshotJsonSchema } from '../../shared/protocol/snapshot.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'
import { entry, resident, station } from '../support/live-server.ts'

let server: TestServer
let snapshots: SnapshotReplica
let hub: Hub
const browsers = new Map<string, ReturnType<typeof createBrowser>>()

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ writer }) => {
      const onBroken = (cause: unknown): never => {
        throw cause
      }
      snapshots = createSnapshotService({ source: writer, epoch: 'e', onBroken })
      const monotonic = (): number => performance.now()
      hub = createHub({ source: writer, epoch: 'e', now: Date.now, monotonic, resumeFloorSeq: null, onTick: snapshots.follow })
      return snapshotRoutes(snapshots)
    },
  })
  for (const role of ['wall', 'duty', 'office', 'admin', 'worker'] as const) {
    const browser = createBrowser(server.origin)
    await browser.signIn(await server.addUser(role))
    browsers.set(role, browser)
  }
  const building = { name: '1号楼', position: [114.65, 33.62], households: 12 }
  await server.writer.submit({ entries: [station('s1'), resident('r1'), entry('buildings', 'b1', 'put', building)] })
})
afterAll(async () => {
  hub.stop()
  await snapshots.stop()
  await server.stop()
  expect(server.broken).toEqual([])
})

const get = (role: string, path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const browser = browsers.get(role)
  if (browser === undefined) throw new Error(`nobody is ${role}`)
  return browser.send('GET', `/api/snapshot/${path}`, undefined, headers)
}

describe('GET /api/snapshot/:layer', () => {
  it.each([
    ['wall', 'stations', 200],
    ['wall', 'residents', 403],
    ['wall', 'workers', 403],
    ['duty', 'residents', 200],
    ['office', 'buildings', 200],
    ['office', 'stations', 403],
    ['admin', 'stations', 403],
    ['worker', 'stations', 403],
    ['duty', 'ghosts', 404],
    ['duty', 'stations?format=xml', 400],
  ])('answers %s about %s with %i', async (role, path, status) => {
    const response = await get(role, path)
    expect(response.status).toBe(status)
    if (status === 200) snapshotJsonSchema.parse(await response.json())
  })

  it('is nothing for nobody', async () => {
    expect((await fetch(`${server.origin}/api/snapshot/stations`)).status).toBe(401)
  })

  it('leaves out what the role may not see of a record, and nothing else', async () => {
    const [wall, duty] = await Promise.all(['wall', 'duty'].map(async (role) => (await get(role, 'buildings')).json()))
    const [seen] = snapshotJsonSchema.parse(wall).records
    const [whole] = snapshotJsonSchema.parse(duty).records
    const hidden = ['residents', 'careNone', 'careOk', 'careDue', 'careOverdue', 'careSos']
    expect(Object.keys(whole ?? {}).filter((name) => !Object.keys(seen ?? {}).includes(name))).toEqual(hidden)
  })

  it('holds what was committed before it was asked for', async () => {
    for (let round = 0; round < 3; round += 1) {
      const outcome = await server.writer.submit({ entries: [station(`n${round}`)] })
      const snapshot = snapshotJsonSchema.parse(await (await get('duty', 'stations')).json())
      expect(outcome.ok && snapshot.seq >= outcome.seq).toBe(true)
      expect(snapshot.records.map(({ id }) => id)).toContain(`n${round}`)
    }
  })

  it('comes packed as the client likes, and not at all when it has it', async () => {
    const read = (encoding: string): Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }> =>
      new Promise((resolve, reject) => {
        const cookie = [...(browsers.get('duty')?.jar ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
        const url = `${server.origin}/api/snapshot/stations`
        request(url, { headers: { cookie, 'accept-encoding': encoding } }, (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts) }))
        })
          .on('error', reject)
          .end()
      })
    const plain = await read('identity')
    const zstd = await read('gzip, zstd')
    const gzip = await read('gzip;q=0.5, zstd;q=0, br')
    expect([plain, zstd, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'zstd', 'gzip'])
    expect(zstdDecompressSync(zstd.body).equals(plain.body)).toBe(true)
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
    const etag = String(plain.headers['etag'])
    const again = await get('duty', 'stations', { 'if-none-match': etag, 'accept-encoding': 'identity' })
    expect(again.status).toBe(304)
  })

  it('lets browsers keep nothing of people', async () => {
    expect((await get('duty', 'residents')).headers.get('cache-control')).toBe('no-store')
    expect((await get('duty', 'stations')).headers.get('cache-control')).toBe('private, no-cache')
  })

  it('gives 4 at once to a session, the fifth is told to wait', async () => {
    const principal = { key: 'one', audience: { role: 'duty', integration: false } } as const
    const ask = () => snapshots.get({ principal, layer: 'stations', format: 'columns', packing: 'identity' })
    const outcomes = await Promise.all([ask(), ask(), ask(), ask(), ask()])
    expect(outcomes.map((one) => (one.ok ? 'ok' : one.code))).toEqual(['ok', 'ok', 'ok', 'ok', 'too_many_requests'])
    for (const one of outcomes) if (one.ok) one.release()
    const after = await ask()
    expect(after.ok).toBe(true)
    if (after.ok) after.release()
  })
})
