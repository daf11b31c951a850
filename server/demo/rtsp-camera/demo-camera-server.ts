import { makeBackground, makeDigits } from './background.ts'
import { CameraStream } from './camera-stream.ts'
import { serveRtsp, type RunningRtspServer } from './rtsp-server.ts'
import { MAIN_SIZE, movingRows, MovingScene, SUB_SIZE } from './scene.ts'

export interface DemoCameraServerOptions {
  readonly ffmpegPath: string
  readonly cameras: readonly { readonly id: string; readonly name: string }[]
  readonly credentials: { readonly username: string; readonly password: string } | null
  readonly port: number
  /** Puts the instant into the pictures for machines too, for measuring; off when left out. */
  readonly hasTimecode?: boolean
  readonly now: () => number
}

/** Draws every camera's still picture, which takes a few seconds, and serves `/<id>/main` and `/<id>/sub` on loopback. */
export async function startDemoCameras(options: DemoCameraServerOptions): Promise<RunningRtspServer> {
  const { ffmpegPath, cameras, credentials, port, now, hasTimecode = false } = options
  const streams = new Map<string, CameraStream>()
  // Main and sub side by side, so that two cores are used and not more.
  await Promise.all(
    (
      [
        ['main', MAIN_SIZE],
        ['sub', SUB_SIZE],
      ] as const
    ).map(async ([profile, size]) => {
      const digits = await makeDigits(ffmpegPath, size)
      const rows = movingRows(size)
      for (const [seed, { id, name }] of cameras.entries()) {
        const place = { name, seed }
        const { still, coded } = await makeBackground(ffmpegPath, place, size)
        streams.set(
          `/${id}/${profile}`,
          new CameraStream(new MovingScene(place, size, still, digits, hasTimecode), coded, rows, now),
        )
      }
    }),
  )
  return await serveRtsp({ streams, credentials, port })
}
