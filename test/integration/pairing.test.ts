import { afterEach, beforeEach, expect, test } from 'vitest'

import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let clock: { offsetMs: number }
let ended: string[]
let duty: ReturnType<typeof createBrowser>

beforeEach(async () => {
  clock = { offsetMs: 0 }
  ended = []
  server = await startTestServer({ clock })
  server.accounts.onEnded((id) => ended.push(id))
  await server.addUser('duty')
  duty = createBrowser(server.origin)
  await duty.signIn('duty')
})
afterEach(async () => {
  expect(server.broken).toEqual([])
  await server.stop()
})

async function startPairing() {
  const wall = createBrowser(server.origin)
  const { status, body } = await wall.json('POST', '/api/pairings', {})
  expect(status).toBe(201)
  return { wall, id: String(body['id']), code: String(body['code']) }
}

test('a wall shows a code, a duty officer approves it, and the wall has its own cookie', async () => {
  const { wall, id, code } = await startPairing()
  expect(code).toMatch(/^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$/)
  expect(await wall.json('GET', `/api/pairings/${id}`)).toMatchObject({ status: 200, body: { state: 'waiting' } })
  const typed = code.toLowerCase().replace('-', ' ')
  const approved = await duty.json('POST', `/api/pairings/${encodeURIComponent(typed)}/approve`, { name: '大厅' })
  expect(approved).toMatchObject({ status: 200, body: { device: { name: '大厅' } } })
  const paired = await wall.send('GET', `/api/pairings/${id}`)
  expect(await paired.json()).toMatchObject({ state: 'paired', device: { name: '大厅' } })
  expect(paired.headers.get('set-cookie')).toMatch(/^lookout_device=.*HttpOnly/)
  expect(await wall.json('GET', '/api/session')).toMatchObject({ body: { kind: 'device', role: 'wall', username: '大厅' } })
  expect((await duty.json('GET', '/api/devices')).body).toMatchObject({ devices: [{ name: '大厅' }] })
})

test('a paired wall reads what a wall sees and does nothing', async () => {
  const { wall, id, code } = await startPairing()
  await duty.json('POST', `/api/pairings/${code}/approve`, { name: '大厅' })
  await wall.send('GET', `/api/pairings/${id}`)
  expect(await wall.json('DELETE', '/api/session')).toMatchObject({ status: 403 })
  expect(await wall.json('GET', '/api/devices')).toMatchObject({ status: 403 })
  expect(await wall.json('POST', `/api/pairings/${code}/approve`, { name: 'x' })).toMatchObject({ status: 403 })
})

test('only the wall that asked gets the cookie', async () => {
  const { id, code } = await startPairing()
  await duty.json('POST', `/api/pairings/${code}/approve`, { name: '大厅' })
  expect(await createBrowser(server.origin).json('GET', `/api/pairings/${id}`)).toMatchObject({ status: 404 })
  const other = await startPairing()
  expect(await other.wall.json('GET', `/api/pairings/${id}`)).toMatchObject({ status: 404, body: { code: 'pairing_expired' } })
})

test('a code is over after five minutes and good for one wall', async () => {
  const { wall, id, code } = await startPairing()
  clock.offsetMs = 5 * 60_000
  expect(await duty.json('POST', `/api/pairings/${code}/approve`, { name: 'x' })).toMatchObject({ status: 404 })
  expect(await wall.json('GET', `/api/pairings/${id}`)).toMatchObject({ status: 404, body: { code: 'pairing_expired' } })
  const next = await startPairing()
  expect(await duty.json('POST', `/api/pairings/${next.code}/approve`, { name: 'x' })).toMatchObject({ status: 200 })
  const again = await duty.json('POST', `/api/pairings/${next.code}/approve`, { name: 'y' })
  expect(again).toMatchObject({ status: 404, body: { code: 'unknown_code' } })
})

test('codes are limited: asked for by an address, guessed by a person', async () => {
  const wall = createBrowser(server.origin)
  for (let count = 0; count < 20; count += 1) expect((await wall.json('POST', '/api/pairings', {})).status).toBe(201)
  const refused = await wall.send('POST', '/api/pairings', {})
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  for (let count = 0; count < 10; count += 1) {
    expect((await duty.json('POST', '/api/pairings/AAAAA-AAAAA/approve', { name: 'x' })).status).toBe(404)
  }
  expect((await duty.json('POST', '/api/pairings/AAAAA-AAAAA/approve', { name: 'x' })).status).toBe(429)
})

test('a revoked wall is out at once, and stays paired over a restart until then', async () => {
  const { wall, id, code } = await startPairing()
  await duty.json('POST', `/api/pairings/${code}/approve`, { name: '大厅' })
  await wall.send('GET', `/api/pairings/${id}`)
  const cookies = new Map(wall.jar)
  await server.stop({ keep: true })
  server = await startTestServer({ clock, dataDir: server.dataDir })
  server.accounts.onEnded((credential) => ended.push(credential))
  const after = createBrowser(server.origin)
  for (const [name, value] of cookies) after.jar.set(name, value)
  expect(await after.json('GET', '/api/session')).toMatchObject({ body: { role: 'wall' } })
  const desk = createBrowser(server.origin)
  for (const [name, value] of duty.jar) desk.jar.set(name, value)
  expect(await desk.json('DELETE', `/api/devices/${id}`)).toMatchObject({ status: 200 })
  expect(ended).toContain(id)
  expect(await after.json('GET', '/api/session')).toMatchObject({ status: 401 })
})
