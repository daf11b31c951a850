import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PEER_MISSING, PEER_PASSWORD, RtspPeer } from '../support/rtsp-peer.ts'
import { FFMPEG_PATH, startHub, type RunningHub } from '../support/video-hub.ts'

const CAMERAS = 16

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Whether a text is in the command line or environment of any process of this user. */
function processesSaying(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => {
    try {
      return [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`].some((path) => readFileSync(path, 'latin1').includes(text))
    } catch {
      return false // Gone since, or another user's.
    }
  })
}

describe.skipIf(PEER_MISSING !== null)(`cameras of a foreign RTSP server (${PEER_MISSING ?? 'GStreamer'})`, () => {
  let peer: RtspPeer
  let running: RunningHub

  beforeAll(async () => {
    peer = await RtspPeer.start(CAMERAS)
    running = await startHub()
  })
  afterAll(async () => {
    await running.stop()
    await peer.kill()
  })

  test('sixteen with digest sign-in play, each as an init segment and fragments that join into a valid stream', async () => {
    const ids = Array.from({ length: CAMERAS }, (_, index) => `cam${index + 1}`)
    for (const [index, id] of ids.entries()) running.hub.define({ id, url: peer.url(index + 1), subUrl: null, enabled: true })
    const viewers = ids.map((cameraId) => running.watch({ cameraId, profile: 'main', format: 'fmp4' }))
    await Promise.all(ids.map((id) => running.until(id, ({ state }) => state === 'online')))
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.media.length > 40)))
    for (const [index, viewer] of viewers.entries()) {
      expect(viewer.media[0]?.toString('latin1', 4, 8)).toBe('ftyp')
      expect(viewer.media.slice(1).every((bytes) => bytes.toString('latin1', 4, 8) === 'moof')).toBe(true)
      expect(viewer.messages[0]).toMatchObject({ type: 'hello', camera: ids[index], profile: 'main', format: 'fmp4' })
      expect(viewer.messages.find(({ type }) => type === 'stream')).toMatchObject({
        codec: expect.stringMatching(/^avc1\.4d40/) as string,
        mode: 'copy',
        widthPx: 640,
      })
    }
    const { media } = viewers[0] ?? { media: [] }
    const decoded = execFileSync(FFMPEG_PATH ?? '', ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'], {
      input: Buffer.concat(media.slice(0, 41)),
    })
    expect(
      decoded
        .toString('utf8')
        .split('\n')
        .filter((line) => line.startsWith('0,')),
    ).toHaveLength(40)
    for (const { socket } of viewers) socket.terminate()
  })

  test('a viewer that comes later sees a key frame at once, from the kept group of pictures', async () => {
    const viewer = running.watch({ cameraId: 'cam1', profile: 'main', format: 'fmp4' })
    await viewer.until(() => viewer.media.length >= 2)
    const still = execFileSync(
      FFMPEG_PATH ?? '',
      ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1'],
      {
        input: Buffer.concat(viewer.media.slice(0, 2)),
      },
    )
    expect(still.subarray(0, 2).toString('hex')).toBe('ffd8')
  })

  test('a still picture is made from the newest key frame, and asking again gives the same one', async () => {
    const [first, second] = await Promise.all([running.hub.snapshot('cam2'), running.hub.snapshot('cam2')])
    if (!first.ok || !second.ok) throw new Error('a picture was expected')
    expect(Buffer.from(first.jpeg).subarray(0, 2).toString('hex')).toBe('ffd8')
    expect(Buffer.from(second.jpeg).equals(Buffer.from(first.jpeg))).toBe(true)
    expect(await running.hub.snapshot('nobody')).toEqual({ ok: false, code: 'unknown_camera' })
  })

  test('the compatibility path sends MPEG-TS with MPEG-1 video', async () => {
    const viewer = running.watch({ cameraId: 'cam1', profile: 'main', format: 'mpeg1' })
    await viewer.until(() => viewer.media.reduce((sum, { length }) => sum + length, 0) > 60_000)
    const bytes = Buffer.concat(viewer.media)
    expect(bytes[0]).toBe(0x47)
    const decoded = execFileSync(FFMPEG_PATH ?? '', '-v quiet -f mpegts -i pipe:0 -frames:v 3 -f framemd5 pipe:1'.split(' '), {
      input: bytes,
    })
    expect(decoded.toString('utf8')).toContain('#dimensions 0: 640x360')
    expect(viewer.messages.find(({ type }) => type === 'stream')).toMatchObject({ mode: 'mpeg1' })
  })

  test('marks and pongs let a viewer tell how late its picture is', async () => {
    const viewer = running.watch({ cameraId: 'cam3', profile: 'main', format: 'fmp4' })
    viewer.socket.once('open', () => viewer.socket.send(JSON.stringify({ type: 'ping', sentAtMs: 1 })))
    await viewer.until(
      () => viewer.messages.some(({ type }) => type === 'mark') && viewer.messages.some(({ type }) => type === 'pong'),
    )
    expect(viewer.messages.find(({ type }) => type === 'pong')).toMatchObject({ sentAtMs: 1 })
  })

  test('no sign-in is in any command line, environment or log line', () => {
    expect(processesSaying(PEER_PASSWORD).filter((pid) => !isPeer(pid))).toEqual([])
    expect(running.logLines.filter((line) => line.includes(PEER_PASSWORD))).toEqual([])
  })

  test('a wrong password, a missing stream and what is no camera each end in their own state and reason', async () => {
    const web = createHttpServer((_request, response) => response.end('hello'))
    const webPort = await listen(web)
    const hole = createServer(() => undefined)
    const holePort = await listen(hole)
    const wrong: [string, string, string][] = [
      ['wrong-password', peer.url(1, 'other-than-that'), 'sign_in_refused'],
      ['missing', peer.url(CAMERAS + 1), 'not_found'],
      ['web', `rtsp://127.0.0.1:${webPort}/`, 'not_video'],
      ['black-hole', `rtsp://127.0.0.1:${holePort}/`, 'timed_out'],
      ['nobody', 'rtsp://127.0.0.1:1024/', 'refused'],
      ['outside', 'rtsp://8.8.8.8/', 'address_refused'],
      ['no-camera-port', 'rtsp://127.0.0.1:22/', 'address_refused'],
    ]
    for (const [id, url] of wrong) running.hub.define({ id, url, subUrl: null, enabled: true })
    const seen = await Promise.all(wrong.map(([id]) => running.until(id, ({ reason }) => reason !== 'starting')))
    expect(seen.map(({ cameraId, state, reason }) => [cameraId, state, reason])).toEqual(
      wrong.map(([id, , reason]) => [id, 'offline', reason]),
    )
    for (const [id] of wrong) running.hub.remove(id)
    expect(running.logLines.filter((line) => line.includes('other-than-that'))).toEqual([])
    web.close()
    hole.close()
  })

  test('all are lost when the server dies, and are back by themselves when it serves again, on the sockets that viewers have', async () => {
    const viewer = running.watch({ cameraId: 'cam1', profile: 'main', format: 'fmp4' })
    await viewer.until(() => viewer.media.length > 10)
    await peer.kill()
    await running.until('cam1', ({ state }) => state !== 'online')
    const before = viewer.media.length
    await peer.serve()
    const servesAgainAtMs = Date.now()
    const back = await running.until('cam1', ({ state }) => state === 'online')
    await viewer.until(() => viewer.media.length > before + 10)
    expect(viewer.closed).toBeNull()
    // The requirement itself: back in under ten seconds.
    expect(back.observedAtMs - servesAgainAtMs).toBeLessThan(10_000)
    const decoded = execFileSync(FFMPEG_PATH ?? '', ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'], {
      input: Buffer.concat(viewer.media),
    })
    const times = decoded
      .toString('utf8')
      .split('\n')
      .filter((line) => line.startsWith('0,'))
      .map((line) => Number(line.split(',')[2]))
    expect(times).toEqual([...times].sort((left, right) => left - right))
  })

  test('a camera that stalls without closing is told within seconds and comes back', async () => {
    await running.until('cam1', ({ state }) => state === 'online')
    peer.signal('SIGSTOP')
    const lost = await running.until('cam1', ({ state }) => state !== 'online')
    expect(lost).toMatchObject({ state: 'degraded', reason: 'stalled' })
    peer.signal('SIGCONT')
    await running.until('cam1', ({ state }) => state === 'online')
  })

  test('a camera that is switched off stops, one that is removed closes its viewers', async () => {
    const viewer = running.watch({ cameraId: 'cam4', profile: 'main', format: 'fmp4' })
    await viewer.until(() => viewer.media.length > 2)
    running.hub.define({ id: 'cam4', url: peer.url(4), subUrl: null, enabled: false })
    await viewer.until(() => viewer.messages.some((message) => message.type === 'state' && message.state === 'disabled'))
    running.hub.remove('cam4')
    await viewer.until(() => viewer.closed !== null)
    expect(viewer.closed).toEqual({ code: 4004, reason: 'unknown_camera' })
  })

  function isPeer(pid: string): boolean {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('rtsp-cameras.py')
  }
})
