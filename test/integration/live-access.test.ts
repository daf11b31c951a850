import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { LAYERS } from '../../shared/domain/layers.ts'
import { layersOf, ROLES, type Role } from '../../shared/domain/roles.ts'
import { startServer, type RunningServer, type Session } from '../support/server.ts'

let server: RunningServer
let admin: Session
const open: Socket[] = []

beforeAll(async () => {
  server = await startServer()
  admin = await server.setUp()
})
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})
afterAll(async () => {
  await server.stop()
})

/** A socket on `/live`, connected; or the code with which it was refused. */
async function connect(headers: Record<string, string>, token?: string): Promise<Socket | string> {
  const socket = io(`${server.origin}/live`, {
    transports: ['websocket'],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
    ...(token === undefined ? {} : { auth: { token } }),
  })
  open.push(socket)
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', (error: Error & { data?: { code?: string } }) => resolve(error.data?.code ?? 'refused'))
  })
}
async function connected(headers: Record<string, string>, token?: string): Promise<Socket> {
  const socket = await connect(headers, token)
  if (typeof socket === 'string') throw new Error(socket)
  return socket
}
const join = (socket: Socket, layers: readonly string[]): Promise<unknown> =>
  socket.emitWithAck('join', { protocol: 1, layers, encoding: 'json' })
const disconnected = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('disconnect', resolve))

/** A wall, paired as a wall is; its cookie and id. */
async function pairWall(duty: Session): Promise<{ id: string; cookie: string }> {
  const headers = { origin: server.origin, 'content-type': 'application/json' }
  const started = await fetch(`${server.origin}/api/pairings`, { method: 'POST', headers, body: '{}' })
  const { id, code } = (await started.json()) as { id: string; code: string }
  const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  expect((await duty.request('POST', `/api/pairings/${code}/approve`, { name: '大厅' })).status).toBe(200)
  const paired = await fetch(`${server.origin}/api/pairings/${id}`, { headers: { cookie: cookieOf(started) } })
  expect(await paired.json()).toMatchObject({ state: 'paired' })
  return { id, cookie: cookieOf(paired) }
}

test('each role joins its layers, is told which it may not have, and nobody joins nothing', async () => {
  expect(await connect({})).toBe('unauthorized')
  expect(await connect({}, 'int_0123456789abcdef0123.nonsense')).toBe('unauthorized')
  for (const role of ROLES.filter((name): name is Exclude<Role, 'wall'> => name !== 'wall')) {
    const { cookie } = await server.addUser(admin, role)
    const socket = await connect({ cookie })
    if (role === 'worker') {
      expect(socket).toBe('forbidden')
      continue
    }
    if (typeof socket === 'string') throw new Error(`${role}: ${socket}`)
    const own = layersOf({ role, integration: false })
    for (const layer of LAYERS) {
      const reply = own.includes(layer) ? { ok: true } : { ok: false, code: 'forbidden_layer', layer }
      expect(await join(socket, [layer]), `${role} ${layer}`).toMatchObject(reply)
    }
  }
})

test('an integration joins by its token, without people, until the token is deleted', async () => {
  const made = await admin.request('POST', '/api/integrations', { name: 'map', role: 'duty' })
  const { id, token } = (await made.json()) as { id: string; token: string }
  const socket = await connected({}, token)
  expect(await join(socket, ['stations', 'alarms'])).toMatchObject({ ok: true })
  expect(await join(socket, ['residents'])).toMatchObject({ ok: false, code: 'forbidden_layer', layer: 'residents' })
  const gone = disconnected(socket)
  await admin.request('DELETE', `/api/integrations/${id}`)
  await gone
  expect(await connect({}, token)).toBe('unauthorized')
})

test('a source has no stream', async () => {
  const { token } = await server.addSource(admin, ['stations'])
  expect(await connect({}, token)).toBe('unauthorized')
  expect(await connect({ authorization: `Bearer ${token}` })).toBe('unauthorized')
})

test('a wall joins as soon as it is paired, and is closed when it is revoked', async () => {
  const duty = await server.addUser(admin, 'duty')
  const { id, cookie } = await pairWall(duty)
  const socket = await connected({ cookie })
  expect(await join(socket, ['stations', 'cameras'])).toMatchObject({ ok: true })
  expect(await join(socket, ['workers'])).toMatchObject({ ok: false, code: 'forbidden_layer' })
  const gone = disconnected(socket)
  expect((await duty.request('DELETE', `/api/devices/${id}`)).status).toBe(200)
  await gone
  expect(await connect({ cookie })).toBe('unauthorized')
})

test('signing out, a new role, a new password and a lost account each close that person’s sockets, and nobody else’s', async () => {
  const other = await connected({ cookie: (await server.addUser(admin, 'supervisor')).cookie })
  const ways: ((who: Session, id: string) => Promise<Response>)[] = [
    (who) => who.request('DELETE', '/api/session'),
    (_who, id) => admin.request('PATCH', `/api/users/${id}`, { role: 'office' }),
    (_who, id) => admin.request('PATCH', `/api/users/${id}`, { password: 'quite another one' }),
    (_who, id) => admin.request('PATCH', `/api/users/${id}`, { disabled: true }),
    (_who, id) => admin.request('DELETE', `/api/users/${id}`),
  ]
  for (const way of ways) {
    const who = await server.addUser(admin, 'duty')
    const { id } = (await (await who.request('GET', '/api/session')).json()) as { id: string }
    const socket = await connected({ cookie: who.cookie })
    const gone = disconnected(socket)
    expect((await way(who, id)).status).toBe(200)
    await gone
    expect(await connect({ cookie: who.cookie })).toBe('unauthorized')
  }
  expect(other.connected).toBe(true)
})

test('another page’s Origin is refused on the socket', async () => {
  const { cookie } = await server.addUser(admin, 'duty')
  expect(typeof (await connect({ cookie, origin: 'https://evil.example' }))).toBe('string')
  expect(typeof (await connect({ cookie, origin: server.origin }))).not.toBe('string')
})
