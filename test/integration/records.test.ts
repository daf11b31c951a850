import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FetchSource, PMTiles } from 'pmtiles'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { readEntry } from '../../shared/domain/entry.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import { PEOPLE_LAYERS, LAYERS } from '../../shared/domain/layers.ts'
import type { Role } from '../../shared/domain/roles.ts'
import { recordRoutes } from '../../server/http/routes/records.ts'
import { siteRoutes, type SiteView } from '../../server/http/routes/site.ts'
import { loadSite } from '../../server/site/site-folder.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let siteDir: string
let site: SiteView | null

beforeEach(async () => {
  siteDir = await mkdtemp(join(tmpdir(), 'lookout-site-'))
  site = null
  server = await startTestServer({
    moreRoutes: ({ writer, log }) => {
      return [
        ...recordRoutes({ world: writer.live, readHistory: (query) => log.history(query), now: () => Date.now() }),
        ...siteRoutes({ site: () => site, siteDir }),
      ]
    },
  })
})
afterEach(async () => {
  expect(server.broken).toEqual([])
  await server.stop()
  await rm(siteDir, { recursive: true })
})

async function report(layer: LayerName, id: string, fields: Record<string, unknown>, op: 'put' | 'patch' = 'put'): Promise<void> {
  const read = readEntry({ layer, id, op, observedAt: formatInstant(Date.now()), fields }, LAYERS, Date.now())
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const outcome = await server.writer.submit({ entries: [read.entry] })
  expect(outcome.ok).toBe(true)
}

async function asRole(role: Role) {
  await server.addUser(role)
  const tab = createBrowser(server.origin)
  await tab.signIn(role)
  return tab
}

const position = [114.65, 33.62]

test('the overview counts what a role sees, and nothing else', async () => {
  await report('stations', 'st-1', { name: 'a', position, state: 'open', seatsFree: 3, seatsTotal: 8 })
  await report('stations', 'st-2', { name: 'b', position, state: 'fault' })
  await report('merchants', 'm-1', { name: 'm', position, open: true, safety: 'hazard' })
  await report('workers', 'w-1', { duty: 'onDuty', position })
  await report('alarms', 'a-1', {
    kind: 'station_fault',
    priority: 2,
    subject: { layer: 'stations', id: 'st-2' },
    state: 'raised',
    raisedAt: formatInstant(0),
  })
  const wall = await asRole('wall')
  const { status, body } = await wall.json('GET', '/api/overview')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    ok: true,
    seq: 5,
    stations: { count: 2, states: { open: 1, fault: 1, closed: 0 }, seatsFree: 3, seatsTotal: 8 },
    merchants: { count: 1, open: 1, safety: { hazard: 1, ok: 0 } },
    alarms: { open: 1, unacknowledged: 1, priorities: { 2: 1 } },
    residents: { count: 0 },
  })
  expect(body).not.toHaveProperty('workers')
  expect((await (await asRole('duty')).json('GET', '/api/overview')).body).toMatchObject({
    workers: { duty: { onDuty: 1, off: 0 } },
  })
  const office = (await (await asRole('office')).json('GET', '/api/overview')).body
  expect(Object.keys(office).toSorted()).toEqual(['at', 'buildings', 'cases', 'ok', 'recordedAt', 'residents', 'seq'])
})

test('a record’s last day is told in order; a role sees its layers and fields only', async () => {
  await report('stations', 'st-1', { name: 'a', position, state: 'open' })
  await report('stations', 'st-1', { state: 'full' }, 'patch')
  await report('stations', 'st-2', { name: 'b', position, state: 'open' })
  await report('residents', 'r-1', { buildingId: 'b-1', care: 'ok' })
  await report('cases', 'c-1', { categoryCode: '1', stage: 'reported', reporterKind: 'resident' })
  const wall = await asRole('wall')
  const { body } = await wall.json('GET', '/api/records/stations/st-1/history')
  expect(body).toMatchObject({
    layer: 'stations',
    id: 'st-1',
    truncated: false,
    changes: [
      { seq: 1, op: 'put', fields: { state: 'open', name: 'a' } },
      { seq: 2, op: 'patch', fields: { state: 'full' } },
    ],
  })
  expect(await wall.json('GET', '/api/records/residents/r-1/history')).toMatchObject({
    status: 403,
    body: { code: 'forbidden_layer', field: 'residents' },
  })
  expect((await wall.json('GET', '/api/records/cases/c-1/history')).body).not.toHaveProperty('changes.0.fields.reporterKind')
  const duty = await asRole('duty')
  expect((await duty.json('GET', '/api/records/residents/r-1/history')).body).toMatchObject({
    changes: [{ fields: { care: 'ok' } }],
  })
  expect((await duty.json('GET', '/api/records/cases/c-1/history')).body).toMatchObject({
    changes: [{ fields: { reporterKind: 'resident' } }],
  })
})

test('nobody reads where a worker has been', async () => {
  await report('workers', 'w-1', { duty: 'onDuty', position, headingDeg: 90 })
  const supervisor = await asRole('supervisor')
  const { body } = await supervisor.json('GET', '/api/records/workers/w-1/history')
  expect(body).toMatchObject({ changes: [{ fields: { duty: 'onDuty' } }] })
  expect(JSON.stringify(body)).not.toMatch(/114\.65|headingDeg/)
})

