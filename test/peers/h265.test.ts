import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { childrenOf } from '../support/process-cpu.ts'
import { PEER_MISSING, RtspPeer, serveFile } from '../support/rtsp-peer.ts'
import { FFMPEG_PATH, startHub, type MediaViewer, type RunningHub } from '../support/video-hub.ts'

describe.skipIf(PEER_MISSING !== null)(`an H.265 camera of a foreign RTSP server (${PEER_MISSING ?? 'GStreamer'})`, () => {
  let folder: string
  let camera: Awaited<ReturnType<typeof serveFile>>
  let url: string
  let sub: RtspPeer
  let running: RunningHub

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lookout-h265-'))
    const clip = join(folder, 'clip.h265')
    const encode = '-v error -f lavfi -i testsrc2=s=640x360:r=25 -t 4 -c:v libx265 -preset ultrafast -pix_fmt yuv420p -f hevc'
    const groups = 'keyint=25:min-keyint=25:bframes=0:log-level=none'
    execFileSync(FFMPEG_PATH ?? '', [...encode.split(' '), '-x265-params', groups, clip])
    camera = await serveFile('h265', clip)
    url = camera.url
    sub = await RtspPeer.start(1)
    running = await startHub()
  })
  afterAll(async () => {
    await running.stop()
    await sub.kill()
    camera.stop()
    await rm(folder, { recursive: true })
  })

  const streamOf = ({ messages }: MediaViewer) => messages.find(({ type }) => type === 'stream')
  /** H.264 encoders under this process, by their command lines. */
  const encoders = (): number =>
    childrenOf(process.pid)
      .flatMap((pid) => childrenOf(pid))
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('libx264')).length
  /** Frames that ffmpeg decodes of what a viewer got. */
  function decoded({ media }: MediaViewer): number {
    const input = Buffer.concat(media)
    const run = execFileSync(FFMPEG_PATH ?? '', '-v error -f mp4 -i pipe:0 -f framemd5 pipe:1'.split(' '), { input })
    return run
      .toString('utf8')
      .split('\n')
      .filter((line) => line.startsWith('0,')).length
  }

  test('goes through as it is to a viewer that plays it', async () => {
    running.hub.define({ id: 'one', url, subUrl: null, enabled: true })
    const viewer = running.watch({ cameraId: 'one', profile: 'main', format: 'fmp4', hevc: true })
    await viewer.until(() => viewer.media.length > 60)
    expect(streamOf(viewer)).toMatchObject({
      mode: 'copy',
      profile: 'main',
      codec: expect.stringMatching(/^hvc1\.1\.6\.L\d+/) as string,
      widthPx: 640,
      heightPx: 360,
    })
    expect(viewer.media[0]?.includes('hvc1')).toBe(true)
    expect(decoded(viewer)).toBeGreaterThan(50)
    viewer.socket.terminate()
  })

  test('is encoded to H.264 for one that does not, once for all of them', async () => {
    const viewers = [0, 1].map(() => running.watch({ cameraId: 'one', profile: 'main', format: 'fmp4' }))
    for (const viewer of viewers) await viewer.until(() => viewer.media.length > 60)
    expect(encoders()).toBe(1)
    for (const viewer of viewers) {
      expect(streamOf(viewer)).toMatchObject({
        mode: 'transcoded',
        profile: 'main',
        codec: expect.stringMatching(/^avc1\./) as string,
        widthPx: 640,
      })
      expect(decoded(viewer)).toBeGreaterThan(50)
      viewer.socket.terminate()
    }
  })

  test('gives its H.264 sub-stream instead where it has one', async () => {
    running.hub.define({ id: 'two', url, subUrl: sub.url(1), enabled: true })
    const viewer = running.watch({ cameraId: 'two', profile: 'main', format: 'fmp4' })
    await viewer.until(() => viewer.media.length > 20)
    expect(streamOf(viewer)).toMatchObject({ mode: 'copy', profile: 'sub', codec: expect.stringMatching(/^avc1\./) as string })
  })

  test('is encoded where the sub-stream is H.265 too', async () => {
    running.hub.define({ id: 'three', url, subUrl: url, enabled: true })
    const viewer = running.watch({ cameraId: 'three', profile: 'sub', format: 'fmp4' })
    await viewer.until(() => viewer.media.length > 20)
    expect(streamOf(viewer)).toMatchObject({ mode: 'transcoded', profile: 'sub' })
  })

  test('its still picture and the compatibility path work as for any camera', async () => {
    const still = await running.hub.snapshot('one')
    expect(still.ok && Buffer.from(still.jpeg).subarray(0, 2).toString('hex')).toBe('ffd8')
    const viewer = running.watch({ cameraId: 'one', profile: 'main', format: 'mpeg1' })
    await viewer.until(() => viewer.media.length > 10)
    expect(viewer.media[0]?.[0]).toBe(0x47)
  })
})
