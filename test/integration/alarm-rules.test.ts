import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { DEFAULT_RULES } from '../../shared/alarms/rules.ts'
import { startAlarms, stopAlarms } from '../support/alarm-server.ts'
import { connectPlain } from '../support/live-client.ts'
import { ingested, startServer } from '../support/server.ts'

afterEach(stopAlarms)

const SECOND = 1_000
const position = [114.65, 33.62]
type Line = readonly [layer: string, id: string, op: string, fields?: object]
const station = (fields: object): Line => [
  'stations',
  's1',
  'put',
  { name: '一号驿站', position, hours: '00:00-24:00', ...fields },
]

/** What a source says to call a rule, and to have it calm again; the rest is in the rule itself. */
const CASES: Readonly<Record<string, { readonly first?: readonly Line[]; readonly bad: Line; readonly good: Line }>> = {
  resident_sos: {
    first: [['buildings', 'b1', 'put', { name: '一号楼', position, households: 40 }]],
    bad: ['residents', 'r1', 'put', { buildingId: 'b1', care: 'sos' }],
    good: ['residents', 'r1', 'patch', { care: 'ok' }],
  },
  care_overdue: {
    first: [['buildings', 'b1', 'put', { name: '一号楼', position, households: 40 }]],
    bad: ['residents', 'r1', 'put', { buildingId: 'b1', care: 'overdue' }],
    good: ['residents', 'r1', 'patch', { care: 'ok' }],
  },
  merchant_hazard: {
    bad: ['merchants', 'm1', 'put', { name: '面馆', position, safety: 'hazard' }],
    good: ['merchants', 'm1', 'patch', { safety: 'ok' }],
  },
  station_fault: { bad: station({ state: 'fault' }), good: station({ state: 'open', water: 'hot' }) },
  station_offline: { bad: station({ state: 'offline' }), good: station({ state: 'open', water: 'hot' }) },
  station_not_open: { bad: station({ state: 'closed' }), good: station({ state: 'open', water: 'hot' }) },
  station_no_hot_water: { bad: station({ state: 'open', water: 'none' }), good: station({ state: 'open', water: 'hot' }) },
  station_full: { bad: station({ state: 'full', water: 'hot' }), good: station({ state: 'open', water: 'hot' }) },
  camera_offline: {
    bad: ['cameras', 'c1', 'put', { name: '东门', position, state: 'offline', reason: 'lost' }],
    good: ['cameras', 'c1', 'patch', { state: 'online', reason: null }],
  },
}

describe('each rule that ships, from what a source sends to what the log says', () => {
  it('has a case here', () => {
    const kinds = DEFAULT_RULES.flatMap((rule) => (rule.source === 'record' ? rule.kind : []))
    expect(Object.keys(CASES).toSorted()).toEqual(kinds.toSorted())
  })

  for (const rule of DEFAULT_RULES) {
    if (rule.source !== 'record') continue
    const { first = [], bad, good } = CASES[rule.kind] ?? { bad: station({}), good: station({}) }
    const { kind, holdsForSeconds, clearsAfterSeconds, priority } = rule
    it(`${kind}: raised after ${holdsForSeconds} s, once, at priority ${priority}; over ${clearsAfterSeconds} s after its cause is`, async () => {
      const { ingest, wait, open } = await startAlarms()
      const ours = () => open().filter((alarm) => alarm.kind === kind)
      if (first.length > 0) await ingest(...first)
      await ingest(bad)
      if (holdsForSeconds > 0) {
        await wait((holdsForSeconds - 2) * SECOND)
        expect(ours()).toEqual([])
        await wait(3 * SECOND)
      }
      expect(ours()).toMatchObject([{ priority, state: 'raised', position, clearedAt: null }])
      // Said again, it is the same alarm.
      await ingest(bad)
      await wait(holdsForSeconds * SECOND)
      expect(ours()).toHaveLength(1)
      await ingest(good)
      if (clearsAfterSeconds > 0) {
        await wait((clearsAfterSeconds - 2) * SECOND)
        expect(ours()).toMatchObject([{ state: 'raised' }])
        await wait(3 * SECOND)
      }
      expect(ours()).toMatchObject([{ state: 'cleared', acknowledgedAt: null }])
    })
  }
})

it('an alarm of a source’s news is on /live with its commit, and so is who took it up', async () => {
  const server = await startServer()
  try {
    const admin = await server.setUp()
    const duty = await server.addUser(admin, 'duty')
    const made = await admin.request('POST', '/api/integrations', { name: 'test', role: 'wall' })
    expect(made.status).toBe(201)
    const { token } = z.object({ token: z.string() }).parse(await made.json())
    const source = await server.addSource(admin, ['buildings', 'residents'])
    const send = (layer: string, id: string, fields: object) => ({
      layer,
      id,
      op: 'put',
      observedAt: new Date().toISOString(),
      fields,
    })
    const building = send('buildings', 'b1', { name: '一号楼', position, households: 40 })
    await ingested(await server.ingest(source.token, [building]))
    const client = await connectPlain(server.origin, token)
    expect(await client.join({ layers: ['alarms'] })).toMatchObject({ ok: true })
    await ingested(await server.ingest(source.token, [send('residents', 'r1', { buildingId: 'b1', care: 'sos' })]))
    const changes = () => client.deltas.flatMap((delta) => delta.changes)
    const raised = await client.until(() => changes()[0])
    expect(raised).toMatchObject({
      layer: 'alarms',
      op: 'put',
      fields: { kind: 'resident_sos', state: 'raised', priority: 1, subject: { layer: 'buildings', id: 'b1' } },
    })
    // No word of the resident leaves with it.
    expect(JSON.stringify(client.deltas)).not.toContain('r1')
    const path = `/api/alarms/${encodeURIComponent(raised.id)}/acknowledge`
    expect((await duty.request('POST', path, { reason: 'real' })).status).toBe(200)
    const taken = await client.until(() => changes()[1])
    expect(taken).toMatchObject({ layer: 'alarms', id: raised.id, op: 'patch', fields: { state: 'acknowledged' } })
    client.close()
  } finally {
    await server.stop()
  }
})
