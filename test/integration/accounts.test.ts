import { readFile } from 'node:fs/promises'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { databaseFile } from '../../server/database/open-database.ts'
import { createBrowser, PASSWORD, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let clock: { offsetMs: number }
let ended: string[]

beforeEach(async () => {
  clock = { offsetMs: 0 }
  ended = []
  server = await startTestServer({ clock, trustedProxies: ['127.0.0.1/32'] })
  server.accounts.onEnded((id) => ended.push(id))
})
afterEach(async () => {
  expect(server.broken).toEqual([])
  await server.stop()
})

const browser = () => createBrowser(server.origin)
const from = (address: string) => ({ 'x-forwarded-for': address })

test('signing in sets an HttpOnly cookie; GET tells who it is; DELETE ends it and names it to the sockets', async () => {
  await server.addUser('duty')
  const tab = browser()
  expect(await tab.json('GET', '/api/session')).toMatchObject({ status: 401, body: { ok: false, code: 'not_signed_in' } })
  const answer = await tab.send('POST', '/api/session', { username: 'Duty ', password: PASSWORD })
  expect(answer.status).toBe(200)
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Lax/)
  expect(cookie).not.toMatch(/Secure/)
  expect(await tab.json('GET', '/api/session')).toMatchObject({ status: 200, body: { ok: true, username: 'duty', role: 'duty' } })
  const stale = new Map(tab.jar)
  expect(await tab.json('DELETE', '/api/session')).toMatchObject({ status: 200 })
  expect(tab.jar.size).toBe(0)
  expect(ended).toHaveLength(1)
  for (const [name, value] of stale) tab.jar.set(name, value)
  expect(await tab.json('GET', '/api/session')).toMatchObject({ status: 401 })
})

test('a wrong name and a wrong password are told alike', async () => {
  await server.addUser('duty')
  const wrong = await browser().signIn('duty', 'wrong')
  expect(wrong).toMatchObject({ status: 401, body: { ok: false, code: 'bad_credentials' } })
  expect(await browser().signIn('nobody', 'wrong')).toEqual(wrong)
})

test('neither passwords nor tokens are in the database or the log', async () => {
  await server.addUser('admin')
  const tab = browser()
  await tab.signIn('admin')
  const { body } = await tab.json('POST', '/api/sources', { name: 'feed', layers: ['stations'] })
  const bytes = await readFile(databaseFile(server.dataDir), 'latin1')
  const wal = await readFile(`${databaseFile(server.dataDir)}-wal`, 'latin1')
  const everything = bytes + wal + server.logLines.join('')
  expect(everything).toContain('$argon2id$')
  for (const secret of [PASSWORD, String(body['token']), ...tab.jar.values()]) expect(everything).not.toContain(secret)
})

test('five wrong passwords make that account wait from that address; nobody else, and not its owner elsewhere', async () => {
  await server.addUser('duty')
  await server.addUser('office')
  const attacker = browser()
  const guess = () => attacker.json('POST', '/api/session', { username: 'duty', password: 'guess' }, from('203.0.113.9'))
  for (let tries = 0; tries < 5; tries += 1) expect((await guess()).status).toBe(401)
  const refused = await attacker.send('POST', '/api/session', { username: 'duty', password: PASSWORD }, from('203.0.113.9'))
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const body = { username: 'duty', password: PASSWORD }
  expect((await browser().json('POST', '/api/session', body, from('203.0.113.10'))).status).toBe(200)
  const other = { username: 'office', password: PASSWORD }
  expect((await browser().json('POST', '/api/session', other, from('203.0.113.9'))).status).toBe(200)
  clock.offsetMs = 11_000
  expect((await browser().json('POST', '/api/session', body, from('203.0.113.9'))).status).toBe(200)
})

test('many guesses at once do not slip through together', async () => {
  await server.addUser('duty')
  const all = await Promise.all(Array.from({ length: 20 }, () => browser().signIn('duty', 'guess')))
  expect(all.filter(({ status }) => status === 401)).toHaveLength(5)
  expect(all.filter(({ status }) => status === 429)).toHaveLength(15)
})

