import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createIncidents } from '../../server/history/incidents.ts'
import { incidentRoutes } from '../../server/http/routes/incidents.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { CHUNK_CHANGES } from '../../shared/history/chunk-codec.ts'
import type { Change } from '../../shared/world/change.ts'
import { DEMO_SCALE, demoHistory } from '../bench/history-data.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let supervisor: ReturnType<typeof createBrowser>
let range: { from: string; to: string }
/** What the alarm and the case of this story went through, in the order of the log. */
let story: Change[]

interface File {
  readonly timeline: readonly {
    kind: string
    at: string
    layer?: string
    id?: string
    action?: string
    by?: string
    reason?: string
  }[]
  readonly notes: readonly { id: string; text: string | null; erased: boolean; by: string }[]
  readonly stills: readonly { id: string; cameraId: string; takenAt: string }[]
  readonly truncated: boolean
}

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ handle, log, accounts }) =>
      incidentRoutes({
        incidents: createIncidents({ db: handle.db, log, audit: accounts.audit, now: Date.now }),
        audit: accounts.audit,
        allows: (cameraId) => cameraId !== 'cam-private',
        stillAt: (cameraId, atMs) =>
          Promise.resolve(
            cameraId === 'cam-01'
              ? { ok: true as const, jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), atMs: atMs - 700 }
              : { ok: false as const, code: 'no_picture' as const },
          ),
      }),
  })
  // A sealed chunk and a hot rest, with a story in both.
  const changes: Change[] = []
  for (const batch of demoHistory({ ...DEMO_SCALE, residents: 200, merchants: 50, workers: 900 })) {
    changes.push(...batch)
    if (changes.length >= CHUNK_CHANGES + 600) break
  }
  const tell = (at: number, layer: 'alarms' | 'cases', id: string, op: 'put' | 'patch', fields: Change['fields']): void => {
    const there = changes[at]
    if (there !== undefined) changes[at] = { ...there, layer, id, op, fields }
  }
  tell(200, 'cases', 'case-1', 'put', { categoryCode: 'x', stage: 'reported', severity: 2 })
  tell(5_000, 'alarms', 'a-1', 'put', { kind: 'merchant_hazard', priority: 2, state: 'raised' })
  tell(5_050, 'alarms', 'a-1', 'patch', { state: 'acknowledged', ownerId: 'seat' })
  tell(CHUNK_CHANGES + 100, 'cases', 'case-1', 'patch', { stage: 'dispatched' })
  for (let from = 0; from < changes.length; from += 4_000) {
    await server.log.append({ from: from + 1, changes: changes.slice(from, from + 4_000) })
  }
  await server.log.seal()
  story = changes.filter(({ layer }) => layer === 'alarms' || layer === 'cases')
  range = { from: formatInstant(changes[4_000]?.recordedAt ?? 0), to: formatInstant(Date.now() + 60_000) }
  // The demo's log is of October; what people do is of now: the range of this file holds both.
  range.to = formatInstant((changes.at(-1)?.recordedAt ?? 0) + 1_000)
  supervisor = createBrowser(server.origin)
  await supervisor.signIn(await server.addUser('supervisor'))
})
afterAll(async () => {
  expect(server.broken).toEqual([])
  await server.log.close()
  await server.stop()
})

const make = (body: object = {}) =>
  supervisor.json('POST', '/api/incidents', { ...range, caseId: 'case-1', cameras: ['cam-01'], reason: '复盘', ...body })
const read = async (id: string) => (await supervisor.json('GET', `/api/incidents/${id}`)).body as unknown as File
const actionsOf = async (id: string) =>
  (await server.accounts.audit.list({ before: null, subject: `incidents/${id}`, limit: 50 }))
    .map(({ action }) => action)
    .toReversed()

