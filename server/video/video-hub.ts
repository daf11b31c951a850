import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CHILD_ENVIRONMENT } from '../config/child-environment.ts'
import type { MediaFormat, MediaProfile } from '../../shared/protocol/media.ts'
import type { PullWay } from './camera-pull.ts'
import type { CameraReport, CameraSource } from './camera-report.ts'
import type { RecordingEvent } from './recording-events.ts'
import { hubEventSchema, type HubCommand, type SnapshotResult } from './hub-protocol.ts'

export interface VideoHubOptions {
  /** From `findFfmpeg`; null leaves every camera that needs it offline with the reason `ffmpeg_missing`. */
  readonly ffmpegPath: string | null
  /** Left out: `native`. */
  readonly pull?: PullWay
  /** As for `parseNetworks` and `parsePorts`. */
  readonly networks: string
  readonly ports: string
  /** Where the media socket is made, if its path fits. */
  readonly dataDir: string
  /** Folder of the recordings; left out or null: nothing is recorded. */
  readonly recordingsDir?: string | null
  readonly now: () => number
  /** Lines about pulls, without credentials. */
  readonly log: (line: string) => void
}

export interface MediaTarget {
  readonly cameraId: string
  readonly profile: MediaProfile
  readonly format: MediaFormat
  /** Whether the viewer plays H.265; left out: it does not. */
  readonly hevc?: boolean
}

/** One viewer's connection. Closing it says the code to the viewer and cuts what does not answer within half a second. */
export interface MediaHandle {
  close(code: number, reason: string): void
  /** Runs once when the connection is over, whoever ended it. */
  onClose(listener: () => void): void
}

/** The cameras as the server sees them; the work is done by a process of its own, which is started again when it dies. */
export interface VideoHub {
  /** Resolves when the video process listens. */
  start(): Promise<void>
  /** Ends the video process and every viewer; resolves when it is gone. */
  stop(): Promise<void>
  /** Adds a camera, or begins it again with new facts. Works before `start` and while the process is away. */
  define(camera: CameraSource): void
  /** Forgets a camera and closes its viewers. */
  remove(cameraId: string): void
  /** A changed state at once, otherwise one sample a minute and camera. Returns how to stop listening. */
  onReport(listener: (report: CameraReport) => void): () => void
  /** What the recorders did, for the index. Returns how to stop listening. */
  onRecording(listener: (event: RecordingEvent) => void): () => void
  /** Keeps what a camera that is recorded on alarm saw between two instants: at most 30 s back, Unix milliseconds. */
  record(cameraId: string, fromMs: number, untilMs: number): void
  /** Hands an authorised upgrade over to the video process. */
  openMedia(request: IncomingMessage, socket: Duplex, head: Buffer, target: MediaTarget): MediaHandle
  /** The newest key frame as JPEG. */
  snapshot(cameraId: string): Promise<SnapshotResult>
}

/** Longest path of a Unix socket on Linux, less one for its end; macOS has 103. */
const MAX_SOCKET_PATH = 100
const RESTART_FIRST_MS = 250
/** Cameras must be back within ten seconds, so the process that holds them is not kept waiting for long. */
const RESTART_CAP_MS = 2_000
/** A process that lived this long was well: the next restart is quick again. */
const HEALTHY_MS = 30_000
const STOP_LIMIT_MS = 3_000
const CLOSE_LIMIT_MS = 500
const SNAPSHOT_LIMIT_MS = 8_000
/** Headers that the video process needs; cookies and tokens stay here. */
const FORWARDED_HEADERS = ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version']

export function createVideoHub(options: VideoHubOptions): VideoHub {
  return new ForkedVideoHub(options)
}

class ForkedVideoHub implements VideoHub {
  readonly #options: VideoHubOptions
  readonly #cameras = new Map<string, CameraSource>()
  readonly #listeners = new Set<(report: CameraReport) => void>()
  readonly #recordingListeners = new Set<(event: RecordingEvent) => void>()
  readonly #snapshots = new Map<number, (result: SnapshotResult) => void>()
  #child: ChildProcess | null = null
  #socketPath: string | null = null
  #startedAtMs = 0
  #failures = 0
  #requestId = 0
  #isWanted = false
  #restart: NodeJS.Timeout | null = null
  #whenReady: (() => void)[] = []

