import { afterEach, describe, expect, test } from 'vitest'
import { parseNetworks, parsePorts, type ResolveName } from '../../server/video/camera-address.ts'
import { CameraPull, PULL_WAYS, type PullContext } from '../../server/video/camera-pull.ts'
import type { CameraReason } from '../../server/video/camera-report.ts'
import { StartGate } from '../../server/video/start-gate.ts'
import { scriptCamera, type ScriptedCamera } from '../support/scripted-camera.ts'
import { FFMPEG_PATH } from '../support/video-hub.ts'

const open: { stop(): void | Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop()
})

async function camera(answerTo: Parameters<typeof scriptCamera>[0]): Promise<ScriptedCamera> {
  const made = await scriptCamera(answerTo)
  open.push({ stop: () => made.close() })
  return made
}

const loopback: ResolveName = () => Promise.resolve(['127.0.0.1'])
const SDP = (media: string): string => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n${media}`

describe.skipIf(FFMPEG_PATH === null).each(PULL_WAYS)('a pull (%s) reaches only the address that was checked', (way) => {
  const contextOf = (resolve: ResolveName): PullContext => ({
    ffmpegPath: FFMPEG_PATH,
    pull: way,
    reach: { networks: parseNetworks('127.0.0.0/8') ?? [], ports: parsePorts('1024-65535') ?? [] },
    resolve,
    gate: new StartGate(1),
    suspects: new StartGate(1),
    accepts: ['h264', 'h265'],
    transcodes: { count: 0 },
    now: Date.now,
    random: () => 0,
    log: () => undefined,
  })

  /** Why a pull's first attempt ended, with real ffmpeg. */
  async function firstLoss(url: string, resolve: ResolveName): Promise<CameraReason> {
    return await new Promise((settle) => {
      const pull = new CameraPull('test', url, contextOf(resolve), {
        piece: () => undefined,
        lost: (reason) => {
          pull.stop()
          settle(reason)
        },
      })
      open.push(pull)
    })
  }

  test('a camera that redirects is cut, and nobody connects to where it points', async () => {
    const elsewhere = await camera(() => ({ status: '200 OK' }))
    const redirecting = await camera((method) =>
      method === 'DESCRIBE'
        ? { status: '302 Moved Temporarily', headers: [`Location: rtsp://127.0.0.1:${elsewhere.port}/secret`] }
        : { status: '200 OK', headers: ['Public: DESCRIBE, SETUP, PLAY'] },
    )
    expect(await firstLoss(`rtsp://127.0.0.1:${redirecting.port}/a`, loopback)).toBe('redirected')
    expect(redirecting.requests.some((head) => head.startsWith('DESCRIBE'))).toBe(true)
    expect(elsewhere.connections).toEqual([])
  })

  test('a camera that names another host for its picture is asked on the connection that it has', async () => {
    const elsewhere = await camera(() => ({ status: '200 OK' }))
    const pointing = await camera((method) =>
      method === 'DESCRIBE'
        ? {
            status: '200 OK',
            headers: ['Content-Type: application/sdp', `Content-Base: rtsp://127.0.0.1:${elsewhere.port}/a/`],
            body: SDP(`m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:rtsp://127.0.0.1:${elsewhere.port}/a/t0\r\n`),
          }
        : method === 'OPTIONS'
          ? { status: '200 OK', headers: ['Public: DESCRIBE, SETUP, PLAY'] }
          : { status: '454 Session Not Found' },
    )
    expect(await firstLoss(`rtsp://127.0.0.1:${pointing.port}/a`, loopback)).toBe('not_found')
    expect(elsewhere.connections).toEqual([])
  })

  test('a name is resolved once an attempt: one that changes its answer afterwards changes nothing', async () => {
    const first = await camera((method) =>
      method === 'DESCRIBE' ? { status: '404 Not Found' } : { status: '200 OK', headers: ['Public: DESCRIBE'] },
    )
    const answers = [['127.0.0.1'], ['8.8.8.8']]
    let asked = 0
    const rebinding: ResolveName = () => Promise.resolve(answers[asked++] ?? ['8.8.8.8'])
    expect(await firstLoss(`rtsp://camera.example:${first.port}/a`, rebinding)).toBe('not_found')
    expect(asked).toBe(1)
    expect(first.connections).toHaveLength(1)
    expect(await firstLoss(`rtsp://camera.example:${first.port}/a`, rebinding)).toBe('address_refused')
    expect(first.connections).toHaveLength(1)
  })

  test.each([
    ['VP8', 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=control:t0\r\n', 'not_h264'],
    ['Motion JPEG', 'm=video 0 RTP/AVP 26\r\na=control:t0\r\n', 'not_h264'],
    ['sound alone', 'm=audio 0 RTP/AVP 0\r\na=control:t0\r\n', 'not_video'],
  ])('a camera that offers %s is told so', async (_title, media, reason) => {
    const other = await camera((method) =>
      method === 'DESCRIBE'
        ? { status: '200 OK', headers: ['Content-Type: application/sdp'], body: SDP(media) }
        : method === 'OPTIONS'
          ? { status: '200 OK', headers: ['Public: DESCRIBE, SETUP, PLAY'] }
          : { status: '455 Method Not Valid in This State' },
    )
    expect(await firstLoss(`rtsp://127.0.0.1:${other.port}/a`, loopback)).toBe(reason)
  })

  test('an attempt that is stopped leaves no connection open', async () => {
    const silent = await camera(() => null)
    const pull = new CameraPull('test', `rtsp://127.0.0.1:${silent.port}/a`, contextOf(loopback), {
      piece: () => undefined,
      lost: () => undefined,
    })
    await expect.poll(() => silent.requests.length, { timeout: 10_000 }).toBeGreaterThan(0)
    pull.stop()
    await expect.poll(() => silent.connections.every(({ destroyed }) => destroyed), { timeout: 10_000 }).toBe(true)
  })
})
