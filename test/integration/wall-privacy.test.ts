import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startServer, ingested, type RunningServer, type Session } from '../support/server.ts'

let server: RunningServer
let token: string
let duty: Session
let supervisor: Session
let wall: Session
const sockets: Socket[] = []

beforeAll(async () => {
  server = await startServer()
  const admin = await server.setUp()
  token = (await server.addSource(admin, ['buildings', 'residents', 'alarms'])).token
  duty = await server.addUser(admin, 'duty')
  supervisor = await server.addUser(admin, 'supervisor')
  wall = await pair()
})
afterAll(async () => {
  for (const socket of sockets) socket.disconnect()
  await server.stop()
})

/** A wall as its browser pairs. */
async function pair(): Promise<Session> {
  const headers = { origin: server.origin, 'content-type': 'application/json' }
  const asked = await fetch(`${server.origin}/api/pairings`, { method: 'POST', headers, body: '{}' })
  const { id, code } = (await asked.json()) as { id: string; code: string }
  const cookieOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
  expect((await duty.request('POST', `/api/pairings/${code}/approve`, { name: 'test' })).status).toBe(200)
  const paired = await fetch(`${server.origin}/api/pairings/${id}`, { headers: { cookie: cookieOf(asked) } })
  const cookie = cookieOf(paired)
  return { cookie, request: (method, target) => fetch(server.origin + target, { method, headers: { cookie } }) }
}

interface Row {
  readonly id: string
  readonly layer: string
  readonly op: string
  readonly fields: Record<string, unknown>
}

/** Everything that an audience is told of these layers from now on. */
async function listen(who: Session, layers: readonly string[]) {
  const extraHeaders = { cookie: who.cookie, origin: server.origin }
  const socket = io(`${server.origin}/live`, { transports: ['websocket'], extraHeaders, reconnection: false, forceNew: true })
  sockets.push(socket)
  const rows: Row[] = []
  socket.on('delta', ({ changes }: { changes: Row[] }) => rows.push(...changes))
  const reply: unknown = await socket.timeout(20_000).emitWithAck('join', { protocol: 1, layers, encoding: 'json' })
  expect(reply).toMatchObject({ ok: true })
  return { rows, alarm: () => rows.find(({ layer, op }) => layer === 'alarms' && op === 'put') }
}

const line = (layer: string, id: string, fields: object, op = 'put') => ({
  layer,
  id,
  op,
  observedAt: new Date().toISOString(),
  fields,
})
const PLACE = [114.65, 33.62]
const NEIGHBOUR = [114.651, 33.62]

it('never tells a wall which building under three households called for help; duty and supervisor learn it', async () => {
  const building = (id: string, households: number, position: number[]) =>
    line('buildings', id, { name: id, position, compoundId: 'A', households })
  // The house's id sorts after its neighbour's, so that an order of ids is no order of touch.
  await ingested(
    await server.ingest(token, [
      building('z-house', 1, PLACE),
      building('b-tower', 40, NEIGHBOUR),
      line('residents', 'r1', { buildingId: 'z-house', care: 'ok' }),
      line('residents', 'r2', { buildingId: 'b-tower', care: 'ok' }),
    ]),
  )
  const onWall = await listen(wall, ['alarms', 'buildings'])
  const onDuty = await listen(duty, ['alarms'])
  await ingested(await server.ingest(token, [line('residents', 'r1', { care: 'sos' }, 'patch')]))
  await expect.poll(() => onWall.alarm() ?? onDuty.alarm(), { timeout: 20_000 }).toBeDefined()
  await expect.poll(() => onWall.alarm(), { timeout: 20_000 }).toBeDefined()
  await expect.poll(() => onDuty.alarm(), { timeout: 20_000 }).toBeDefined()

  const coarse = { kind: 'resident_sos', subject: { layer: 'buildings', id: 'b-tower' }, position: NEIGHBOUR }
  const exact = { kind: 'resident_sos', subject: { layer: 'buildings', id: 'z-house' }, position: PLACE }
  expect(onWall.alarm()?.fields).toMatchObject(coarse)
  expect(onDuty.alarm()?.fields).toMatchObject(exact)
  const id = onWall.alarm()?.id ?? ''
  // The bands of both go to sos, in the order of their ids.
  const bands = onWall.rows.filter(({ layer }) => layer === 'buildings').map((row) => [row.id, row.fields])
  expect(bands).toEqual([
    ['b-tower', { careBand: 'sos' }],
    ['z-house', { careBand: 'sos' }],
  ])

  const records = async (who: Session, path: string) =>
    ((await (await who.request('GET', path)).json()) as { records: object[] }).records
  expect(await records(wall, '/api/snapshot/alarms?format=json')).toMatchObject([coarse])
  expect(await records(duty, '/api/snapshot/alarms?format=json')).toMatchObject([exact])
  const text = async (who: Session, path: string): Promise<string> => (await who.request('GET', path)).text()
  const past = `/api/records/alarms/${id}/history`
  expect(await text(duty, past)).toContain('z-house')
  const { seq } = (await (await duty.request('GET', '/api/snapshot/alarms?format=json')).json()) as { seq: number }
  expect(await text(supervisor, `/api/world?seq=${seq}&layers=alarms`)).toContain('z-house')
  for (const path of ['/api/snapshot/alarms?format=json', '/api/snapshot/alarms?format=columns', past, '/api/overview']) {
    const told = await text(wall, path)
    expect(told).not.toContain('z-house')
    expect(told).not.toContain('shown')
    expect(told).not.toContain(JSON.stringify(PLACE))
  }
  for (const path of ['/api/world?seq=1000', '/api/history/tail/community?after=0', '/api/history/marks']) {
    expect((await wall.request('GET', path)).status).toBe(403)
  }
  for (const told of [onDuty.alarm()?.fields, ...(await records(duty, '/api/snapshot/alarms?format=json'))]) {
    expect(Object.keys(told ?? {})).not.toContain('shownSubject')
  }
})

it('nor a resident whom a device names', async () => {
  const onWall = await listen(wall, ['alarms'])
  const subject = { layer: 'residents', id: 'r1' }
  const fields = {
    kind: 'panic_button',
    priority: 1,
    subject,
    position: PLACE,
    state: 'raised',
    raisedAt: new Date().toISOString(),
  }
  await ingested(await server.ingest(token, [line('alarms', 'device-1', fields)]))
  await expect
    .poll(() => onWall.alarm()?.fields, { timeout: 20_000 })
    .toMatchObject({ subject: { layer: 'buildings', id: 'b-tower' }, position: NEIGHBOUR })
})