test('an administrator makes, changes and deletes accounts; each change ends the sessions of that account', async () => {
  await server.addUser('admin')
  const admin = browser()
  await admin.signIn('admin')
  const made = await admin.json('POST', '/api/users', { username: '值班1', password: PASSWORD, role: 'duty' })
  expect(made).toMatchObject({ status: 201, body: { username: '值班1', role: 'duty', disabled: false } })
  const id = String(made.body['id'])
  expect(JSON.stringify(made.body)).not.toContain('argon2')
  for (const change of [{ role: 'supervisor' }, { disabled: true }, { disabled: false }, { password: 'another long one' }]) {
    const tab = browser()
    const signedIn = (await tab.signIn('值班1')).status === 200
    const before = ended.length
    expect(await admin.json('PATCH', `/api/users/${id}`, change)).toMatchObject({ status: 200 })
    expect((await tab.json('GET', '/api/session')).status).toBe(401)
    expect(ended.length - before).toBe(signedIn ? 1 : 0)
  }
  expect((await browser().signIn('值班1')).status).toBe(401)
  expect(await browser().signIn('值班1', 'another long one')).toMatchObject({ status: 200, body: { role: 'supervisor' } })
  expect(await admin.json('POST', '/api/users', { username: '值班1', password: PASSWORD, role: 'duty' })).toMatchObject({
    status: 409,
  })
  expect(await admin.json('DELETE', `/api/users/${id}`)).toMatchObject({ status: 200 })
  expect((await browser().signIn('值班1', 'another long one')).status).toBe(401)
})

test('an administrator sees sessions and revokes one', async () => {
  await server.addUser('admin')
  await server.addUser('duty')
  const admin = browser()
  const duty = browser()
  await admin.signIn('admin')
  await duty.signIn('duty')
  const { body } = await admin.json('GET', '/api/sessions')
  const session = (body['sessions'] as { id: string; username: string }[]).find(({ username }) => username === 'duty')
  expect(await admin.json('DELETE', `/api/sessions/${session?.id}`)).toMatchObject({ status: 200 })
  expect(ended).toEqual([session?.id])
  expect((await duty.json('GET', '/api/session')).status).toBe(401)
})

test('the last administrator stays one', async () => {
  await server.addUser('admin')
  const admin = browser()
  const { body } = await admin.signIn('admin')
  const path = `/api/users/${String(body['id'])}`
  for (const change of [{ role: 'duty' }, { disabled: true }]) {
    expect(await admin.json('PATCH', path, change)).toMatchObject({ status: 409, body: { code: 'last_admin' } })
  }
  expect(await admin.json('DELETE', path)).toMatchObject({ status: 409, body: { code: 'last_admin' } })
})

test('a session ends by time', async () => {
  await server.addUser('duty')
  const tab = browser()
  await tab.signIn('duty')
  clock.offsetMs = 3_599_000
  expect((await tab.json('GET', '/api/session')).status).toBe(200)
  clock.offsetMs = 3_600_001
  expect((await tab.json('GET', '/api/session')).status).toBe(401)
  await server.accounts.users.endExpired()
  expect(ended).toHaveLength(1)
})

test('a session outlives the server', async () => {
  await server.addUser('duty')
  const tab = browser()
  await tab.signIn('duty')
  await server.stop({ keep: true })
  server = await startTestServer({ clock, dataDir: server.dataDir })
  const again = createBrowser(server.origin)
  for (const [name, value] of tab.jar) again.jar.set(name, value)
  expect((await again.json('GET', '/api/session')).body).toMatchObject({ username: 'duty' })
})

test('people change their own password, knowing the old one', async () => {
  await server.addUser('duty')
  const tab = browser()
  await tab.signIn('duty')
  const put = (current: string, next: string) => tab.json('PUT', '/api/session/password', { current, next })
  expect(await put('wrong', 'a new long password')).toMatchObject({ status: 401, body: { code: 'bad_credentials' } })
  expect(await put(PASSWORD, 'short')).toMatchObject({ status: 400, body: { code: 'bad_field', field: 'next' } })
  expect(await put(PASSWORD, 'a new long password')).toMatchObject({ status: 200 })
  expect((await tab.signIn('duty', 'a new long password')).status).toBe(200)
})

