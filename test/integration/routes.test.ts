import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { ROLES, type Role } from '../../shared/domain/roles.ts'
import { answer, publicRoute, route, type Route } from '../../server/http/route.ts'
import { declaredRoutes } from '../support/declared-routes.ts'
import { makeCertificate } from '../support/certificate.ts'
import { createBrowser, PASSWORD, startTestServer, type TestServer, type TestServerOptions } from '../support/http-server.ts'

let servers: TestServer[] = []
async function start(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  servers.push(server)
  return server
}
afterEach(async () => {
  for (const server of servers) {
    expect(server.broken).toEqual([])
    await server.stop()
  }
  servers = []
})

const declared = await declaredRoutes()

describe('every route with every role and none', () => {
  let server: TestServer
  const credentials = new Map<string, Record<string, string>>()

  beforeAll(async () => {
    const base = new Set<string>()
    server = await startTestServer({
      moreRoutes: ({ baseRoutes }) => {
        for (const { method, path } of baseRoutes) base.add(`${method} ${path}`)
        return declared.filter(({ method, path }) => !base.has(`${method} ${path}`))
      },
    })
    const { accounts } = server
    for (const role of ROLES) {
      await server.addUser(role)
      const tab = createBrowser(server.origin)
      await tab.signIn(role)
      credentials.set(role, { cookie: [...tab.jar].map(([name, value]) => `${name}=${value}`).join('; '), origin: server.origin })
    }
    const admin = await server.authenticator.authenticate({ headers: credentials.get('admin') ?? {} })
    if (admin === null) throw new Error('the administrator is signed in')
    const { token } = await accounts.machines.createSource({ name: 's', layers: ['stations'] }, admin)
    credentials.set('source', { authorization: `Bearer ${token}` })
    for (const role of ['wall', 'duty', 'supervisor', 'office'] as const) {
      const integration = await accounts.machines.createIntegration({ name: role, role }, admin)
      credentials.set(`integration:${role}`, { authorization: `Bearer ${integration.token}` })
    }
    const pairing = await accounts.walls.start('test')
    if (!pairing.ok) throw new Error('a first pairing starts')
    await accounts.walls.approve(pairing.code, 'wall', admin)
    const paired = await accounts.walls.poll(pairing.id, pairing.secret)
    if (paired.state !== 'paired') throw new Error('an approved wall is paired')
    credentials.set('device', { cookie: `lookout_device=${paired.token}`, origin: server.origin })
    credentials.set('nobody', { origin: server.origin })
  })
  afterAll(() => server.stop())

  function isServed(target: Route, who: string): boolean {
    const { access, method } = target
    if (access === 'public') return true
    if (access === 'source') return who === 'source'
    if (who === 'device') return method === 'GET' && access.roles.includes('wall')
    if (who.startsWith('integration:')) {
      return method === 'GET' && access.integrations === true && access.roles.includes(who.slice('integration:'.length) as Role)
    }
    return access.roles.includes(who as Role)
  }

  test('a route serves whom it says it serves, and tells the others why not', async () => {
    expect(server.routes.length).toBeGreaterThanOrEqual(declared.length)
    expect(declared.length).toBeGreaterThan(50)
    for (const target of server.routes) {
      // A body that no route takes: whoever is let in is refused for it, and nothing happens.
      const url = server.origin + target.path.replaceAll(/:\w+/g, 'unknown')
      if (target.method === 'DELETE' && target.path === '/api/session') continue // Ends the session that the walk goes on with.
      for (const [who, headers] of credentials) {
        const unsafe = target.method !== 'GET'
        const response = await fetch(url, {
          method: target.method,
          headers: { ...headers, ...(unsafe ? { 'content-type': 'text/plain' } : {}) },
          ...(unsafe ? { body: 'x' } : {}),
        })
        const text = await response.text()
        const where = `${who} ${target.method} ${target.path}: ${response.status} ${text}`
        if (isServed(target, who)) {
          expect([401, 403].includes(response.status), where).toBe(false)
        } else {
          expect(response.status, where).toBe(who === 'nobody' ? 401 : 403)
          expect(JSON.parse(text), where).toMatchObject({ ok: false, code: expect.any(String), message: expect.any(String) })
        }
      }
    }
  })

  test('a token that is not ours is refused, also beside a good cookie', async () => {
    for (const authorization of ['Bearer nonsense', 'Bearer ', 'Basic YTpi']) {
      const response = await fetch(`${server.origin}/api/users`, { headers: { ...credentials.get('admin'), authorization } })
      expect(response.status).toBe(401)
    }
  })
})

