import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordOf } from '../../shared/world/world.ts'
import { createCameraStore } from '../../server/database/cameras.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import { createMediaUpgrades, type MediaUpgrades } from '../../server/http/media-upgrade.ts'
import { cameraRoutes } from '../../server/http/routes/cameras.ts'
import {
  DEFAULT_CAMERA_NETWORKS,
  DEFAULT_CAMERA_PORTS,
  parseNetworks,
  parsePorts,
  resolveBySystem,
} from '../../server/video/camera-address.ts'
import { CameraRegistry } from '../../server/video/camera-registry.ts'
import { createCameraService, type CameraService } from '../../server/video/camera-service.ts'
import { openCameraVault } from '../../server/video/camera-vault.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'
import { FFMPEG_PATH, MediaViewer, startHub, type RunningHub } from '../support/video-hub.ts'

const PASSWORD = 'burrow-41-kite'
const CAMERA = {
  id: '41160200001320000001',
  name: '东门',
  position: [114.65, 33.62],
  bearingDeg: 90,
  fieldOfViewDeg: 70,
  rangeMeters: 60,
  ownerKind: 'compound',
}

function everyFile(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

describe.skipIf(FFMPEG_PATH === null)('cameras through the public door', () => {
  let server: TestServer
  let running: RunningHub
  let demo: RunningRtspServer
  let keys: string
  let cameras: CameraService
  let upgrades: MediaUpgrades
  let url: string

  beforeAll(async () => {
    running = await startHub()
    demo = await startDemoCameras({
      ffmpegPath: FFMPEG_PATH ?? '',
      cameras: [{ id: 'one', name: '东门' }],
      credentials: { username: 'demo', password: PASSWORD },
      port: 0,
      now: Date.now,
    })
    url = `rtsp://demo:${PASSWORD}@127.0.0.1:${demo.port}/one/main`
    keys = await mkdtemp(join(tmpdir(), 'lookout-keys-'))
    server = await startTestServer({
      media: ({ accounts, authenticator }) => {
        const { onEnded } = accounts
        const onFault = (cause: unknown): void => void running.logLines.push(String(cause))
        upgrades = createMediaUpgrades({ authenticator, onEnded, hub: running.hub, onFault, now: Date.now })
        return upgrades.handle
      },
      moreRoutes: ({ writer, handle }) => {
        const registry = new CameraRegistry({
          store: createCameraStore(handle.db),
          vault: openCameraVault(join(keys, 'camera.key')),
          reach: { networks: parseNetworks(DEFAULT_CAMERA_NETWORKS) ?? [], ports: parsePorts(DEFAULT_CAMERA_PORTS) ?? [] },
          resolve: resolveBySystem,
          now: Date.now,
        })
        cameras = createCameraService({
          registry,
          hub: running.hub,
          recordOf: (id) => recordOf(writer.live, 'cameras', id)?.fields ?? null,
          submit: (entries) => writer.submit({ entries }),
          now: Date.now,
          log: (line) => running.logLines.push(line),
        })
        return cameraRoutes({ cameras, snapshot: (id) => running.hub.snapshot(id) })
      },
    })
    await cameras.start()
    for (const role of ['admin', 'duty', 'office', 'wall'] as const) await server.addUser(role)
  })
  afterAll(async () => {
    cameras.stop()
    upgrades.stop()
    await running.stop()
    await demo.close()
    await server.stop()
    await rm(keys, { recursive: true })
  })

  async function signedIn(role: string) {
    const browser = createBrowser(server.origin)
    await browser.signIn(role)
    return browser
  }
  const cookieOf = ({ jar }: { jar: Map<string, string> }): string =>
    [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const mediaAddress = (id: string, query = ''): string => `${server.origin.replace('http', 'ws')}/media/live/${id}${query}`

  test('an admin registers one; it appears in the world, plays, and its url is nowhere to be read again', async () => {
    const admin = await signedIn('admin')
    const made = await admin.json('POST', '/api/cameras', { ...CAMERA, url, subUrl: url.replace('/main', '/sub') })
    expect(made.status).toBe(201)
    expect(made.body['camera']).toEqual({
      ...CAMERA,
      enabled: true,
      hasSubStream: true,
      recording: 'never',
      retentionDays: 30,
      underDecree: false,
      consent: null,
    })
    await running.until(CAMERA.id, ({ state }) => state === 'online')
    await expect.poll(() => recordOf(server.writer.live, 'cameras', CAMERA.id)?.fields['state']).toBe('online')
    const list = await admin.json('GET', '/api/cameras')
    const one = await admin.json('GET', `/api/cameras/${CAMERA.id}`)
    const everything = JSON.stringify([made, list, one]) + server.logLines.join('\n') + running.logLines.join('\n')
    expect(everything + everyFile(server.dataDir)).not.toContain(PASSWORD)
    expect((await server.handle.db.selectFrom('cameras').selectAll().execute())[0]?.sealedUrl).toMatch(/^v1\./)
  })

  test.each([
    ['an id that is taken', { url: 'rtsp://127.0.0.1:9999/x' }, 409, 'conflict', 'id'],
    ['another scheme', { id: 'b', url: 'http://127.0.0.1/x' }, 400, 'bad_field', 'url'],
    ['an address outside', { id: 'b', url: 'rtsp://8.8.8.8/x' }, 400, 'bad_field', 'url'],
    ['a sub-stream outside', { id: 'b', url: 'rtsp://10.0.0.1/x', subUrl: 'rtsp://8.8.8.8/x' }, 400, 'bad_field', 'subUrl'],
    ['a name that is a phone number', { id: 'b', url: 'rtsp://10.0.0.1/x', name: '找13800138000' }, 400, 'bad_field', 'name'],
    ['a field that it does not have', { id: 'b', url: 'rtsp://10.0.0.1/x', password: 'x' }, 400, 'bad_field', undefined],
  ])('%s is refused', async (_title, part, status, code, field) => {
    const admin = await signedIn('admin')
    const answer = await admin.json('POST', '/api/cameras', { ...CAMERA, ...part })
    expect([answer.status, answer.body['code'], answer.body['field']]).toEqual([status, code, field])
  })

  test('a patch changes what it names: place in the world, switched off and on again in the hub', async () => {
    const admin = await signedIn('admin')
    const patched = await admin.json('PATCH', `/api/cameras/${CAMERA.id}`, { bearingDeg: 45, enabled: false })
    expect(patched.body['camera']).toMatchObject({ bearingDeg: 45, enabled: false, name: '东门' })
    await running.until(CAMERA.id, ({ state }) => state === 'disabled')
    await expect
      .poll(() => recordOf(server.writer.live, 'cameras', CAMERA.id)?.fields)
      .toMatchObject({ bearingDeg: 45, state: 'disabled' })
    await admin.json('PATCH', `/api/cameras/${CAMERA.id}`, { enabled: true })
    await running.until(CAMERA.id, ({ state }) => state === 'online')
    expect((await admin.json('PATCH', '/api/cameras/nobody', { enabled: true })).status).toBe(404)
  })

  test('a duty officer sees it live, main and sub, and its still; the office and nobody do not', async () => {
    const duty = await signedIn('duty')
    const viewer = new MediaViewer(mediaAddress(CAMERA.id, '?profile=sub'), { cookie: cookieOf(duty), origin: server.origin })
    await viewer.until(() => viewer.media.length > 3)
    expect(viewer.messages.find(({ type }) => type === 'stream')).toMatchObject({ widthPx: 640, heightPx: 360 })
    viewer.socket.terminate()
    const still = await duty.send('GET', `/api/cameras/${CAMERA.id}/snapshot.jpg`)
    expect([still.status, still.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    const office = await signedIn('office')
    expect((await office.send('GET', `/api/cameras/${CAMERA.id}/snapshot.jpg`)).status).toBe(403)
    for (const headers of [{}, { cookie: cookieOf(office) }, { cookie: cookieOf(duty), origin: 'http://evil.example' }]) {
      const refused = new MediaViewer(mediaAddress(CAMERA.id), headers)
      await refused.until(() => refused.closed !== null)
      expect(refused.messages).toEqual([])
    }
  })

  test('signing out closes the picture within a second and says so', async () => {
    const duty = await signedIn('duty')
    const viewer = new MediaViewer(mediaAddress(CAMERA.id), { cookie: cookieOf(duty), origin: server.origin })
    await viewer.until(() => viewer.media.length > 1)
    await duty.json('DELETE', '/api/session')
    const leftAtMs = Date.now()
    await viewer.until(() => viewer.closed !== null)
    expect(viewer.closed).toEqual({ code: 4001, reason: 'ended' })
    // The requirement itself.
    expect(Date.now() - leftAtMs).toBeLessThan(1_000)
  })

  test('the video process dies: cameras say so, it starts again, and they are back', async () => {
    const child = childOf(process.pid, 'hub-main.ts')
    const down = running.until(CAMERA.id, ({ reason }) => reason === 'hub_down')
    process.kill(child, 'SIGKILL')
    expect(await down).toMatchObject({ state: 'offline', reason: 'hub_down' })
    await running.until(CAMERA.id, ({ state }) => state === 'online')
    expect((await running.hub.snapshot(CAMERA.id)).ok).toBe(true)
  })

  test('a camera that is removed is gone from registry, world and hub', async () => {
    const admin = await signedIn('admin')
    expect((await admin.json('DELETE', `/api/cameras/${CAMERA.id}`)).status).toBe(200)
    expect((await admin.json('GET', `/api/cameras/${CAMERA.id}`)).status).toBe(404)
    expect(recordOf(server.writer.live, 'cameras', CAMERA.id)).toBeUndefined()
    expect(await running.hub.snapshot(CAMERA.id)).toEqual({ ok: false, code: 'unknown_camera' })
  })
})

/** The process id of a child whose command line has a word. */
function childOf(parent: number, word: string): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const isChild = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      if (isChild && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(word)) return Number(name)
    } catch {
      continue // Gone since.
    }
  }
  throw new Error(`no child with ${word}`)
}