test('an integration reads no people’s history', async () => {
  const admin = await asRole('admin')
  const { body } = await admin.json('POST', '/api/integrations', { name: 'map', role: 'duty' })
  const headers = { authorization: `Bearer ${String(body['token'])}` }
  for (const layer of PEOPLE_LAYERS) {
    expect((await fetch(`${server.origin}/api/records/${layer}/x/history`, { headers })).status).toBe(403)
  }
  expect((await fetch(`${server.origin}/api/records/stations/x/history`, { headers })).status).toBe(200)
  expect(await (await fetch(`${server.origin}/api/overview`, { headers })).json()).not.toHaveProperty('residents')
})

test('a range is two instants at most 31 days apart', async () => {
  await report('stations', 'st-1', { name: 'a', position, state: 'open' })
  const duty = await asRole('duty')
  const get = (query: string) => duty.json('GET', `/api/records/stations/st-1/history?${query}`)
  for (const query of ['from=yesterday', 'from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z', 'to=2026-01-01T00:00:00', 'x=1']) {
    expect(await get(query), query).toMatchObject({ status: 400, body: { code: 'bad_request' } })
  }
  const past = await get('from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00%2B08:00')
  expect(past).toMatchObject({
    status: 200,
    body: { changes: [], from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T16:00:00.000Z' },
  })
  expect(await duty.json('GET', '/api/records/nothing/st-1/history')).toMatchObject({ status: 404 })
})

const pmtiles = join(process.env['REFERENCE_DIR'] ?? '../shared', 'data/geo/taipei-neighbourhood.v3.pmtiles')
const hasPmtiles = existsSync(pmtiles)

test.skipIf(!hasPmtiles)(`a PMTiles file is read by ranges${hasPmtiles ? '' : ' (needs REFERENCE_DIR)'}`, async () => {
  const wall = await asRole('wall')
  await mkdir(join(siteDir, 'tiles'))
  await copyFile(pmtiles, join(siteDir, 'tiles', 'taipei.pmtiles'))
  const cookie = [...wall.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const source = new FetchSource(`${server.origin}/api/site/tiles/taipei.pmtiles`, new Headers({ cookie }))
  const archive = new PMTiles(source)
  const header = await archive.getHeader()
  expect(header.specVersion).toBe(3)
  const { centerLon, centerLat, maxZoom } = header
  const scale = 2 ** maxZoom
  const x = Math.floor(((centerLon + 180) / 360) * scale)
  const latitude = (centerLat * Math.PI) / 180
  const y = Math.floor(((1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2) * scale)
  const tile = await archive.getZxy(maxZoom, x, y)
  expect(tile?.data.byteLength).toBeGreaterThan(100)
  const stranger = new PMTiles(new FetchSource(`${server.origin}/api/site/tiles/taipei.pmtiles`))
  await expect(stranger.getHeader()).rejects.toThrow()
})

test('the site is served with its files, which are told apart by their bytes', async () => {
  const wall = await asRole('wall')
  expect(await wall.json('GET', '/api/site')).toMatchObject({ status: 404 })
  const ring = [
    [114.6, 33.6],
    [114.7, 33.6],
    [114.7, 33.7],
    [114.6, 33.6],
  ]
  const boundary = {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', properties: { name: '社区', nameEn: null }, geometry: { type: 'Polygon', coordinates: [ring] } },
    ],
  }
  const manifest = { format: 1, name: { zh: '社区', en: 'Community' }, origin: position, demo: true, timeZone: 'Asia/Shanghai' }
  await writeFile(join(siteDir, 'site.json'), JSON.stringify(manifest))
  await writeFile(join(siteDir, 'boundary.geojson'), JSON.stringify(boundary))
  await mkdir(join(siteDir, 'tiles'))
  await writeFile(join(siteDir, 'tiles', 'surroundings.pmtiles'), 'PMTiles-and-more')
  const loaded = await loadSite(siteDir)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded))
  site = loaded
  const { body } = await wall.json('GET', '/api/site')
  expect(body).toMatchObject({ manifest, tiles: ['/api/site/tiles/surroundings.pmtiles'] })
  const { boundary: path } = body['layers'] as Record<string, string>
  const file = await wall.send('GET', path ?? '')
  expect(file.headers.get('content-type')).toBe('application/geo+json')
  expect(await file.json()).toEqual(boundary)
  const again = await wall.send('GET', path ?? '', undefined, { 'if-none-match': file.headers.get('etag') })
  expect(again.status).toBe(304)
  const range = await wall.send('GET', '/api/site/tiles/surroundings.pmtiles', undefined, { range: 'bytes=0-6' })
  expect([range.status, await range.text()]).toEqual([206, 'PMTiles'])
  expect((await wall.send('GET', '/api/site/tiles/..%2fsite.json')).status).toBe(404)
  expect((await wall.send('GET', '/api/site/categories.csv')).status).toBe(404)
  expect((await createBrowser(server.origin).json('GET', '/api/site')).status).toBe(401)
})