describe('unsafe requests by cookie', () => {
  test('need our own Origin, and a JSON body', async () => {
    const server = await start()
    await server.addUser('admin')
    const tab = createBrowser(server.origin)
    await tab.signIn('admin')
    const source = { name: 'x', layers: ['stations'] }
    const post = (headers: Record<string, string | null>) => tab.json('POST', '/api/sources', source, headers)
    expect(await post({ origin: null })).toMatchObject({ status: 403, body: { code: 'origin_required' } })
    expect(await post({ origin: 'https://evil.example' })).toMatchObject({ status: 403, body: { code: 'bad_origin' } })
    expect(await post({ origin: 'null' })).toMatchObject({ status: 403, body: { code: 'bad_origin' } })
    expect(await post({ origin: server.origin.replace('http:', 'https:') })).toMatchObject({ status: 403 })
    expect(await post({ origin: null, 'sec-fetch-site': 'cross-site' })).toMatchObject({
      status: 403,
      body: { code: 'bad_origin' },
    })
    expect(await post({ 'content-type': 'text/plain' })).toMatchObject({ status: 415, body: { code: 'unsupported_type' } })
    expect(await post({ 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 415 })
    expect(await post({})).toMatchObject({ status: 201 })
    expect(await tab.json('DELETE', '/api/session', undefined, { origin: null })).toMatchObject({ status: 403 })
  })

  test('signing in uses no cookie, so it needs no Origin, but refuses another page’s', async () => {
    const server = await start()
    await server.addUser('duty')
    const tab = createBrowser(server.origin)
    const body = { username: 'duty', password: PASSWORD }
    expect(await tab.json('POST', '/api/session', body, { origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect(await tab.json('POST', '/api/session', body, { origin: null })).toMatchObject({ status: 200 })
    expect(await tab.json('POST', '/api/session', body, { origin: null })).toMatchObject({ status: 200 })
  })

  test('behind a proxy the public origin is the only one, and cookies are Secure', async () => {
    const server = await start({ publicOrigin: 'https://wall.example' })
    await server.addUser('duty')
    const tab = createBrowser(server.origin)
    const body = { username: 'duty', password: PASSWORD }
    expect(await tab.json('POST', '/api/session', body)).toMatchObject({ status: 403, body: { code: 'bad_origin' } })
    const signedIn = await tab.send('POST', '/api/session', body, { origin: 'https://wall.example' })
    expect(signedIn.status).toBe(200)
    expect(signedIn.headers.get('set-cookie')).toMatch(/^__Host-lookout_session=.*; Secure$/)
    expect(signedIn.headers.get('strict-transport-security')).toBeTruthy()
    expect(await tab.json('GET', '/api/session')).toMatchObject({ status: 200 })
    expect(await tab.json('DELETE', '/api/session', undefined, { origin: 'https://wall.example' })).toMatchObject({ status: 200 })
  })
})

describe('answers', () => {
  const faulty = publicRoute({
    method: 'GET',
    path: '/api/fault',
    body: null,
    handler: () => Promise.reject(new Error('a secret of the inside')),
  })
  const full = publicRoute({
    method: 'GET',
    path: '/api/full',
    body: null,
    handler: () => Promise.reject(Object.assign(new Error('disk'), { code: 'journal_full' })),
  })
  const echo = publicRoute({
    method: 'POST',
    path: '/api/echo',
    body: z.strictObject({ list: z.array(z.strictObject({ n: z.number() })) }),
    handler: ({ body }) => answer(body),
  })

  test('a fault is told by its code, never by its cause', async () => {
    const server = await start({ moreRoutes: () => [faulty, full] })
    const response = await fetch(`${server.origin}/api/fault`)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ ok: false, code: 'internal' })
    expect(text).not.toMatch(/inside|Error|at /)
    expect(server.logLines.join('')).toContain('a secret of the inside')
    expect((await fetch(`${server.origin}/api/full`)).status).toBe(507)
  })

  test('bodies are bounded, JSON, and name the field at fault', async () => {
    const server = await start({ moreRoutes: () => [echo] })
    const tab = createBrowser(server.origin)
    expect(await tab.json('POST', '/api/echo', { list: [{ n: 1 }] })).toEqual({ status: 200, body: { list: [{ n: 1 }] } })
    expect(await tab.json('POST', '/api/echo', { list: [{ n: 'x' }] })).toMatchObject({
      status: 400,
      body: { code: 'bad_field', field: 'list.0.n' },
    })
    expect(await tab.json('POST', '/api/echo', '{')).toMatchObject({ status: 400, body: { code: 'bad_json' } })
    expect(await tab.json('POST', '/api/echo', JSON.stringify('x'.repeat(300_000)))).toMatchObject({ status: 413 })
  })

  test('unknown routes are 404, known ones with another method 405 with Allow, strange paths 400', async () => {
    const server = await start()
    const tab = createBrowser(server.origin)
    expect(await tab.json('GET', '/api/nothing')).toMatchObject({ status: 404, body: { ok: false, code: 'not_found' } })
    const wrong = await tab.send('PATCH', '/api/session', {})
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toContain('DELETE')
    expect((await tab.send('POST', '/wall', {})).status).toBe(405)
    expect((await fetch(`${server.origin}/%E0%A4%A`)).status).toBe(400)
  })

  test('every answer carries the security headers; the policy has no inline script and no outside host', async () => {
    const server = await start()
    for (const path of ['/api/nothing', '/healthz', '/wall']) {
      const { headers } = await fetch(server.origin + path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'")
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-powered-by')).toBeNull()
    }
  })

  test('healthz answers always, readyz when nothing stands in the way', async () => {
    const server = await start()
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    server.waitingFor.push('the log is being loaded')
    const waiting = await fetch(`${server.origin}/readyz`)
    expect(waiting.status).toBe(503)
    expect(await waiting.json()).toMatchObject({ code: 'not_ready', message: 'the log is being loaded' })
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
  })

  test('a handler learns when its client goes away', async () => {
    let arrived = (_signal: AbortSignal): void => undefined
    const waiting = new Promise<AbortSignal>((resolve) => (arrived = resolve))
    const slow = publicRoute({
      method: 'GET',
      path: '/api/slow',
      body: null,
      async handler({ signal }) {
        arrived(signal)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        return answer({})
      },
    })
    const server = await start({ moreRoutes: () => [slow] })
    const gone = new AbortController()
    const asked = fetch(`${server.origin}/api/slow`, { signal: gone.signal })
    const signal = await waiting
    gone.abort()
    await expect(asked).rejects.toThrow()
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    )
  })

  test('path parts arrive decoded', async () => {
    const show = route({
      method: 'GET',
      path: '/api/show/:name',
      access: { roles: ['duty'] },
      body: null,
      handler: ({ params, principal }) => answer({ ...params, role: principal.role }),
    })
    const server = await start({ moreRoutes: () => [show] })
    await server.addUser('duty')
    const tab = createBrowser(server.origin)
    await tab.signIn('duty')
    expect((await tab.json('GET', `/api/show/${encodeURIComponent('大厅 1')}`)).body).toEqual({ name: '大厅 1', role: 'duty' })
  })
})

describe('the client’s files', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lookout-client-'))
    await mkdir(join(folder, 'client', 'assets'), { recursive: true })
    await writeFile(join(folder, 'client', 'index.html'), '<!doctype html><title>lookout</title>')
    await writeFile(join(folder, 'client', 'assets', 'main-abc.js'), `// ${'x'.repeat(5_000)}`)
    await writeFile(join(folder, 'client', '.hidden'), 'hidden')
    await writeFile(join(folder, 'outside.txt'), 'outside')
    await symlink(join(folder, 'outside.txt'), join(folder, 'client', 'link.txt'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const client = () => join(folder, 'client')

  test('each screen is the page, never cached; hashed files are kept for ever and compressed', async () => {
    const server = await start({ clientDir: client() })
    for (const path of ['/', '/wall', '/desk', '/replay', '/hotspots', '/registers', '/admin', '/verify', '/desk/records/st-1']) {
      const response = await fetch(server.origin + path)
      expect(response.status, path).toBe(200)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.text()).toContain('<title>lookout')
    }
    const script = await fetch(`${server.origin}/assets/main-abc.js`)
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect(script.headers.get('content-encoding')).toBe('gzip')
    expect((await script.text()).length).toBe(5_003)
    const etag = script.headers.get('etag') ?? ''
    expect((await fetch(`${server.origin}/assets/main-abc.js`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await fetch(`${server.origin}/assets/gone.js`)).status).toBe(404)
  })

  test('a range is served as it is, one beyond the end is 416', async () => {
    const server = await start({ clientDir: client() })
    const get = (range: string) =>
      fetch(`${server.origin}/assets/main-abc.js`, { headers: { range, 'accept-encoding': 'identity' } })
    const part = await get('bytes=1-4')
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 1-4/5003')
    expect(await part.text()).toBe('/ xx')
    expect((await (await get('bytes=-2')).text()).length).toBe(2)
    expect((await (await get('bytes=5000-')).text()).length).toBe(3)
    expect((await get('bytes=6000-')).status).toBe(416)
  })

  test('nothing outside the folder can be named, by dots, encodings, hidden names or links', async () => {
    const server = await start({ clientDir: client() })
    const raw = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        httpRequest({ port: server.port, path }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on('error', reject)
          .end()
      })
    for (const path of [
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/assets/..%2f..%2foutside.txt',
      '/.hidden',
      '/link.txt',
      '/assets',
      '/%00',
      '/a\\..\\b',
    ]) {
      expect(await raw(path), path).toBeGreaterThanOrEqual(400)
      expect(await raw(path), path).toBeLessThan(500)
    }
  })

  test('a client that is not built says so', async () => {
    const server = await start()
    const response = await fetch(`${server.origin}/wall`)
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('npm run build')
  })
})

describe('the one port', () => {
  test('upgrades that nobody serves are answered 404', async () => {
    const server = await start()
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1')
      let text = ''
      socket.on('error', reject)
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('end', () => resolve(text.split('\r\n', 1)[0] ?? ''))
      socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    })
    expect(status).toBe('HTTP/1.1 404 Not Found')
  })

  test('an upgrade that nobody ends does not keep the server from stopping', async () => {
    let taken = (): void => undefined
    const upgraded = new Promise<void>((resolve) => (taken = resolve))
    const server = await startTestServer({ media: () => () => taken() })
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => socket.destroy())
    socket.write('GET /media/x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await upgraded
    await server.stop()
    socket.destroy()
  })

  test('with a certificate it speaks HTTPS', async () => {
    const { key, cert } = makeCertificate()
    const server = await start({ tls: { key, cert } })
    await server.addUser('duty')
    const cookie = await new Promise<string>((resolve, reject) => {
      const options = { port: server.port, path: '/api/session', method: 'POST', ca: cert, servername: 'localhost' }
      const headers = { 'content-type': 'application/json', origin: server.origin, host: `127.0.0.1:${server.port}` }
      httpsRequest({ ...options, headers }, (response) => {
        response.resume()
        resolve(response.headers['set-cookie']?.[0] ?? String(response.statusCode))
      })
        .on('error', reject)
        .end(JSON.stringify({ username: 'duty', password: PASSWORD }))
    })
    expect(cookie).toMatch(/^__Host-lookout_session=.*; Secure$/)
  })
})
