import { spawnSync } from 'node:child_process'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordingMessageSchema, type RecordingMessage, type RecordingRequest } from '../../shared/protocol/media-recording.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import { createMediaUpgrades, type MediaUpgrades } from '../../server/http/media-upgrade.ts'
import { cameraRoutes } from '../../server/http/routes/cameras.ts'
import { recordingRoutes } from '../../server/http/routes/recordings.ts'
import { DEFAULT_CAMERA_NETWORKS, DEFAULT_CAMERA_PORTS } from '../../server/video/camera-address.ts'
import { createVideo, type Video } from '../../server/video/create-video.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'
import { FFMPEG_PATH, MediaViewer } from '../support/video-hub.ts'

const CAMERA = {
  id: 'one',
  name: '东门',
  position: [114.65, 33.62],
  bearingDeg: 90,
  fieldOfViewDeg: 70,
  ownerKind: 'merchant',
  recording: 'always',
}
const LATER_MS = 3_600_000
const SEEN = { timeout: 30_000 }

/** A foreign viewer of recordings. */
class Replay {
  readonly socket: WebSocket
  readonly messages: RecordingMessage[] = []
  /** For each `group` so far, how many fragments came after it. */
  readonly fragments: number[] = []
  inits = 0
  status = 0
  closed: { code: number; reason: string } | null = null

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false })
    this.socket.on('unexpected-response', (_request, response) => (this.status = response.statusCode ?? 0))
    this.socket.on('error', () => undefined)
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }))
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) {
        const message = recordingMessageSchema.parse(JSON.parse(data.toString('utf8')))
        this.messages.push(message)
        if (message.type === 'group') this.fragments.push(0)
      } else if (data.toString('latin1', 4, 8) === 'ftyp') this.inits += 1
      else this.fragments.push((this.fragments.pop() ?? 0) + 1)
    })
  }

  ask(request: RecordingRequest): void {
    this.socket.send(JSON.stringify(request))
  }

  groups(): Extract<RecordingMessage, { type: 'group' }>[] {
    return this.messages.filter((message) => message.type === 'group')
  }
}

