import { createHash } from 'node:crypto'
import { get as httpGet } from 'node:http'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createHistoryService } from '../../server/history/history-service.ts'
import { historyRoutes } from '../../server/http/routes/history.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import { CHUNK_CHANGES, decodeChunk, KEYFRAME_CHANGES } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES } from '../../shared/history/classes.ts'
import { decodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { historyIndexSchema } from '../../shared/protocol/history.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce, recordOf, type World } from '../../shared/world/world.ts'
import { DEMO_SCALE, demoHistory } from '../bench/history-data.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

const LENGTH = KEYFRAME_CHANGES + CHUNK_CHANGES + 700
const DAY_MS = 86_400_000
const WIDE = { from: '2026-10-20T00:00:00Z', to: '2026-11-10T00:00:00Z' }

let server: TestServer
let changes: Change[]
let supervisor: ReturnType<typeof createBrowser>
let integration = ''

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ handle, log }) => historyRoutes(createHistoryService({ handle, log, now: Date.now })),
  })
  changes = []
  for (const batch of demoHistory({ ...DEMO_SCALE, residents: 400, merchants: 50, workers: 900 })) {
    changes.push(...batch)
    if (changes.length >= LENGTH) break
  }
  changes = changes.slice(0, LENGTH)
  for (let from = 0; from < LENGTH; from += 5_000) {
    await server.log.append({ from: from + 1, changes: changes.slice(from, from + 5_000) })
  }
  await server.log.seal()
  await server.handle.db
    .insertInto('lifetimes')
    .values({ startedAt: 1, lastAliveAt: changes.at(-1)?.recordedAt ?? 0, stopped: 1 })
    .execute()
  supervisor = createBrowser(server.origin)
  await supervisor.signIn(await server.addUser('supervisor'))
  const admin = createBrowser(server.origin)
  await admin.signIn(await server.addUser('admin'))
  const made = await admin.json('POST', '/api/integrations', { name: 'map', role: 'supervisor' })
  integration = String(made.body['token'])
}, 120_000)
afterAll(async () => {
  await server.log.close()
  await server.stop()
})

const worldOf = (some: readonly Change[]): World => {
  const world = createWorld()
  for (const change of some) reduce(world, change)
  return world
}
const bytes = async (path: string) => new Uint8Array(await (await supervisor.send('GET', path)).arrayBuffer())
const merged = (parts: readonly { changes: readonly Change[] }[]) =>
  parts.flatMap((part) => part.changes).toSorted((a, b) => a.seq - b.seq)
const indexOf = async (range: Record<string, string> = WIDE) =>
  historyIndexSchema.parse((await supervisor.json('GET', `/api/history/index?${new URLSearchParams(range)}`)).body)