  constructor(options: VideoHubOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#isWanted = true
    const ready = new Promise<void>((resolve) => this.#whenReady.push(resolve))
    this.#fork()
    await ready
  }

  async stop(): Promise<void> {
    this.#isWanted = false
    if (this.#restart !== null) clearTimeout(this.#restart)
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    // Its last words come before the channel closes, which may be after the exit.
    const exited = Promise.all([once(child, 'exit'), child.connected ? once(child, 'disconnect') : null])
    this.#send({ type: 'stop' })
    await exited
    clearTimeout(limit)
  }

  define(camera: CameraSource): void {
    this.#cameras.set(camera.id, camera)
    this.#send({ type: 'define', camera })
  }

  remove(cameraId: string): void {
    this.#cameras.delete(cameraId)
    this.#send({ type: 'remove', cameraId })
  }

  onReport(listener: (report: CameraReport) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onRecording(listener: (event: RecordingEvent) => void): () => void {
    this.#recordingListeners.add(listener)
    return () => this.#recordingListeners.delete(listener)
  }

  record(cameraId: string, fromMs: number, untilMs: number): void {
    this.#send({ type: 'record', cameraId, fromMs, untilMs })
  }

  snapshot(cameraId: string): Promise<SnapshotResult> {
    if (!this.#cameras.has(cameraId)) return Promise.resolve({ ok: false, code: 'unknown_camera' })
    if (this.#socketPath === null) return Promise.resolve({ ok: false, code: 'hub_down' })
    const requestId = this.#requestId++
    return new Promise((resolve) => {
      const limit = setTimeout(() => settle({ ok: false, code: 'hub_down' }), SNAPSHOT_LIMIT_MS)
      const settle = (result: SnapshotResult): void => {
        clearTimeout(limit)
        this.#snapshots.delete(requestId)
        resolve(result)
      }
      this.#snapshots.set(requestId, settle)
      this.#send({ type: 'snapshot', requestId, cameraId })
    })
  }

  openMedia(request: IncomingMessage, socket: Duplex, head: Buffer, target: MediaTarget): MediaHandle {
    const handle = randomUUID()
    const ended = (): void => {
      socket.destroy()
    }
    socket.on('error', ended)
    if (this.#socketPath === null) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return { close: ended, onClose: (listener) => socket.once('close', listener) }
    }
    const upstream = connect(this.#socketPath)
    upstream.on('error', ended)
    upstream.on('close', ended)
    socket.on('close', () => upstream.destroy())
    upstream.write(requestHead(request, target, handle))
    if (head.length > 0) upstream.write(head)
    upstream.pipe(socket)
    socket.pipe(upstream)
    return {
      close: (code, reason) => {
        this.#send({ type: 'close', handle, code, reason })
        const limit = setTimeout(ended, CLOSE_LIMIT_MS)
        socket.once('close', () => clearTimeout(limit))
      },
      onClose: (listener) => socket.once('close', listener),
    }
  }

  #fork(): void {
    const socketPath = mediaSocketPath(this.#options.dataDir)
    const child = fork(fileURLToPath(new URL('hub-main.ts', import.meta.url)), [], {
      env: CHILD_ENVIRONMENT,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#startedAtMs = this.#options.now()
    child.on('message', (message) => this.#heard(message, socketPath))
    child.on('error', () => child.kill('SIGKILL'))
    child.once('exit', () => this.#exited(socketPath))
    const { ffmpegPath, pull = 'native', networks, ports, recordingsDir = null } = this.#options
    this.#send({ type: 'configure', socketPath, ffmpegPath, pull, networks, ports, recordingsDir })
    for (const camera of this.#cameras.values()) this.#send({ type: 'define', camera })
  }

  #send(command: HubCommand): void {
    if (this.#child?.connected === true) this.#child.send(command)
  }

  #heard(message: unknown, socketPath: string): void {
    const parsed = hubEventSchema.safeParse(message)
    if (!parsed.success) {
      this.#options.log('the video process said something of the wrong shape')
      return
    }
    const event = parsed.data
    switch (event.type) {
      case 'ready':
        this.#socketPath = socketPath
        for (const resolve of this.#whenReady.splice(0)) resolve()
        return
      case 'report':
        if (this.#cameras.has(event.report.cameraId)) this.#publish(event.report)
        return
      case 'snapshot':
        this.#snapshots.get(event.requestId)?.(event.result)
        return
      case 'recording':
        for (const listener of this.#recordingListeners) listener(event.event)
        return
      case 'log':
        this.#options.log(event.line)
    }
  }

  #exited(socketPath: string): void {
    this.#socketPath = null
    this.#child = null
    rmSync(socketPath, { force: true })
    for (const settle of this.#snapshots.values()) settle({ ok: false, code: 'hub_down' })
    if (!this.#isWanted) return
    const now = this.#options.now()
    this.#failures = now - this.#startedAtMs > HEALTHY_MS ? 0 : this.#failures + 1
    const waitMs = Math.min(RESTART_CAP_MS, RESTART_FIRST_MS * 2 ** this.#failures)
    this.#options.log(`the video process ended; next start in ${waitMs} ms`)
    for (const { id, enabled } of this.#cameras.values()) {
      if (enabled) this.#publish(hubDown(id, now))
    }
    this.#restart = setTimeout(() => this.#fork(), waitMs)
  }

  #publish(report: CameraReport): void {
    for (const listener of this.#listeners) listener(report)
  }
}

function hubDown(cameraId: string, now: number): CameraReport {
  return { cameraId, state: 'offline', reason: 'hub_down', sinceMs: now, observedAtMs: now, fps: null, bitrateKbps: null }
}

/** A new name each time, so that a dying process can never take the socket of its successor away. */
function mediaSocketPath(dataDir: string): string {
  const name = `media-${randomUUID().slice(0, 8)}.sock`
  const inData = join(dataDir, name)
  return Buffer.byteLength(inData) <= MAX_SOCKET_PATH ? inData : join(tmpdir(), `lookout-${name}`)
}

function requestHead(request: IncomingMessage, target: MediaTarget, handle: string): string {
  const query = new URLSearchParams({
    camera: target.cameraId,
    profile: target.profile,
    format: target.format,
    hevc: target.hevc === true ? '1' : '0',
    handle,
  })
  const headers = FORWARDED_HEADERS.flatMap((name) => {
    const value = request.headers[name]
    return typeof value === 'string' ? [`${name}: ${value}`] : []
  })
  return [`GET /live?${query} HTTP/1.1`, 'host: hub', ...headers, '', ''].join('\r\n')
}