describe.skipIf(FFMPEG_PATH === null)('access to recordings', () => {
  let server: TestServer
  let demo: RunningRtspServer
  let video: Video
  let upgrades: MediaUpgrades
  let startMs: number

  beforeAll(async () => {
    demo = await startDemoCameras({
      ffmpegPath: FFMPEG_PATH ?? '',
      cameras: [{ id: 'one', name: '东门' }],
      credentials: null,
      port: 0,
      now: Date.now,
    })
    server = await startTestServer({
      moreRoutes({ accounts, writer, handle }) {
        video = createVideo({
          db: handle.db,
          dataDir: handle.dataDir,
          ffmpegPath: FFMPEG_PATH,
          networks: DEFAULT_CAMERA_NETWORKS.split(','),
          ports: DEFAULT_CAMERA_PORTS,
          recordingFloorBytes: 0,
          writer,
          accounts,
          now: Date.now,
          log: () => undefined,
        })
        return [
          ...cameraRoutes({
            cameras: video.cameras,
            snapshot: (id) => video.hub.snapshot(id),
            looks: video.looks,
            recordings: video.recordings,
            availability: video.availability,
          }),
          ...recordingRoutes({ ...video.recordings, allows: video.cameras.allows }),
        ]
      },
      media({ accounts, authenticator }) {
        upgrades = createMediaUpgrades({
          authenticator,
          onEnded: accounts.onEnded,
          hub: { openMedia: (...request) => video.hub.openMedia(...request) },
          onFault: () => undefined,
          now: Date.now,
          allows: (...asked) => video.cameras.allows(...asked),
          looks: { record: (...look) => video.looks.record(...look) },
          recordings: {
            get index() {
              return video.recordings.index
            },
            get folder() {
              return video.recordings.folder
            },
            get reasons() {
              return video.recordings.reasons
            },
          },
        })
        return upgrades.handle
      },
    })
    await video.start()
    for (const role of ['admin', 'duty', 'supervisor'] as const) await server.addUser(role)
    const admin = await signedIn('admin')
    const made = await admin.json('POST', '/api/cameras', { ...CAMERA, url: `rtsp://127.0.0.1:${demo.port}/one/sub` })
    expect(made.status).toBe(201)
    // Files turn at the minute, which may come at any moment: what was recorded counts, not the file that it is in.
    await vi.waitFor(async () => expect((await groups()).length).toBeGreaterThanOrEqual(4), { timeout: 60_000, interval: 200 })
    startMs = (await groups())[0]?.wallMs ?? 0
  }, 120_000)
  afterAll(async () => {
    upgrades.stop()
    await video.stop()
    await server.stop()
    await demo.close()
  })

  const groups = async () => {
    const segments = await video.recordings.index.segmentsBetween('one', 0, Number.MAX_SAFE_INTEGER)
    return (await Promise.all(segments.map(({ startMs: from }) => video.recordings.index.gopsOf('one', from)))).flat()
  }
  async function signedIn(role: string) {
    const browser = createBrowser(server.origin)
    await browser.signIn(role)
    return browser
  }
  const replay = ({ jar }: { jar: Map<string, string> }, atMs: number): Replay =>
    new Replay(`${server.origin.replace('http', 'ws')}/media/at/one?t=${atMs}`, {
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      origin: server.origin,
    })
  const range = (): string => `from=${startMs}&to=${startMs + LATER_MS}`

  test('no look without a reason; with one, each look is in the audit register', async () => {
    const supervisor = await signedIn('supervisor')
    const refused = await supervisor.json('GET', `/media/recording/one?${range()}`)
    expect([refused.status, refused.body['code']]).toEqual([403, 'reason_required'])
    const early = replay(supervisor, startMs)
    await expect.poll(() => early.status, SEEN).toBe(403)
    expect((await supervisor.json('POST', '/api/recordings/reason', { reason: '找13800138000' })).status).toBe(400)
    expect((await supervisor.json('POST', '/api/recordings/reason', { reason: '核查东门纠纷' })).status).toBe(200)
    const file = await supervisor.send('GET', `/media/recording/one?${range()}`)
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4'])
    const input = Buffer.from(await file.arrayBuffer())
    const played = spawnSync(FFMPEG_PATH ?? '', '-v error -f mp4 -i pipe:0 -f framemd5 -'.split(' '), { input })
    expect([played.status, played.stderr.toString('utf8')]).toEqual([0, ''])
    const still = await supervisor.send('GET', `/api/cameras/one/snapshot.jpg?at=${startMs + 500}`)
    expect([still.status, still.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    const looks = await server.accounts.audit.list({ before: null, subject: 'cameras/one', limit: 10 })
    expect(looks.filter(({ action }) => action === 'recording.read').map(({ reason, details }) => [reason, details])).toEqual([
      ['核查东门纠纷', { what: 'still', fromMs: startMs + 500, toMs: startMs + 500 }],
      ['核查东门纠纷', { what: 'fetch', fromMs: startMs, toMs: startMs + LATER_MS }],
    ])
  })

  test('who watches live is in the register too, once an hour for a session and camera', async () => {
    const duty = await signedIn('duty')
    const headers = { cookie: [...duty.jar].map(([name, value]) => `${name}=${value}`).join('; '), origin: server.origin }
    for (let visit = 0; visit < 2; visit++) {
      const viewer = new MediaViewer(`${server.origin.replace('http', 'ws')}/media/live/one`, headers)
      await viewer.until(() => viewer.media.length > 0)
      viewer.socket.terminate()
      expect((await duty.send('GET', '/api/cameras/one/snapshot.jpg')).status).toBe(200)
    }
    const looks = await server.accounts.audit.list({ before: null, subject: 'cameras/one', limit: 50 })
    const watched = looks.filter(({ action, actor }) => action === 'camera.watch' && actor.name === 'duty')
    expect(watched.map(({ details }) => details)).toEqual([{ what: 'still' }, { what: 'live' }])
  })

  test('a duty officer has no recordings, a signed-out supervisor no reason any more', async () => {
    const duty = await signedIn('duty')
    expect((await duty.send('GET', `/api/recordings/one?${range()}`)).status).toBe(403)
    expect((await duty.send('GET', `/api/cameras/one/snapshot.jpg?at=${startMs}`)).status).toBe(403)
    const supervisor = await signedIn('supervisor')
    await supervisor.json('POST', '/api/recordings/reason', { reason: '演练' })
    await supervisor.json('DELETE', '/api/session')
    await supervisor.signIn('supervisor')
    expect((await supervisor.json('GET', `/media/recording/one?${range()}`)).body['code']).toBe('reason_required')
  })

  test('spans and gaps are instants; a range that is no range is refused', async () => {
    const supervisor = await signedIn('supervisor')
    const before = startMs - 60_000
    const answer = await supervisor.json(
      'GET',
      `/api/recordings/one?from=${new Date(before).toISOString()}&to=${startMs + 1_000}`,
    )
    const at = (ms: number): string => new Date(ms).toISOString()
    expect(answer.body).toEqual({
      ok: true,
      camera: 'one',
      spans: [{ from: at(startMs), to: at(startMs + 1_000) }],
      gaps: [{ from: at(before), to: at(startMs) }],
    })
    for (const query of ['', 'from=1&to=1', `from=${startMs}&to=${startMs + 48 * LATER_MS}`, 'from=yesterday&to=today']) {
      expect((await supervisor.send('GET', `/api/recordings/one?${query}`)).status).toBe(400)
    }
  })

  test('a synchronised player gets the group at or before an instant, as far as it asks, and jumps', async () => {
    const supervisor = await signedIn('supervisor')
    await supervisor.json('POST', '/api/recordings/reason', { reason: '演练' })
    const [first, second, third] = await groups()
    if (first === undefined || second === undefined || third === undefined) throw new Error('three groups were expected')
    const viewer = replay(supervisor, second.wallMs + 300)
    await expect.poll(() => viewer.groups().length, SEEN).toBeGreaterThanOrEqual(2)
    expect(viewer.messages.slice(0, 3)).toEqual([
      { type: 'hello', protocol: 1, camera: 'one' },
      { type: 'stream', codec: 'avc1.42c01e', timescale: 90_000 },
      { type: 'group', wallMs: second.wallMs, decodeTime: second.decodeTime },
    ])
    expect(viewer.groups()[1]).toEqual({ type: 'group', wallMs: third.wallMs, decodeTime: third.decodeTime })
    expect(viewer.fragments[0]).toBeGreaterThan(10)
    viewer.ask({ type: 'seek', t: first.wallMs })
    await expect.poll(() => viewer.messages.findLastIndex(({ type }) => type === 'seeked'), SEEN).toBeGreaterThan(0)
    const jump = (): number => viewer.messages.findLastIndex(({ type }) => type === 'seeked')
    await expect
      .poll(() => viewer.messages.slice(jump()).find(({ type }) => type === 'group'), SEEN)
      .toMatchObject({ wallMs: first.wallMs })
    viewer.ask({ type: 'seek', t: startMs - 60_000 })
    const gap = { type: 'gap', fromMs: startMs - 60_000, toMs: startMs }
    await expect.poll(() => viewer.messages.slice(jump()), SEEN).toContainEqual(gap)
    expect(viewer.messages.slice(jump()).some(({ type }) => type === 'group')).toBe(false)
    viewer.ask({ type: 'until', wallMs: startMs })
    await expect
      .poll(() => viewer.messages.slice(jump()).find(({ type }) => type === 'group'), SEEN)
      .toMatchObject({ wallMs: startMs })
    viewer.ask({ type: 'seek', t: Date.now() + LATER_MS })
    await expect.poll(() => viewer.messages.at(-1), SEEN).toMatchObject({ type: 'end' })
    viewer.socket.close()
  })

  test('a session or a role that ends closes recorded and live sockets within a second', async () => {
    const ends = {
      'signs out': async (browser: Awaited<ReturnType<typeof signedIn>>) => {
        await browser.json('DELETE', '/api/session')
      },
      'is given another role': async () => {
        const admin = await signedIn('admin')
        const { body } = await admin.json('GET', '/api/users')
        const users = body['users'] as { id: string; username: string }[]
        const id = users.find(({ username }) => username === 'supervisor')?.id ?? ''
        expect((await admin.json('PATCH', `/api/users/${id}`, { role: 'duty' })).status).toBe(200)
        await admin.json('PATCH', `/api/users/${id}`, { role: 'supervisor' })
      },
    }
    for (const [what, end] of Object.entries(ends)) {
      const supervisor = await signedIn('supervisor')
      await supervisor.json('POST', '/api/recordings/reason', { reason: '演练' })
      const recorded = replay(supervisor, startMs)
      const headers = { cookie: [...supervisor.jar].map(([name, value]) => `${name}=${value}`).join('; '), origin: server.origin }
      const live = new MediaViewer(`${server.origin.replace('http', 'ws')}/media/live/one`, headers)
      await live.until(() => live.media.length > 0)
      await expect.poll(() => recorded.groups().length, SEEN).toBeGreaterThan(0)
      await end(supervisor)
      const endedAtMs = Date.now()
      await expect.poll(() => [recorded.closed?.code, live.closed?.code], SEEN).toEqual([4001, 4001])
      // The requirement itself.
      expect(Date.now() - endedAtMs, what).toBeLessThan(1_000)
    }
  })

  test('the owner takes consent back: live and recordings close within a second, and stay closed', async () => {
    const admin = await signedIn('admin')
    const supervisor = await signedIn('supervisor')
    await supervisor.json('POST', '/api/recordings/reason', { reason: '演练' })
    const viewer = replay(supervisor, startMs)
    await expect.poll(() => viewer.groups().length, SEEN).toBeGreaterThan(0)
    const consent = { grantedBy: 'merchants/m-1', until: null, live: true, recordings: false, alarmOnly: false }
    expect((await admin.json('PATCH', '/api/cameras/one', { consent })).status).toBe(200)
    const takenAtMs = Date.now()
    await expect.poll(() => viewer.closed, SEEN).toEqual({ code: 4001, reason: 'no_consent' })
    // The requirement itself.
    expect(Date.now() - takenAtMs).toBeLessThan(1_000)
    expect((await supervisor.json('GET', `/media/recording/one?${range()}`)).body['code']).toBe('no_consent')
    expect((await supervisor.send('GET', '/api/cameras/one/snapshot.jpg')).status).toBe(200)
    const past = { ...consent, until: '2026-01-01T00:00:00.000Z' }
    await admin.json('PATCH', '/api/cameras/one', { consent: past })
    expect((await supervisor.json('GET', '/api/cameras/one/snapshot.jpg')).body['code']).toBe('no_consent')
  })

  test('availability is told by day, as data and as a table, to those who answer for cameras', async () => {
    const supervisor = await signedIn('supervisor')
    const [from, to] = ['2026-11-01', '2026-11-02']
    await video.availability.add([{ cameraId: 'one', day: from, onlineMs: 3, degradedMs: 0, offlineMs: 0, disabledMs: 0 }])
    await video.availability.add([{ cameraId: 'one', day: from, onlineMs: 0, degradedMs: 0, offlineMs: 1, disabledMs: 0 }])
    const answer = await supervisor.json('GET', `/api/cameras/availability?from=${from}&to=${to}`)
    expect(answer.body['days']).toEqual([
      { cameraId: 'one', day: from, onlineMs: 3, degradedMs: 0, offlineMs: 1, disabledMs: 0, availability: 0.75 },
    ])
    const table = await supervisor.send('GET', `/api/cameras/availability?from=${from}&to=${to}&format=csv`)
    expect([table.headers.get('content-type'), (await table.text()).split('\r\n')[1]]).toEqual([
      'text/csv; charset=utf-8',
      '2026-11-01,one,东门,0.0000,0.0000,0.0000,0.0000,75.00%',
    ])
    const duty = await signedIn('duty')
    expect((await duty.send('GET', `/api/cameras/availability?from=${from}&to=${to}`)).status).toBe(403)
  })

  test('a camera under the decree is recorded always and kept thirty days, or refused', async () => {
    const admin = await signedIn('admin')
    for (const part of [
      { underDecree: true, retentionDays: 7 },
      { underDecree: true, recording: 'alarm' },
    ]) {
      const answer = await admin.json('PATCH', '/api/cameras/one', part)
      expect([answer.status, answer.body['field']]).toEqual([400, 'underDecree'])
    }
    expect((await admin.json('PATCH', '/api/cameras/one', { underDecree: true, retentionDays: 30 })).status).toBe(200)
  })
})
