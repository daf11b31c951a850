import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { videoSettingsRoutes } from '../../server/http/routes/video-settings.ts'
import { createVideoSettings } from '../../server/video/video-settings.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

describe('what people set about pictures', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      moreRoutes: ({ accounts, handle }) =>
        videoSettingsRoutes({ settings: createVideoSettings(handle.db, accounts.audit, Date.now) }),
    })
    for (const role of ['admin', 'duty', 'supervisor', 'wall'] as const) await server.addUser(role)
  })
  afterAll(() => server.stop())

  async function signedIn(role: string) {
    const browser = createBrowser(server.origin)
    await browser.signIn(role)
    return browser
  }
  const auditOf = async (subject: string) =>
    (await server.accounts.audit.list({ before: null, subject, limit: 10 })).map(({ action, details }) => [action, details])

  test('a tour of cameras is made at the desk, followed by walls, changed and taken away, each in the register', async () => {
    const [duty, wall] = [await signedIn('duty'), await signedIn('wall')]
    const tour = { name: '各小区大门', layout: '1+5', dwellSeconds: 20, cameraIds: ['a', 'b', 'c'], pinned: { 0: 'a' } }
    expect((await duty.json('PUT', '/api/camera-tours/gates', tour)).body).toEqual({ ok: true, tour: { id: 'gates', ...tour } })
    expect((await wall.json('GET', '/api/camera-tours')).body).toEqual({ ok: true, tours: [{ id: 'gates', ...tour }] })
    expect((await duty.json('PUT', '/api/camera-tours/gates', { ...tour, layout: '16' })).status).toBe(200)
    expect((await wall.json('GET', '/api/camera-tours')).body['tours']).toMatchObject([{ id: 'gates', layout: '16' }])
    for (const wrong of [{ layout: '2' }, { dwellSeconds: 1 }, { pinned: { 16: 'a' } }, { cameraIds: ['../a'] }]) {
      expect((await duty.json('PUT', '/api/camera-tours/gates', { ...tour, ...wrong })).status).toBe(400)
    }
    expect((await duty.json('DELETE', '/api/camera-tours/gates')).status).toBe(200)
    expect((await duty.json('DELETE', '/api/camera-tours/gates')).status).toBe(404)
    expect(await auditOf('camera-tours/gates')).toEqual([
      ['tour.delete', null],
      ['tour.change', { layout: '16', cameras: 3 }],
      ['tour.change', { layout: '1+5', cameras: 3 }],
    ])
  })

  test('recordings carry a watermark until an administrator says otherwise, live pictures when one says so', async () => {
    const [admin, supervisor] = [await signedIn('admin'), await signedIn('supervisor')]
    expect((await supervisor.json('GET', '/api/watermark')).body).toEqual({
      ok: true,
      live: false,
      recordings: true,
      name: 'supervisor',
    })
    expect((await admin.json('PUT', '/api/watermarks/supervisor', { live: true, recordings: false })).status).toBe(200)
    expect((await supervisor.json('GET', '/api/watermark')).body).toMatchObject({ live: true, recordings: false })
    expect((await admin.json('GET', '/api/watermarks')).body['watermarks']).toEqual([
      { role: 'wall', live: false, recordings: true },
      { role: 'duty', live: false, recordings: true },
      { role: 'supervisor', live: true, recordings: false },
    ])
    expect((await admin.json('PUT', '/api/watermarks/office', { live: true, recordings: true })).status).toBe(404)
    expect(await auditOf('watermarks/supervisor')).toEqual([['watermark.change', { live: true, recordings: false }]])
  })
})
