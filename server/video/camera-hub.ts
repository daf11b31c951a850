import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import { ID_PATTERN } from '../../shared/domain/field.ts'
import { MEDIA_CLOSE, MEDIA_PROTOCOL, mediaQuerySchema } from '../../shared/protocol/media.ts'
import { CameraEntry, type RecordingPlace } from './camera-entry.ts'
import type { PullContext } from './camera-pull.ts'
import type { CameraReport, CameraSource } from './camera-report.ts'
import type { SnapshotResult } from './hub-protocol.ts'
import { StartGate } from './start-gate.ts'
import { ViewerFeed } from './viewer-feed.ts'
import { Viewer } from './viewer.ts'

const targetSchema = mediaQuerySchema.extend({ camera: z.string().regex(ID_PATTERN), handle: z.uuid() })
type Target = z.infer<typeof targetSchema>

/** Stills are decoded two at a time: the machine has the wall's streams to carry too. */
const DECODERS = 2
/** A viewer says a ping a second and nothing else. */
const MAX_VIEWER_MESSAGE_BYTES = 256
const HEARTBEAT_MS = 15_000

interface Connection {
  readonly socket: WebSocket
  readonly viewer: Viewer
  readonly target: Target
  leave: () => void
  isAlive: boolean
}

/** All cameras and their viewers. Knows nothing of sessions: whoever reaches its socket was let in by the server. */
export class CameraHub {
  readonly #context: PullContext
  readonly #onReport: (report: CameraReport) => void
  readonly #recordings: RecordingPlace
  readonly #cameras = new Map<string, CameraEntry>()
  readonly #decoders = new StartGate(DECODERS)
  readonly #connections = new Map<string, Connection>()
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_VIEWER_MESSAGE_BYTES })
  readonly #heartbeat: NodeJS.Timeout
  readonly #ending = new Set<Promise<void>>()

  constructor(context: PullContext, onReport: (report: CameraReport) => void, recordings: RecordingPlace) {
    this.#context = context
    this.#onReport = onReport
    this.#recordings = recordings
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** Begins or begins again; viewers stay and get the new stream. */
  define(source: CameraSource): void {
    this.#drop(source.id)
    const report = (each: CameraReport): void => {
      this.#onReport(each)
      this.#tell(each)
    }
    this.#cameras.set(source.id, new CameraEntry(source, this.#context, this.#decoders, report, this.#recordings))
    for (const connection of this.#of(source.id)) this.#attach(connection)
  }

  remove(cameraId: string): void {
    this.#drop(cameraId)
    for (const { socket } of this.#of(cameraId)) socket.close(MEDIA_CLOSE.unknownCamera, 'unknown_camera')
  }

  /** Keeps a camera's picture between two instants, if it is recorded on alarm. */
  record(cameraId: string, fromMs: number, untilMs: number): void {
    this.#cameras.get(cameraId)?.record(fromMs, untilMs)
  }

  close(handle: string, code: number, reason: string): void {
    this.#connections.get(handle)?.socket.close(code, reason)
  }

  async snapshot(cameraId: string): Promise<SnapshotResult> {
    return (await this.#cameras.get(cameraId)?.snapshot()) ?? { ok: false, code: 'unknown_camera' }
  }

  /** Takes an upgrade of `/live?camera&profile&format&handle`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://hub')
    const target = targetSchema.safeParse(Object.fromEntries(url.searchParams))
    if (url.pathname !== '/live' || !target.success) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted, target.data))
  }

  /** Closes every viewer and camera; resolves when what was recorded is in its files. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat)
    for (const { socket } of this.#connections.values()) socket.close(MEDIA_CLOSE.restarting, 'restarting')
    for (const id of this.#cameras.keys()) this.#drop(id)
    await Promise.all(this.#ending)
  }

  #drop(cameraId: string): void {
    const ending = this.#cameras.get(cameraId)?.stop()
    this.#cameras.delete(cameraId)
    if (ending === undefined) return
    this.#ending.add(ending)
    void ending.then(() => this.#ending.delete(ending))
  }

  #accept(socket: WebSocket, target: Target): void {
    const connection: Connection = {
      socket,
      target,
      viewer: new Viewer(socket, this.#context.now),
      leave: noLeave,
      isAlive: true,
    }
    this.#connections.set(target.handle, connection)
    socket.on('pong', () => (connection.isAlive = true))
    // A broken frame or a reset: `close` follows and is where the viewer is let go.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      connection.leave()
      this.#connections.delete(target.handle)
    })
    const entry = this.#cameras.get(target.camera)
    if (entry === undefined) {
      socket.close(MEDIA_CLOSE.unknownCamera, 'unknown_camera')
      return
    }
    const { camera, format } = target
    connection.viewer.say({ type: 'hello', protocol: MEDIA_PROTOCOL, camera, profile: entry.served(target.profile), format })
    connection.viewer.say({ type: 'state', ...entry.health, atMs: this.#context.now() })
    this.#attach(connection)
  }

  #attach(connection: Connection): void {
    connection.leave()
    connection.leave = noLeave
    const { target, viewer } = connection
    const entry = this.#cameras.get(target.camera)
    if (entry === undefined) return
    if (target.format === 'fmp4') {
      const feed = new ViewerFeed(entry, target.profile, target.hevc, viewer)
      connection.leave = () => feed.stop()
      return
    }
    const taken = entry.takeMpeg1(target.profile)
    if (taken === null) return
    viewer.say({
      type: 'stream',
      mode: 'mpeg1',
      profile: entry.served(target.profile),
      codec: 'mpeg1video',
      widthPx: 0,
      heightPx: 0,
      timescale: 90_000,
    })
    const unsubscribe = taken.encoder.subscribe((bytes) => viewer.mpeg1(bytes))
    connection.leave = () => {
      unsubscribe()
      taken.release()
    }
  }

  #tell(report: CameraReport): void {
    const { state, reason, sinceMs, observedAtMs } = report
    for (const { viewer } of this.#of(report.cameraId)) viewer.say({ type: 'state', state, reason, sinceMs, atMs: observedAtMs })
  }

  #of(cameraId: string): Connection[] {
    return [...this.#connections.values()].filter(({ target }) => target.camera === cameraId)
  }

  #beat(): void {
    for (const connection of this.#connections.values()) {
      if (!connection.isAlive) connection.socket.terminate()
      connection.isAlive = false
      if (connection.socket.readyState === connection.socket.OPEN) connection.socket.ping()
    }
  }
}

function noLeave(): void {}
