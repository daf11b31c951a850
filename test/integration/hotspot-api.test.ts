import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHotspots, type Hotspots } from '../../server/hotspots/hotspots.ts'
import { hotspotRoutes } from '../../server/http/routes/hotspots.ts'
import type { HotspotAnswer } from '../../shared/hotspot/answer.ts'
import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import { localProjection, toLngLat } from '../../shared/hotspot/projection.ts'
import { createBrowser, PASSWORD, startTestServer, type TestServer } from '../support/http-server.ts'

const projection = localProjection([-76.61, 39.29])
const corner = (x: number, y: number): [number, number] => toLngLat(projection, x, y)
const box = (half: number, x = 0, y = 0) => ({
  type: 'Polygon',
  coordinates: [
    [
      corner(x - half, y - half),
      corner(x + half, y - half),
      corner(x + half, y + half),
      corner(x - half, y + half),
      corner(x - half, y - half),
    ],
  ],
})
const DAY_MS = 24 * 3600 * 1000
const LAST_DAY = Date.UTC(2026, 9, 31)

/** Cases of a year: one a week on a lattice; and rubbish in the middle, daily until an intervention on 2026-08-01. */
function pastCases(): string {
  const lines = ['Case ID,Created Date,Type,Latitude,Longitude,Street address']
  let id = 0
  const add = (x: number, y: number, atMs: number, type: string): void => {
    const [lng, lat] = corner(x, y)
    lines.push(
      `C${++id},${new Date(atMs).toISOString()},${type},${lat.toFixed(6)},${lng.toFixed(6)},"Secret Lane 7, 13800138000"`,
    )
  }
  for (let week = 0; week < 52; week++) {
    const at = LAST_DAY - week * 7 * DAY_MS - 3600_000
    for (let x = -900; x <= 900; x += 200) for (let y = -900; y <= 900; y += 200) add(x, y, at, 'noise')
    const daily = at > Date.UTC(2026, 7, 1) ? 2 : 10
    for (let i = 0; i < daily; i++)
      for (const [x, y] of [
        [0, 0],
        [104, 0],
        [-104, 0],
        [52, 90],
        [-52, 90],
      ] as const)
        add(x + i, y, at - i * 3600_000, 'rubbish')
  }
  lines.push(
    'bad1,soon,noise,39.29,-76.61,',
    'bad2,2026-01-01T00:00:00Z,noise,39,-77,',
    'C1,2026-01-02T00:00:00Z,noise,39.29,-76.61,',
  )
  return lines.join('\n')
}

