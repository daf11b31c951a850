import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { MediaMessage } from '../../shared/protocol/media.ts'
import { PEER_MISSING, serveFile } from '../support/rtsp-peer.ts'
import { FFMPEG_PATH, startHub, type RunningHub } from '../support/video-hub.ts'

describe.skipIf(PEER_MISSING !== null)(
  `a camera that changes its resolution in mid-stream (${PEER_MISSING ?? 'GStreamer'})`,
  () => {
    let folder: string
    let camera: Awaited<ReturnType<typeof serveFile>>
    let running: RunningHub

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lookout-change-'))
      const clip = (size: string): Buffer =>
        execFileSync(
          FFMPEG_PATH ?? '',
          `-v error -f lavfi -i testsrc2=s=${size}:r=25 -t 3 -c:v libx264 -preset ultrafast -g 25 -bf 0 -pix_fmt yuv420p -f h264 pipe:1`.split(
            ' ',
          ),
          { maxBuffer: 64 * 1024 * 1024 },
        )
      const path = join(folder, 'clip.h264')
      await writeFile(path, Buffer.concat([clip('640x360'), clip('320x180')]))
      camera = await serveFile('h264', path)
      running = await startHub()
    })
    afterAll(async () => {
      await running.stop()
      camera.stop()
      await rm(folder, { recursive: true })
    })

    test('gives its viewers a new init segment of the new size, on the socket that they have', async () => {
      running.hub.define({ id: 'one', url: camera.url, subUrl: null, enabled: true })
      const viewer = running.watch({ cameraId: 'one', profile: 'main', format: 'fmp4' })
      const sizes = (): number[] =>
        viewer.messages.filter((message: MediaMessage) => message.type === 'stream').map(({ widthPx }) => widthPx)
      await viewer.until(() => new Set(sizes()).size === 2)
      const inits = (): number => viewer.media.filter((bytes) => bytes.toString('latin1', 4, 8) === 'ftyp').length
      await viewer.until(() => inits() === sizes().length && viewer.media.at(-1)?.toString('latin1', 4, 8) === 'moof')
      expect(new Set(sizes())).toEqual(new Set([640, 320]))
      expect(viewer.closed).toBeNull()
    })
  },
)