describe('history over HTTP', () => {
  it('lets a client rebuild the world at the head from a keyframe, chunks and the part not yet sealed', async () => {
    const index = await indexOf()
    expect(index.head.seq).toBe(LENGTH)
    expect(index.firstAt).toBe(changes[0]?.recordedAt)
    expect(index.chunks.map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: KEYFRAME_CHANGES / CHUNK_CHANGES + 1 }, (_, number) => [
        number * CHUNK_CHANGES + 1,
        (number + 1) * CHUNK_CHANGES,
      ]),
    )
    expect(index.keyframes.map(({ seq }) => seq)).toEqual([KEYFRAME_CHANGES])
    const { body: raw } = await supervisor.json('GET', `/api/history/index?${new URLSearchParams(WIDE)}`)
    const [firstChunk] = raw['chunks'] as { bodies: Record<string, { bytes: number; hash: string }> }[]
    const [firstKeyframe] = raw['keyframes'] as { bodies: Record<string, { bytes: number; hash: string }> }[]
    for (const [address, stated] of [
      ['/api/history/chunk/community/1', firstChunk?.bodies['community']],
      ['/api/history/chunk/people/1', firstChunk?.bodies['people']],
      [`/api/history/keyframe/${KEYFRAME_CHANGES}`, firstKeyframe?.bodies['community']],
      [`/api/history/keyframe/${KEYFRAME_CHANGES}?class=people`, firstKeyframe?.bodies['people']],
    ] as const) {
      const body = await bytes(address)
      expect({ bytes: body.length, hash: createHash('sha256').update(body).digest('hex') }, address).toEqual(stated)
    }
    expect(index.density.reduce((sum, minute) => sum + minute.changes, 0)).toBe(LENGTH)
    expect(index.days).toEqual(['2026-10-24'])
    const parts = await Promise.all(
      CHUNK_CLASSES.map(async (name) => decodeKeyframe(await bytes(`/api/history/keyframe/${name}/${KEYFRAME_CHANGES}`))),
    )
    const world = restoreWorld({
      seq: KEYFRAME_CHANGES,
      recordedAt: parts[0]?.recordedAt ?? 0,
      layers: parts.flatMap((part) => part.layers),
    })
    expect(snapshotWorld(world)).toEqual(snapshotWorld(worldOf(changes.slice(0, KEYFRAME_CHANGES))))
    const sealed = await Promise.all(
      CHUNK_CLASSES.map(async (name) => decodeChunk(await bytes(`/api/history/chunk/${name}/${KEYFRAME_CHANGES + 1}`))),
    )
    const tail = await Promise.all(
      CHUNK_CLASSES.map(async (name) =>
        decodeChunk(await bytes(`/api/history/tail/${name}?after=${KEYFRAME_CHANGES + CHUNK_CHANGES}`)),
      ),
    )
    for (const change of [...merged(sealed), ...merged(tail)]) reduce(world, change)
    expect(snapshotWorld(world)).toEqual(snapshotWorld(worldOf(changes)))
    const atHead = decodeChunk(await bytes(`/api/history/tail/people?after=${LENGTH}`))
    expect(atHead).toEqual({ chunkClass: 'people', fromSeq: LENGTH + 1, toSeq: LENGTH, changes: [] })
  })

  it('gives a later range the keyframe before it and no chunk that it does not need', async () => {
    const at = changes[KEYFRAME_CHANGES + 100]?.recordedAt ?? 0
    const index = await indexOf({ from: formatInstant(at), to: formatInstant(at + 1) })
    expect(index.keyframes.map(({ seq }) => seq)).toEqual([KEYFRAME_CHANGES])
    expect(index.chunks.map(({ from }) => from)).toEqual([KEYFRAME_CHANGES + 1])
  })

  it('serves immutable bytes under their hash, and keeps those of people out of every cache', async () => {
    const community = await supervisor.send('GET', '/api/history/chunk/community/1')
    const body = new Uint8Array(await community.arrayBuffer())
    const etag = community.headers.get('etag') ?? ''
    expect(etag).toBe(`"${createHash('sha256').update(body).digest('hex')}"`)
    expect(community.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect((await supervisor.send('GET', '/api/history/chunk/community/1', undefined, { 'if-none-match': etag })).status).toBe(
      304,
    )
    const weak = { 'if-none-match': `"other", W/${etag}` }
    expect((await supervisor.send('GET', '/api/history/chunk/community/1', undefined, weak)).status).toBe(304)
    const people = await supervisor.send('GET', '/api/history/chunk/people/1')
    expect(people.headers.get('cache-control')).toBe('no-store')
    for (const packing of ['zstd', 'gzip']) expect(await encodingOf('/api/history/chunk/community/1', packing)).toBe(packing)
    expect(await encodingOf('/api/history/chunk/community/1', 'br')).toBeUndefined()
    expect((await supervisor.send('GET', '/api/history/chunk/community/2')).status).toBe(404)
    expect((await supervisor.send('GET', `/api/history/chunk/community/1?epoch=another`)).status).toBe(404)
    expect((await supervisor.send('GET', `/api/history/chunk/community/1?epoch=${server.log.epoch}`)).status).toBe(200)
  })

  it('gives an integration the community and never people, and others nothing', async () => {
    const ask = (path: string) => fetch(server.origin + path, { headers: { authorization: `Bearer ${integration}` } })
    expect((await ask('/api/history/chunk/community/1')).status).toBe(200)
    for (const path of [
      '/api/history/chunk/people/1',
      `/api/history/keyframe/people/${KEYFRAME_CHANGES}`,
      '/api/history/tail/people?after=0',
    ]) {
      const refused = await ask(path)
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'forbidden_layer'])
    }
    expect((await ask(`/api/world?seq=5&layers=workers`)).status).toBe(403)
    const index = (await (await ask(`/api/history/index?${new URLSearchParams(WIDE)}`)).json()) as { classes: string[] }
    expect(index.classes).toEqual(['community'])
    expect(JSON.stringify(index)).not.toContain('people')
    expect((await ask(`/api/history/keyframe/${KEYFRAME_CHANGES}`)).status).toBe(200)
    expect((await ask(`/api/history/keyframe/${KEYFRAME_CHANGES}?class=people`)).status).toBe(403)
    for (const role of ['wall', 'duty', 'office', 'worker'] as const) {
      const tab = createBrowser(server.origin)
      await tab.signIn(await server.addUser(role))
      expect((await tab.send('GET', '/api/history/chunk/community/1')).status).toBe(403)
      expect((await tab.send('GET', '/api/world?seq=1')).status).toBe(403)
    }
  })
})

