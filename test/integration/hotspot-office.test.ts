import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCommunity, DEMO_SEED } from '../../server/demo/community.ts'
import { createHotspots, type Hotspots } from '../../server/hotspots/hotspots.ts'
import { hotspotRoutes } from '../../server/http/routes/hotspots.ts'
import type { Entry } from '../../shared/domain/entry.ts'
import type { HotspotAnswer } from '../../shared/hotspot/answer.ts'
import { createBrowser, PASSWORD, startTestServer, type TestServer } from '../support/http-server.ts'

const community = createCommunity(DEMO_SEED)
const [lng, lat] = community.site.manifest.origin
const HOUR_MS = 3_600_000
const bytes = { 'content-type': 'application/octet-stream' }

function entry(layer: Entry['layer'], id: string, observedAt: number, fields: Record<string, unknown>): Entry {
  return { layer, id, op: 'put', observedAt, fields } as Entry
}

/** A square of 80 m around a place some metres from the origin. */
function square(east: number, north: number): object {
  const corner = (x: number, y: number): [number, number] => [lng + (east + x) / 92_771, lat + (north + y) / 110_918]
  return {
    type: 'Polygon',
    coordinates: [[corner(-40, -40), corner(40, -40), corner(40, 40), corner(-40, 40), corner(-40, -40)]],
  }
}

