import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { backOffMs } from './back-off.ts'
import { parseCameraUrl, resolveCamera, type CameraReach, type CameraUrl, type ResolveName } from './camera-address.ts'
import type { CameraReason } from './camera-report.ts'
import { PULL_ARGUMENTS, pullScript } from './ffmpeg-command.ts'
import { Fmp4Splitter, type Piece } from './fmp4-splitter.ts'
import { pullNatively } from './native-pull.ts'
import { PullWatch } from './pull-watch.ts'
import { redactUrls } from './redact.ts'
import { dialCamera, openRelay, type RelayTarget, type RtspRelay } from './rtsp-relay.ts'
import type { VideoCodec } from './rtsp-tap.ts'
import type { StartGate } from './start-gate.ts'

/** How cameras are pulled: by this process where it can (H.264), or always by ffmpeg. */
export const PULL_WAYS = ['native', 'ffmpeg'] as const
export type PullWay = (typeof PULL_WAYS)[number]

/** What every pull of a hub shares. */
export interface PullContext {
  readonly pull: PullWay
  /** Null when the machine has no ffmpeg. */
  readonly ffmpegPath: string | null
  readonly reach: CameraReach
  readonly resolve: ResolveName
  readonly gate: StartGate
  /** For cameras that were silent the last time: black holes wait for each other and for nobody else. */
  readonly suspects: StartGate
  readonly accepts: readonly VideoCodec[]
  /** How many cameras are encoded anew now. */
  readonly transcodes: { count: number }
  readonly now: () => number
  readonly random: () => number
  /** A line for the log about a pull; credentials are already out of it. */
  readonly log: (line: string) => void
}

export interface PullListener {
  /** A piece of the stream. The first of each run is its init segment. */
  piece(piece: Piece): void
  /** The run ended or could not begin; another attempt follows by itself. */
  lost(reason: CameraReason): void
}

/** A start holds its place in the gate no longer than this, so that one black hole delays no other camera. */
const GATE_HOLD_MS = 1_500
/** Most of ffmpeg's complaints that are kept for the log. */
const MAX_COMPLAINT = 500

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>

/** Keeps one profile of one camera flowing: resolves, checks, dials, copies, watches and begins again until stopped. */
export class CameraPull {
  readonly #url: string
  readonly #context: PullContext
  readonly #listener: PullListener
  readonly #label: string
  readonly #stop = new AbortController()
  #lostAtMs: number | null = null
  #failures = 0
  #wasSilent = false
  #way: PullWay
  /** Whether the present run of ffmpeg brought a picture. */
  #hasFlowed = false

  /** `label` names the pull in the log. Begins at once. */
  constructor(label: string, url: string, context: PullContext, listener: PullListener) {
    this.#label = label
    this.#url = url
    this.#context = context
    this.#listener = listener
    this.#way = context.pull
    void this.#run()
  }

  /** Ends the pull and its ffmpeg at once; the listener hears nothing more. */
  stop(): void {
    this.#stop.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const reason = await this.#attempt()
      this.#wasSilent = reason === 'timed_out'
      if (signal.aborted) return
      const now = this.#context.now()
      this.#lostAtMs ??= now
      const waitMs = backOffMs(this.#failures, now - this.#lostAtMs, reason, this.#context.random())
      this.#failures += 1
      this.#listener.lost(reason)
      await delay(waitMs, signal)
    }
  }

