import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findFfmpeg } from '../../server/video/ffmpeg-command.ts'

const REFERENCE_DIR = process.env['REFERENCE_DIR'] ?? join(import.meta.dirname, '../../../shared')
const SCRIPT = join(REFERENCE_DIR, 'peers/rtsp-cameras.py')
const PYTHON = '/usr/bin/python3'

/** The clips that the foreign cameras show; empty without the reference folder. */
export const CLIPS: readonly string[] = existsSync(join(REFERENCE_DIR, 'data/video'))
  ? readdirSync(join(REFERENCE_DIR, 'data/video')).map((name) => join(REFERENCE_DIR, 'data/video', name))
  : []

function whyNoPeer(): string | null {
  if (!existsSync(SCRIPT) || CLIPS.length === 0) return 'no reference folder: set REFERENCE_DIR'
  if (findFfmpeg(null, process.env['PATH'] ?? '') === null) return 'no ffmpeg'
  try {
    execFileSync(PYTHON, ['-c', 'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer'])
    return null
  } catch {
    return 'no GStreamer RTSP server: apt-get install gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad python3-gi'
  }
}

/** Why the foreign RTSP cameras cannot run here; null when they can. */
export const PEER_MISSING: string | null = whyNoPeer()

export const PEER_USER = 'viewer'
export const PEER_PASSWORD = 'gar-den-61'

/** GStreamer's RTSP server with digest sign-in, on a free port that it keeps over `kill` and `serve`. */
export class RtspPeer {
  readonly port: number
  readonly #cameras: number
  readonly #clips: readonly string[]
  #process: ChildProcess | null = null

  constructor(port: number, cameras: number, clips: readonly string[]) {
    this.port = port
    this.#cameras = cameras
    this.#clips = clips
  }

  static async start(cameras: number, clips: readonly string[] = CLIPS): Promise<RtspPeer> {
    const peer = new RtspPeer(await freePort(), cameras, clips)
    await peer.serve()
    return peer
  }

  url(camera: number, password: string = PEER_PASSWORD): string {
    return `rtsp://${PEER_USER}:${password}@127.0.0.1:${this.port}/cam${camera}`
  }

  async serve(): Promise<void> {
    const options = ['--port', `${this.port}`, '--cameras', `${this.#cameras}`, '--auth', `${PEER_USER}:${PEER_PASSWORD}`]
    const child = spawn(PYTHON, [SCRIPT, ...options, ...this.#clips], { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#process = child
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready')) return
    throw new Error('the RTSP peer ended before it listened')
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
}

/** A camera of GStreamer's that shows one Annex-B file again and again, 25 fps. */
export async function serveFile(codec: 'h264' | 'h265', path: string): Promise<{ readonly url: string; stop(): void }> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'test-camera.py')
  const child = spawn(PYTHON, [script, codec, String(port), path], { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break
  return { url: `rtsp://127.0.0.1:${port}/main`, stop: () => void child.kill('SIGKILL') }
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const closed = once(server, 'close')
  server.close()
  await closed
  return port
}