test('the first administrator is made with the printed code, once', async () => {
  const code = await server.accounts.setup.newCode()
  const tab = browser()
  const post = (body: object) => tab.json('POST', '/api/setup', body)
  const admin = { username: 'chief', password: PASSWORD }
  expect(await tab.json('GET', '/api/setup')).toMatchObject({ body: { needed: true } })
  expect(await post({ ...admin, code: 'AAAA-AAAA-AAAA-AAAA' })).toMatchObject({ status: 403, body: { code: 'wrong_code' } })
  expect(await post({ ...admin, code: code?.toLowerCase() })).toMatchObject({ status: 200, body: { role: 'admin' } })
  expect(await tab.json('GET', '/api/session')).toMatchObject({ body: { username: 'chief', role: 'admin' } })
  expect(await post({ ...admin, username: 'second', code })).toMatchObject({ status: 409, body: { code: 'already_set_up' } })
  expect(await server.accounts.setup.newCode()).toBeNull()
})

test('an integration has a role’s eyes without people, and only reads', async () => {
  await server.addUser('admin')
  const admin = browser()
  await admin.signIn('admin')
  expect(await admin.json('POST', '/api/integrations', { name: 'none', role: 'admin' })).toMatchObject({ status: 400 })
  const { body } = await admin.json('POST', '/api/integrations', { name: 'map', role: 'duty' })
  const authorization = `Bearer ${String(body['token'])}`
  const who = await fetch(`${server.origin}/api/session`, { headers: { authorization } })
  const seen = (await who.json()) as { layers: string[] }
  expect(seen.layers).toContain('stations')
  expect(seen.layers).not.toContain('residents')
  expect(seen.layers).not.toContain('workers')
  expect((await server.authenticator.authenticateToken(String(body['token'])))?.kind).toBe('integration')
  expect((await admin.json('GET', '/api/integrations')).body).not.toHaveProperty('integrations.0.token')
  await admin.json('DELETE', `/api/integrations/${String(body['id'])}`)
  expect(ended).toEqual([body['id']])
  expect((await fetch(`${server.origin}/api/session`, { headers: { authorization } })).status).toBe(401)
})

test('sources are listed without their tokens and end when deleted', async () => {
  await server.addUser('admin')
  const admin = browser()
  await admin.signIn('admin')
  const made = await admin.json('POST', '/api/sources', { name: 'feed', layers: ['stations', 'merchants'] })
  const { body } = await admin.json('GET', '/api/sources')
  expect(body['sources']).toEqual([
    {
      id: made.body['id'],
      name: 'feed',
      layers: ['merchants', 'stations'],
      ratePerSecond: 20_000,
      createdAt: expect.any(String),
      lastAcceptedAt: null,
    },
  ])
  expect(await admin.json('DELETE', `/api/sources/${String(made.body['id'])}`)).toMatchObject({ status: 200 })
  expect(await admin.json('DELETE', `/api/sources/${String(made.body['id'])}`)).toMatchObject({ status: 404 })
})

test('what people did stays in the audit trail, which the database itself lets nobody change', async () => {
  await server.addUser('supervisor')
  await server.addUser('admin')
  const admin = browser()
  await admin.signIn('admin')
  await admin.json('POST', '/api/sources', { name: 'feed', layers: ['stations'] })
  const supervisor = browser()
  await supervisor.signIn('supervisor')
  const { body } = await supervisor.json('GET', '/api/audit?limit=2')
  expect(body['rows']).toMatchObject([
    { action: 'session.start', actor: { name: 'supervisor' } },
    { action: 'source.create', actor: { name: 'admin' }, details: { name: 'feed', layers: ['stations'] } },
  ])
  await expect(server.handle.db.updateTable('audit').set({ reason: 'x' }).execute()).rejects.toThrow()
  await expect(server.handle.db.deleteFrom('audit').execute()).rejects.toThrow()
})