  /** One attempt from address to end of stream; resolves with why it ended. */
  async #attempt(): Promise<CameraReason> {
    const { reach, resolve, accepts } = this.#context
    if (this.#way === 'ffmpeg' && this.#context.ffmpegPath === null) return 'ffmpeg_missing'
    const parsed = parseCameraUrl(this.#url)
    if (!parsed.ok) return 'address_refused'
    const resolved = await resolveCamera(parsed.url, reach, resolve)
    if (!resolved.ok) return resolved.code === 'unresolved' ? 'no_route' : 'address_refused'
    const hasCredentials = parsed.url.username !== ''
    const target: RelayTarget = {
      address: resolved.address,
      port: resolved.port,
      secure: parsed.url.secure,
      hasCredentials,
      accepts,
    }
    if (this.#way === 'native') {
      const reason = await this.#native(target, parsed.url)
      if (reason !== 'needs_ffmpeg') return reason
      this.#way = 'ffmpeg'
    }
    this.#hasFlowed = false
    const reason = await this.#ffmpeg(target, parsed.url)
    // What ffmpeg did not get either may have been the camera's bad moment.
    if (!this.#hasFlowed) this.#way = this.#context.pull
    return reason
  }

  async #native(target: RelayTarget, url: CameraUrl): Promise<CameraReason | 'needs_ffmpeg'> {
    const dialled = await dialCamera(target, this.#stop.signal)
    if (!dialled.ok) return dialled.code
    const { socket } = dialled
    const { now, ffmpegPath, pull } = this.#context
    return await this.#inTurn(
      () => socket.destroy(),
      async (started) => {
        const deliver = (piece: Piece): void => this.#deliver(piece, started)
        const { reason, why, needsFfmpeg } = await pullNatively({ socket, target, url, now, signal: this.#stop.signal, deliver })
        if (needsFfmpeg && ffmpegPath !== null && pull === 'native') return 'needs_ffmpeg'
        this.#note(reason, why)
        return needsFfmpeg ? 'ffmpeg_missing' : reason
      },
    )
  }

  async #ffmpeg(target: RelayTarget, url: CameraUrl): Promise<CameraReason> {
    const { ffmpegPath } = this.#context
    if (ffmpegPath === null) return 'ffmpeg_missing'
    const dialled = await dialCamera(target, this.#stop.signal)
    if (!dialled.ok) return dialled.code
    const relay = await openRelay(dialled.socket, target, this.#context.now)
    return await this.#inTurn(
      () => relay.close(),
      (started) => this.#copy(ffmpegPath, relay, url, started),
    )
  }

  /** Runs when it is this pull's turn to start; `work` is told how to let the next one in before it ends. `close` runs in any case. */
  async #inTurn<T>(close: () => void, work: (started: () => void) => Promise<T>): Promise<T | 'lost'> {
    let hold: NodeJS.Timeout | undefined
    let release: () => void = () => undefined
    try {
      const { gate, suspects } = this.#context
      release = await (this.#wasSilent ? suspects : gate).enter(this.#stop.signal)
      hold = setTimeout(release, GATE_HOLD_MS)
      return await work(release)
    } catch (error) {
      // Stopped while it waited for its turn.
      if (this.#stop.signal.aborted) return 'lost'
      throw error
    } finally {
      clearTimeout(hold)
      release()
      close()
    }
  }

  #deliver(piece: Piece, started: () => void): void {
    if (this.#stop.signal.aborted) return
    if (piece.kind === 'fragment') {
      this.#lostAtMs = null
      this.#failures = 0
      this.#hasFlowed = true
      started()
    }
    this.#listener.piece(piece)
  }

  #note(reason: CameraReason, why: string): void {
    if (!this.#stop.signal.aborted) this.#context.log(`${this.#label}: ${reason} ${redactUrls(why)}`.trim())
  }

  #copy(ffmpegPath: string, relay: RtspRelay, url: CameraUrl, started: () => void): Promise<CameraReason> {
    // An empty environment: nothing that the server knows is in a child that talks to the outside.
    const ffmpeg: Ffmpeg = spawn(ffmpegPath, PULL_ARGUMENTS, { env: {}, stdio: ['pipe', 'pipe', 'pipe'] })
    const watch = new PullWatch({
      now: this.#context.now,
      silentMs: () => relay.silentMs(),
      // 7.0 was seen to ignore SIGTERM, and a fragmented file survives the kill.
      kill: () => ffmpeg.kill('SIGKILL'),
      deliver: (piece) => this.#deliver(piece, started),
    })
    const splitter = new Fmp4Splitter((piece) => watch.piece(piece))
    const onStop = (): void => watch.end('switched_off')
    this.#stop.signal.addEventListener('abort', onStop, { once: true })
    ffmpeg.stdout.on('data', (chunk: Buffer) => {
      if (splitter.push(chunk) !== null) watch.end('not_video')
    })
    const complaint = collect(ffmpeg.stderr)
    ffmpeg.stdin.on('error', () => watch.end('lost'))
    ffmpeg.stdin.end(pullScript(relay.port, url))
    return new Promise((resolve) => {
      let isDone = false
      const done = (fallback: CameraReason): void => {
        if (isDone) return
        isDone = true
        watch.close()
        this.#stop.signal.removeEventListener('abort', onStop)
        const reason = relay.tap.verdict ?? watch.verdict ?? fallback
        this.#note(reason, complaint())
        resolve(reason)
      }
      ffmpeg.once('error', () => done('ffmpeg_missing'))
      ffmpeg.once('close', () => done('lost'))
    })
  }
}

function collect(stream: Readable): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MAX_COMPLAINT) text += chunk.toString('utf8').slice(0, MAX_COMPLAINT)
  })
  return () => text.replaceAll(/\s+/g, ' ').trim()
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
