import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { mediaMessageSchema, type MediaMessage } from '../../shared/protocol/media.ts'
import { DEFAULT_CAMERA_NETWORKS, DEFAULT_CAMERA_PORTS } from '../../server/video/camera-address.ts'
import { PULL_WAYS, type PullWay } from '../../server/video/camera-pull.ts'
import type { CameraReport } from '../../server/video/camera-report.ts'
import { findFfmpeg } from '../../server/video/ffmpeg-command.ts'
import { createVideoHub, type MediaHandle, type MediaTarget, type VideoHub } from '../../server/video/video-hub.ts'

export const FFMPEG_PATH: string | null = findFfmpeg(process.env['FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '')

/** A real video process behind an HTTP server of its own, and everything that it said. */
export interface RunningHub {
  readonly hub: VideoHub
  readonly dataDir: string
  readonly port: number
  readonly reports: CameraReport[]
  readonly logLines: string[]
  readonly handles: MediaHandle[]
  /** Resolves with the first report from now on, or the last one, of which `accepts` is true. */
  until(cameraId: string, accepts: (report: CameraReport) => boolean): Promise<CameraReport>
  watch(target: MediaTarget): MediaViewer
  stop(): Promise<void>
}

/**
 * @param records whether recordings are kept, under `recordings` of its data folder
 * @param pull how cameras are pulled, unless `CAMERA_PULL` says otherwise for the whole run of tests
 */
export async function startHub({
  records = false,
  pull = 'native',
}: { records?: boolean; pull?: PullWay } = {}): Promise<RunningHub> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lookout-video-'))
  const reports: CameraReport[] = []
  const logLines: string[] = []
  const handles: MediaHandle[] = []
  const hub = createVideoHub({
    ffmpegPath: FFMPEG_PATH,
    pull: PULL_WAYS.find((way) => way === process.env['CAMERA_PULL']) ?? pull,
    networks: DEFAULT_CAMERA_NETWORKS,
    ports: DEFAULT_CAMERA_PORTS,
    dataDir,
    recordingsDir: records ? join(dataDir, 'recordings') : null,
    now: Date.now,
    log: (line) => logLines.push(line),
  })
  hub.onReport((report) => reports.push(report))
  const server: Server = createServer()
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://test')
    const [, cameraId = '', profile = 'main', format = 'fmp4', hevc] = url.pathname.split('/')
    handles.push(hub.openMedia(request, socket, head, { cameraId, profile, format, hevc: hevc === 'hevc' } as MediaTarget))
  })
  server.listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), hub.start()])
  const { port } = server.address() as AddressInfo
  const viewers: MediaViewer[] = []
  return {
    hub,
    dataDir,
    port,
    reports,
    logLines,
    handles,
    until(cameraId, accepts) {
      const last = reports.findLast((report) => report.cameraId === cameraId)
      if (last !== undefined && accepts(last)) return Promise.resolve(last)
      return new Promise((resolve) => {
        const stop = hub.onReport((report) => {
          if (report.cameraId !== cameraId || !accepts(report)) return
          stop()
          resolve(report)
        })
      })
    },
    watch({ cameraId, profile, format, hevc = false }) {
      const viewer = new MediaViewer(`ws://127.0.0.1:${port}/${cameraId}/${profile}/${format}${hevc ? '/hevc' : ''}`)
      viewers.push(viewer)
      return viewer
    },
    async stop() {
      for (const viewer of viewers) viewer.socket.terminate()
      await hub.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await rm(dataDir, { recursive: true })
    },
  }
}

/** A foreign viewer: keeps what it was sent. */
export class MediaViewer {
  readonly socket: WebSocket
  readonly messages: MediaMessage[] = []
  readonly media: Buffer[] = []
  readonly #waiting = new Set<() => void>()
  closed: { code: number; reason: string } | null = null

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false })
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.media.push(data)
      else this.messages.push(mediaMessageSchema.parse(JSON.parse(data.toString('utf8'))))
      this.#changed()
    })
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') }
      this.#changed()
    })
    this.socket.on('error', () => this.#changed())
  }

  /** Resolves when `holds`, looked at after each message and at the close. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #changed(): void {
    for (const look of this.#waiting) look()
  }
}