describe('what one session may have under way', () => {
  it('is bounded: the rest is told to come again, and goes through when there is room', async () => {
    const many = async (path: string) => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => supervisor.send('GET', path)))
      for (const answer of answers) await answer.arrayBuffer()
      return answers
    }
    for (const path of ['/api/history/chunk/people/1', `/api/world?seq=${KEYFRAME_CHANGES}&layers=stations`]) {
      const answers = await many(path)
      const refused = answers.filter(({ status }) => status === 429)
      expect(new Set(answers.map(({ status }) => status)), path).toEqual(new Set([200, 429]))
      expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true)
      await expect.poll(async () => (await supervisor.send('GET', path)).status, { timeout: 60_000 }).toBe(200)
    }
  })
})

describe('the world at an instant', () => {
  const worldAt = async (query: string) => (await supervisor.json('GET', `/api/world?${query}`)).body

  it('is what the room knew then, by time and by seq', async () => {
    for (const index of [13, 9_000, KEYFRAME_CHANGES + 5, LENGTH - 3]) {
      const at = changes[index]?.recordedAt ?? 0
      const until = changes.filter(({ recordedAt }) => recordedAt <= at)
      const expected = worldOf(until)
      const byTime = await worldAt(`at=${formatInstant(at)}`)
      expect(byTime).toMatchObject({ epoch: server.log.epoch, seq: until.length, at: formatInstant(at), known: true })
      expect(await worldAt(`seq=${until.length}`)).toMatchObject({ seq: until.length, layers: byTime['layers'] })
      const stations = (byTime['layers'] as Record<string, { id: string; temperatureC: number | null }[]>)['stations'] ?? []
      expect(stations).toHaveLength(expected.layers.get('stations')?.records.size ?? -1)
      for (const station of stations) {
        expect(station.temperatureC).toBe(recordOf(expected, 'stations', station.id)?.fields['temperatureC'])
      }
      expect(Object.keys(byTime['layers'] as object)).toEqual([...LAYERS])
    }
  })

  it('is unknown before the first change, in the future and while no server was up, and says which', async () => {
    const last = changes.at(-1)?.recordedAt ?? 0
    const before = await worldAt('at=2020-01-01T00:00:00Z')
    expect(before).toMatchObject({ known: false, unknown: 'before_first', layers: { stations: [] } })
    expect(await worldAt(`at=${formatInstant(Date.now() + 3_600_000)}`)).toMatchObject({ known: false, unknown: 'not_yet' })
    await server.handle.db
      .insertInto('lifetimes')
      .values({ startedAt: last + 3_600_000, lastAliveAt: last + 7_200_000, stopped: 1 })
      .execute()
    expect(await worldAt(`at=${formatInstant(last + 60_000)}`)).toMatchObject({ known: false, unknown: 'server_down' })
    // A fortnight without a server, asked in its midst: no life of it is near.
    await server.handle.db
      .insertInto('lifetimes')
      .values({ startedAt: last + 14 * DAY_MS, lastAliveAt: last + 15 * DAY_MS, stopped: 1 })
      .execute()
    expect(await worldAt(`at=${formatInstant(last + 7 * DAY_MS)}`)).toMatchObject({ known: false, unknown: 'server_down' })
    expect(await worldAt('seq=0')).toMatchObject({ known: false, unknown: 'before_first' })
    expect(await worldAt(`seq=${LENGTH + 1}`)).toMatchObject({ known: false, unknown: 'not_yet' })
    expect(await worldAt(`seq=${LENGTH}`)).toMatchObject({ known: true, seq: LENGTH })
  })

  it('is GeoJSON for maps, of the layers asked for', async () => {
    const found = await worldAt(`seq=${LENGTH}&layers=stations,cameras&format=geojson`)
    const features = found['features'] as { geometry: { type: string }; properties: { layer: string } }[]
    expect(found).toMatchObject({ type: 'FeatureCollection', seq: LENGTH })
    expect(new Set(features.map(({ properties }) => properties.layer))).toEqual(new Set(['stations', 'cameras']))
    expect(features.every(({ geometry }) => geometry.type === 'Point')).toBe(true)
  })

  it('refuses what is no instant, layer or format', async () => {
    for (const query of [
      '',
      'at=yesterday',
      'at=2026-11-01T00:00:00',
      'seq=-1',
      'seq=1&at=2026-11-01T00:00:00Z',
      'seq=1&format=csv',
    ]) {
      expect((await supervisor.json('GET', `/api/world?${query}`)).status, query).toBe(400)
    }
    expect((await supervisor.json('GET', '/api/world?seq=1&layers=ghosts')).status).toBe(403)
  })
})

/** Content-Encoding as it is on the wire; fetch would unpack it. */
async function encodingOf(path: string, accept: string): Promise<string | undefined> {
  const cookie = [...supervisor.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  return new Promise((resolve, reject) => {
    httpGet(server.origin + path, { headers: { cookie, 'accept-encoding': accept } }, (response) => {
      text(response).then(() => resolve(response.headers['content-encoding']), reject)
    }).on('error', reject)
  })
}