describe('the community’s own log under review', () => {
  const caseOf = (i: number): Entry =>
    entry('cases', `c-${i}`, nowMs, {
      categoryCode: 'EN05',
      severity: 3,
      position: [lng, lat],
      gridId: null,
      stage: 'reported',
      reportedAt: new Date(i < 2 ? nowMs - 1000 : nowMs - i * 24 * HOUR_MS).toISOString(),
      dueAt: null,
      assigneeId: null,
      reporterKind: 'worker',
      evidence: null,
    })
  let server: TestServer
  let hotspots: Hotspots
  const people = new Map<string, ReturnType<typeof createBrowser>>()
  const nowMs = Date.parse('2026-11-23T06:30:00Z')
  /** The clock of the reviews; the cases stay where they are. */
  let clockMs = nowMs
  const today = new Date(nowMs + 8 * HOUR_MS).toISOString().slice(0, 10)
  const monthAgo = new Date(nowMs + 8 * HOUR_MS - 29 * 24 * HOUR_MS).toISOString().slice(0, 10)

  beforeAll(async () => {
    server = await startTestServer({
      moreRoutes({ handle, writer, accounts }) {
        hotspots = createHotspots({
          db: handle.db,
          world: writer.live,
          site: () => community.site,
          now: () => clockMs,
          onFault: (cause) => void server.broken.push(cause),
          onCommitted: writer.onCommitted,
        })
        return hotspotRoutes({ hotspots, audit: accounts.audit, tell: () => undefined })
      },
    })
    for (const role of ['office', 'supervisor', 'admin'] as const) {
      await server.addUser(role)
      const browser = createBrowser(server.origin)
      await browser.json('POST', '/api/session', { username: role, password: PASSWORD })
      people.set(role, browser)
    }
    const worker = (id: string, at: number, position: unknown): Entry =>
      entry('workers', id, at, { gridId: null, position, headingDeg: null, duty: position === null ? 'off' : 'onDuty' })
    const entries = [
      ...community.buildings.slice(0, 3).map((one) =>
        entry('buildings', one.id, nowMs, {
          name: one.name,
          compoundId: null,
          gridId: null,
          position: one.position,
          floors: 6,
          households: 40,
        }),
      ),
      // Two workers by the origin, one of them twice: two visits. One off duty, and one long ago: none.
      worker('w-1', nowMs - 1000, [lng, lat]),
      worker('w-2', nowMs - 1000, [lng + 0.00001, lat + 0.00001]),
      worker('w-3', nowMs - 1000, null),
      worker('w-4', nowMs - 5 * HOUR_MS, [lng, lat]),
      // Sixty cases by the origin over eight weeks, the last two today.
      ...Array.from({ length: 60 }, (_, i) => caseOf(i)),
    ]
    expect(await server.writer.submit({ entries })).toMatchObject({ ok: true })
    expect(await server.writer.submit({ entries: [worker('w-1', nowMs, [lng, lat])] })).toMatchObject({ ok: true })
  })
  afterAll(async () => {
    await hotspots.stop()
    const { broken } = server
    await server.stop()
    expect(broken).toEqual([])
  })
  const as = (role: string): ReturnType<typeof createBrowser> => {
    const browser = people.get(role)
    if (browser === undefined) throw new Error(role)
    return browser
  }
  const ask = async (role: string, more = ''): Promise<HotspotAnswer> => {
    const response = await as(role).send('GET', `/api/hotspots?from=${monthAgo}&to=${today}${more}`)
    expect(response.status).toBe(200)
    return (await response.json()) as HotspotAnswer
  }

  it('counts patrols without who, shows cases beside them, and offers them as a denominator of the same days', async () => {
    const { head } = await ask('office')
    expect(head.patrols).toEqual({ from: today, visits: 2, cases: 2 })
    expect(head.cases).toBe(30)
    const { body } = await as('office').json('GET', '/api/hotspots/datasets/community')
    expect((body['study'] as { rates: string[] }).rates).toContain('patrols')
    const byPatrol = await ask('office', '&rate=patrols')
    expect(byPatrol.head).toMatchObject({ countedFrom: today, cases: 2, usedMode: 'z' })
    const filled = head.places[0]?.key ?? byPatrol.features.find(({ properties }) => (properties.count ?? 0) > 0)?.properties.id
    const cell = await as('office').json('GET', `/api/hotspots/cells/${filled}?from=${monthAgo}&to=${today}`)
    expect(cell.body['patrols']).toEqual({ from: today, visits: 2, cases: 2 })
    const everything = JSON.stringify([head, byPatrol, cell.body])
    for (const id of ['w-1', 'w-2', 'c-1']) expect(everything).not.toContain(`"${id}"`)
    expect((await as('office').send('GET', `/api/hotspots?from=2020-01-01&to=2020-02-01&rate=patrols`)).status).toBe(400)
  })

  it('takes denominators by building as well as by place, in the system that was chosen', async () => {
    const path = '/api/hotspots/datasets/community/bases/ebikes'
    const [first, second] = community.buildings
    const file = `楼栋,电动车数\n${first?.id},30\n${second?.name},12\n`
    expect(await as('office').json('PUT', path, `${file}nowhere,1\n`, bytes)).toMatchObject({
      status: 400,
      body: { message: 'row 4: no such building' },
    })
    expect(await as('office').json('PUT', path, file, bytes)).toMatchObject({ status: 200, body: { places: 2, total: 42 } })
    expect((await as('office').json('PUT', `${path}?system=EPSG`, file, bytes)).status).toBe(400)
    const put = await as('office').json('PUT', `${path}?system=GCJ02`, `经度,纬度,数量\n${lng},${lat},5\n`, bytes)
    expect(put.status).toBe(200)
    const { ebikes } = await hotspots.datasets.basesOf('community')
    const shiftMeters = Math.hypot(((ebikes?.lng[0] ?? 0) - lng) * 92_771, ((ebikes?.lat[0] ?? 0) - lat) * 110_918)
    expect(shiftMeters).toBeGreaterThan(100)
    expect(shiftMeters).toBeLessThan(1000)
  })

  it('hides from others than the office what counts of 1 to 4 would tell, also by sums, rates and effects', async () => {
    const hides = (answer: HotspotAnswer): void => {
      const byId = new Map(answer.features.map(({ properties }) => [properties.id, properties]))
      for (const { properties } of answer.features) {
        const [q = 0, r = 0] = properties.id.split(',').map(Number)
        const around = [0, 1, -1]
          .flatMap((dq) => [0, 1, -1].map((dr) => [dq, dr] as const))
          .filter(([dq, dr]) => dq !== dr || dq === 0)
        const hidden = around.some(([dq, dr]) => byId.get(`${q + dq},${r + dr}`)?.count === null)
        if (hidden) expect(properties).toMatchObject({ near: null, z: null, p: null, q: null })
        if (properties.count === null) expect(properties.ratePerThousand).toBeNull()
      }
    }
    const today_ = `&from=${today}`
    const small = await as('supervisor').send('GET', `/api/hotspots?to=${today}${today_}&cell=30`)
    const answer = (await small.json()) as HotspotAnswer
    expect(answer.features.some(({ properties }) => properties.count === null)).toBe(true)
    hides(answer)
    hides(await ask('supervisor'))
    const intervention = {
      name: '清理占道',
      category: null,
      startsOn: new Date(nowMs - 28 * 24 * HOUR_MS).toISOString().slice(0, 10),
      weeks: 4,
      treated: square(0, 0),
      control: square(300, 0),
      displacementMeters: 50,
      chosenBecauseWorst: true,
    }
    const path = '/api/hotspots/datasets/community/interventions'
    const made = await as('office').json('POST', path, intervention)
    expect(made).toMatchObject({ status: 201, body: { effect: { code: 'ok', card: { displacementControl: [0, 0] } } } })
    const listed = await as('supervisor').json('GET', path)
    const [seen] = listed.body['interventions'] as { effect: { code: string; card?: { treatedWeekly: number[] } } }[]
    if (seen?.effect.code === 'ok') expect(seen.effect.card?.treatedWeekly).toEqual([])
    else expect(seen?.effect).toEqual({ code: 'hidden' })
    expect((await as('office').json('DELETE', `/api/hotspots/interventions/${String(made.body['id'])}`)).status).toBe(200)
  })

  it('leaves in the audit who changed what', async () => {
    const action = { place: '60:0,0', owner: '市场科', action: '疏堵结合', dueOn: null }
    expect((await as('office').json('PUT', '/api/hotspots/datasets/community/actions', action)).status).toBe(200)
    const rows = await server.accounts.audit.list({ before: null, subject: null, limit: 50 })
    const done = rows.filter((row) => row.action.startsWith('hotspot.')).map((row) => `${row.actor.name} ${row.action}`)
    expect(done).toEqual([
      'office hotspot.action',
      'office hotspot.intervention',
      'office hotspot.intervention',
      'office hotspot.bases',
      'office hotspot.bases',
    ])
    expect(rows.find((row) => row.action === 'hotspot.action')?.details).toEqual(action)
  })

  it('does not go on with the half of a past that a source is telling', async () => {
    const before = (await ask('office')).head.cases
    const told = Array.from({ length: 5 }, (_, i) => ({ ...caseOf(i + 2), id: `late-${i}` }))
    expect(await server.writer.submit({ entries: told })).toMatchObject({ ok: true })
    clockMs += 2_000
    expect((await ask('office')).head.cases).toBe(before + 5)
  })
})