describe('hotspots over HTTP', () => {
  let server: TestServer
  let hotspots: Hotspots
  const faults: unknown[] = []
  const told: AnalysisProgress[] = []
  const people = new Map<string, ReturnType<typeof createBrowser>>()
  let dataset = ''

  beforeAll(async () => {
    server = await startTestServer({
      moreRoutes({ handle, writer, accounts }) {
        hotspots = createHotspots({
          db: handle.db,
          world: writer.live,
          site: () => null,
          now: () => Date.UTC(2026, 10, 23),
          onFault: (cause) => void faults.push(cause),
        })
        return hotspotRoutes({ hotspots, audit: accounts.audit, tell: (_, progress) => void told.push(progress) })
      },
    })
    for (const role of ['office', 'duty', 'admin'] as const) {
      await server.addUser(role)
      const browser = createBrowser(server.origin)
      const { status } = await browser.json('POST', '/api/session', { username: role, password: PASSWORD })
      expect(status).toBeLessThan(300)
      people.set(role, browser)
    }
  })
  afterAll(async () => {
    await hotspots.stop()
    await server.stop()
    expect(faults).toEqual([])
  })

  const as = (role: string): ReturnType<typeof createBrowser> => {
    const browser = people.get(role)
    if (browser === undefined) throw new Error(role)
    return browser
  }
  const bytes = { 'content-type': 'application/octet-stream' }
  const question = (more: Record<string, string> = {}): string =>
    `/api/hotspots?${new URLSearchParams({ dataset, from: '2026-06-01', to: '2026-07-31', cell: '60', ...more })}`
  const ask = async (role: string, more: Record<string, string> = {}): Promise<HotspotAnswer> => {
    const response = await as(role).send('GET', question(more))
    expect(response.status).toBe(200)
    return (await response.json()) as HotspotAnswer
  }

  it('makes a dataset with its own outline and time zone, and refuses a point for one', async () => {
    const make = (outline: unknown) =>
      as('office').json(
        'POST',
        '/api/hotspots/datasets',
        JSON.stringify({ name: 'Far city', timeZone: 'America/New_York', outline }),
        bytes,
      )
    expect(await make({ type: 'Point', coordinates: [0, 0] })).toMatchObject({
      status: 400,
      body: { code: 'bad_field', field: 'outline' },
    })
    const made = await make({ type: 'Feature', properties: {}, geometry: box(1000) })
    expect(made.status).toBe(201)
    dataset = (made.body['dataset'] as { id: string }).id
    expect((await as('duty').json('POST', '/api/hotspots/datasets', '{}', bytes)).status).toBe(403)
    expect((await as('admin').json('GET', '/api/hotspots/datasets')).status).toBe(403)
  })

  it('looks through a file before it takes it, remembers its headings, and takes it once', async () => {
    const path = `/api/hotspots/datasets/${dataset}/imports?fileName=cases.csv`
    const dry = await as('office').json('POST', `${path}&dryRun=1`, pastCases(), bytes)
    expect(dry).toMatchObject({
      status: 200,
      body: { import: null, summary: { refused: 1, merged: 1, flags: { whole_degrees: 1 }, remembered: false, problems: [] } },
    })
    expect((await ask('office')).head.cases).toBe(0)
    const taken = await as('office').json('POST', `${path}&dryRun=0`, pastCases(), bytes)
    expect(taken.status).toBe(201)
    expect(await as('office').json('POST', `${path}&dryRun=0`, pastCases(), bytes)).toMatchObject({ status: 409 })
    const again = await as('office').json(
      'POST',
      `${path}&dryRun=1`,
      `${pastCases()}\nnew1,2026-01-03T00:00:00Z,noise,39.29,-76.61,`,
      bytes,
    )
    expect(again.body).toMatchObject({ summary: { remembered: true, cases: 2, placed: 1 } })
    const report = await as('office').send('GET', `/api/hotspots/imports/${String(taken.body['import'])}/report.csv`)
    const text = await report.text()
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      'row,outcome,why,column,value',
      expect.stringContaining('refused,time_not_read,Created Date,soon'),
    ])
    expect(text).toContain('flagged,whole_degrees')
    expect(text).toContain('merged,same_as_row')
  })

  it('keeps nothing of an address, a phone number or an id', async () => {
    const rows = await server.handle.db.selectFrom('hotspotBlocks').selectAll().execute()
    const imports = await server.handle.db.selectFrom('hotspotImports').selectAll().execute()
    const { inflateRawSync } = await import('node:zlib')
    const kept = [
      ...rows.map(({ body }) => inflateRawSync(body).toString('latin1')),
      ...imports.map(({ report, ...row }) => JSON.stringify(row) + gunzipSync(report).toString()),
    ].join()
    expect(kept).not.toContain('13800138000')
    expect(kept).not.toContain('Secret Lane')
    expect(kept).not.toContain('C17')
  })

  it('answers with GeoJSON cells, places and the parameters, and the second time from the cache', async () => {
    const answer = await ask('office', { category: 'rubbish' })
    expect(answer.head.parameters).toEqual({
      dataset,
      from: '2026-06-01',
      to: '2026-07-31',
      timeZone: 'America/New_York',
      category: 'rubbish',
      cellMeters: 60,
      ring: 1,
      mode: 'exact',
      rate: null,
    })
    expect(answer.features).toHaveLength(answer.head.cells)
    expect(answer.head.places[0]).toMatchObject({ rank: 1, class: 3 })
    expect(answer.features.reduce((sum, { properties }) => sum + (properties.count ?? 0), 0)).toBe(answer.head.cases)
    const hot = answer.features.filter(({ properties }) => properties.class > 0)
    expect(hot.every(({ properties }) => (properties.near ?? 0) >= 5 && (properties.q ?? 1) <= 0.1)).toBe(true)
    const again = await as('office').send('GET', question({ category: 'rubbish' }))
    expect(again.headers.get('x-cache')).toBe('hit')
    expect(await again.json()).toEqual(answer)
  })

  it('shows a cell with its hours and cases to the office, and no single case to others', async () => {
    const place = (await ask('office', { category: 'rubbish' })).head.places[0]
    const path = question({ category: 'rubbish' }).replace('/api/hotspots?', `/api/hotspots/cells/${place?.key}?`)
    const own = await as('office').json('GET', path)
    expect((own.body['hours'] as number[]).reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    expect((own.body['cases'] as object[]).length).toBeGreaterThan(0)
    expect((await as('duty').json('GET', path)).body['cases']).toBeNull()
    expect((await as('duty').json('GET', path.replace(String(place?.key), '9999,9999'))).status).toBe(404)
  })

  it('shows no count from 1 to 4 outside the office, nor a p that would tell it', async () => {
    const answer = await ask('duty', { from: '2026-07-20' })
    expect(answer.head.suppressed).toBe(true)
    for (const { properties } of answer.features) {
      for (const count of [properties.count, properties.near]) expect(count === null || count === 0 || count >= 5).toBe(true)
      if (properties.near === null) expect([properties.z, properties.p, properties.q]).toEqual([null, null, null])
    }
    const office = await ask('office', { from: '2026-07-20' })
    expect(
      office.features.some(({ properties }) => properties.count !== null && properties.count > 0 && properties.count < 5),
    ).toBe(true)
    expect(office.features.every(({ properties }) => !properties.tooLittleData || properties.class === 0)).toBe(true)
  })

  it('names the limit and a cell size that fits', async () => {
    const wide = await as('office').json(
      'POST',
      '/api/hotspots/datasets',
      JSON.stringify({ name: 'Wide', timeZone: 'UTC', outline: box(20_000) }),
      bytes,
    )
    const id = (wide.body['dataset'] as { id: string }).id
    const refused = await as('office').json('GET', `/api/hotspots?dataset=${id}&from=2026-01-01&to=2026-01-31&cell=30`)
    expect(refused).toMatchObject({ status: 422, body: { code: 'too_many_cells', field: 'cell', limit: 200_000 } })
    expect(refused.body['message']).toContain('200000')
    const fits = String(Number(refused.body['fittingCellMeters']) * 3)
    expect(
      (await as('office').send('GET', `/api/hotspots?dataset=${id}&from=2026-01-01&to=2026-01-31&cell=${fits}`)).status,
    ).toBe(200)
    expect(await as('office').json('GET', question({ from: '2020-01-01' }))).toMatchObject({
      status: 422,
      body: { code: 'period_too_long', limitYears: 5 },
    })
    for (const wrong of [
      { ring: '4' },
      { from: 'now' },
      { from: '2026-08-01' },
      { cell: '1' },
      { mode: 'guess' },
      { rate: 'ebikes' },
      { more: '1' },
    ]) {
      expect((await as('office').json('GET', question(wrong as unknown as Record<string, string>))).status).toBe(400)
    }
    expect((await as('office').json('DELETE', `/api/hotspots/datasets/${id}`)).status).toBe(200)
  })

  it('takes a parameter without a value for the usual one', async () => {
    const usual = await ask('office')
    expect(await ask('office', { rate: '', mode: '', ring: '', cell: '' })).toEqual(usual)
  })

  it('stops an analysis when whoever asked has gone', async () => {
    const gone = new AbortController()
    const asked = fetch(server.origin + question({ cell: '20', ring: '3' }), {
      signal: gone.signal,
      headers: { cookie: [...as('office').jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    gone.abort()
    await expect(asked).rejects.toThrow()
    // The next question is served: nothing is left in its way.
    expect((await ask('office', { cell: '100' })).head.cells).toBeGreaterThan(0)
  })

  it('works with rates once there are denominators', async () => {
    const rows = ['lng,lat,households']
    for (let x = -950; x <= 950; x += 50)
      for (let y = -950; y <= 950; y += 50) rows.push(`${corner(x, y).join(',')},${Math.hypot(x, y) < 250 ? 4000 : 10}`)
    const path = `/api/hotspots/datasets/${dataset}/bases/households`
    expect(await as('office').json('PUT', path, 'lng,lat\n1,2\n', bytes)).toMatchObject({ status: 400 })
    expect(await as('office').json('PUT', path, rows.join('\n'), bytes)).toMatchObject({
      status: 200,
      body: { places: rows.length - 1 },
    })
    const answer = await ask('office', { rate: 'households' })
    expect(answer.head.usedMode).toBe('z')
    const counted = (await ask('office')).head.places[0]
    expect(counted?.class).toBe(3)
    expect(answer.features.find(({ properties }) => properties.id === counted?.key)?.properties.class).toBeLessThanOrEqual(0)
  })

  it('tells whether an intervention helped, against a control', async () => {
    const intervention = {
      name: 'Bins',
      category: null,
      startsOn: '2026-08-01',
      weeks: 12,
      treated: box(200),
      control: box(200, 600, 600),
      displacementMeters: 100,
      chosenBecauseWorst: true,
    }
    const path = `/api/hotspots/datasets/${dataset}/interventions`
    const made = await as('office').json('POST', path, intervention)
    expect(made).toMatchObject({
      status: 201,
      body: { effect: { code: 'ok', card: { verdict: 'fewer', weeks: 12, chosenBecauseWorst: true } } },
    })
    expect(await as('office').json('POST', path, { ...intervention, control: box(200, 100, 0) })).toMatchObject({
      status: 400,
      body: { field: 'control' },
    })
    const listed = await as('duty').json('GET', path)
    expect(listed.body['interventions']).toHaveLength(1)
    expect((await as('office').json('DELETE', `/api/hotspots/interventions/${String(made.body['id'])}`)).status).toBe(200)
  })

  it('keeps who does what about a place', async () => {
    const path = `/api/hotspots/datasets/${dataset}/actions`
    const action = { place: '60:0,0', owner: '环卫所', action: '加密清运', dueOn: '2026-12-31' }
    expect((await as('office').json('PUT', path, action)).status).toBe(200)
    expect((await as('duty').json('PUT', path, action)).status).toBe(403)
    expect((await as('duty').json('GET', path)).body['actions']).toEqual([action])
  })

  it('undoes an import as if it had never been taken', async () => {
    const { body } = await as('office').json('GET', '/api/hotspots/datasets')
    const [found] = body['datasets'] as { imports: { id: string }[] }[]
    const path = `/api/hotspots/datasets/${dataset}/imports/${found?.imports[0]?.id}`
    expect((await as('office').json('DELETE', path)).status).toBe(200)
    expect((await as('office').json('DELETE', path)).status).toBe(404)
    expect((await ask('office')).head.cases).toBe(0)
  })
})