describe('an incident file', () => {
  it('tells what was known when: each step of alarms and cases, the case from its beginning, sealed or not', async () => {
    const { status, body } = await make()
    expect(status).toBe(201)
    const file = await read(String(body['id']))
    const told = file.timeline.filter(({ kind }) => kind === 'change')
    expect(told.map(({ layer, id, at }) => [layer, id, at])).toEqual(
      story.map(({ layer, id, recordedAt }) => [layer, id, formatInstant(recordedAt)]),
    )
    expect(file.truncated).toBe(false)
    const alone = await read(String((await make({ caseId: null })).body['id']))
    expect(alone.timeline.filter(({ kind }) => kind === 'change').map(({ at }) => at)).toEqual(
      story.slice(1).map(({ recordedAt }) => formatInstant(recordedAt)),
    )
    const { incidents } = (await supervisor.json('GET', '/api/incidents')).body as { incidents: { reason: string; by: string }[] }
    expect(incidents).toHaveLength(2)
    expect(incidents[0]).toMatchObject({ ...range, reason: '复盘', by: 'supervisor', cameras: ['cam-01'] })
  })

  it('tells who looked at what then, and why', async () => {
    const now = Date.now()
    const actor = { kind: 'user', id: 'u', name: 'seat-3' } as const
    const look = { actor, action: 'recording.read', subject: 'cameras/cam-01', reason: '核实火情' } as const
    await server.accounts.audit.record(look)
    await server.accounts.audit.record({ actor, action: 'session.start' })
    const made = await make({ from: formatInstant(now - 1_000), to: formatInstant(now + 60_000), caseId: null })
    const { timeline } = await read(String(made.body['id']))
    expect(timeline).toEqual([
      {
        kind: 'act',
        at: expect.any(String),
        action: 'recording.read',
        subject: 'cameras/cam-01',
        by: 'seat-3',
        reason: '核实火情',
      },
    ])
  })

  it('keeps notes, which can be erased, and stills, which stay when the recording is gone', async () => {
    const id = String((await make()).body['id'])
    expect((await supervisor.json('POST', `/api/incidents/${id}/notes`, { text: '电话 13812345678' })).status).toBe(400)
    const note = await supervisor.json('POST', `/api/incidents/${id}/notes`, { text: '14:03 值班员已到场' })
    expect(note.status).toBe(201)
    const still = await supervisor.json('POST', `/api/incidents/${id}/stills`, { cameraId: 'cam-01', at: range.from })
    expect(still).toMatchObject({ status: 201, body: { takenAt: formatInstant(Date.parse(range.from) - 700) } })
    const none = (cameraId: string) => supervisor.json('POST', `/api/incidents/${id}/stills`, { cameraId, at: range.from })
    expect((await none('cam-02')).status).toBe(404)
    expect((await none('cam-private')).body).toMatchObject({ code: 'no_consent' })
    const file = await read(id)
    expect(file.notes).toMatchObject([{ text: '14:03 值班员已到场', erased: false, by: 'supervisor' }])
    expect(file.stills).toMatchObject([{ cameraId: 'cam-01' }])
    const picture = await supervisor.send('GET', `/api/incidents/${id}/stills/${file.stills[0]?.id}`)
    expect([picture.headers.get('content-type'), picture.headers.get('cache-control')]).toEqual(['image/jpeg', 'no-store'])
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))
    const erase = () => supervisor.json('DELETE', `/api/incidents/${id}/notes/${file.notes[0]?.id}`)
    expect([(await erase()).status, (await erase()).status]).toEqual([200, 404])
    expect((await read(id)).notes).toMatchObject([{ text: null, erased: true }])
    const words = await server.handle.db.selectFrom('audit').select(['reason', 'details']).execute()
    expect(JSON.stringify(words)).not.toContain('值班员已到场')
    expect((await supervisor.json('DELETE', `/api/incidents/${id}`)).status).toBe(200)
    expect((await supervisor.json('GET', `/api/incidents/${id}`)).status).toBe(404)
    expect(await server.handle.db.selectFrom('incidentStills').selectAll().where('incidentId', '=', id).execute()).toEqual([])
    expect(await actionsOf(id)).toEqual([
      'incident.create',
      'incident.note',
      'incident.read',
      'incident.note.erase',
      'incident.read',
      'incident.delete',
    ])
  })

  it('is for supervisors, of a range of two days at most, with a reason that names nobody', async () => {
    for (const body of [
      { reason: '' },
      { reason: '身份证 411621199003071234' },
      { to: formatInstant(Date.parse(range.from) + 3 * 86_400_000) },
      { from: 'yesterday' },
      { cameras: ['../x'] },
    ]) {
      expect((await make(body)).status, JSON.stringify(body)).toBe(400)
    }
    const duty = createBrowser(server.origin)
    await duty.signIn(await server.addUser('duty'))
    expect((await duty.json('GET', '/api/incidents')).status).toBe(403)
    expect((await duty.json('POST', '/api/incidents', { ...range, reason: '复盘' })).status).toBe(403)
    for (const [method, path, body] of [
      ['POST', '/api/incidents/none/notes', { text: 'x' }],
      ['POST', '/api/incidents/none/stills', { cameraId: 'cam-01', at: range.from }],
      ['GET', '/api/incidents/none/stills/none', undefined],
      ['DELETE', '/api/incidents/none', undefined],
    ] as const) {
      expect((await supervisor.json(method, path, body)).status, path).toBe(404)
    }
  })
})
