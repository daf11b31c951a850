import type { MediaFormat, MediaMessage } from '../../shared/protocol/media.ts'
import { MediaLink, mediaUrl } from './media-link.ts'
import type {
  CameraStatus,
  PlayerDiagnostics,
  PlayerKind,
  PlayerOptions,
  PlayerPhase,
  PlayerState,
  VideoPlayer,
} from './player.ts'

export type StreamFacts = Extract<MediaMessage, { type: 'stream' }>

/** Without a new frame for this long, a picture is not live any more and says so. Cameras slower than this are not watched live. */
const FROZEN_MS = 3_000
const TICK_MS = 500
/** Rates are over the last two seconds: what a person sees change. */
const RATE_WINDOW_MS = 2_000

/** Whether this browser says that it plays H.265, as cameras send it most. */
function playsHevc(): boolean {
  return 'MediaSource' in globalThis && MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L120.90"')
}

/** What a kind of player adds to the common part. */
export interface Decoder {
  readonly element: HTMLElement
  /** A stream begins, or begins again with other coding. */
  stream(facts: StreamFacts): void
  media(bytes: ArrayBuffer): void
  /** The link is gone; the next thing is a `stream`. */
  reset(): void
  close(): void
}

/** How a decoder tells what it did. */
export interface DecoderEvents {
  /** A frame is on the screen. `decodeTime` in units of the stream's timescale, null where the format does not tell. */
  shown(decodeTime: number | null): void
  dropped(count: number): void
  unsupported(): void
}

/** Link, phases and figures; the same for every kind of player. */
export class LivePlayer implements VideoPlayer {
  readonly kind: PlayerKind
  readonly #options: PlayerOptions
  readonly #format: MediaFormat
  readonly #decoder: Decoder
  readonly #listeners = new Set<(state: PlayerState) => void>()
  #link: MediaLink | null = null
  #tick: ReturnType<typeof setInterval> | null = null
  #phase: PlayerPhase = 'connecting'
  #camera: CameraStatus | null = null
  #facts: StreamFacts | null = null
  #mark: { decodeTime: number; atMs: number } | null = null
  #shownAtMs: number | null = null
  #shown: number[] = []
  #received: { atMs: number; bytes: number }[] = []
  #delayMs: number | null = null
  #dropped = 0
  #isOver = false

  constructor(kind: PlayerKind, format: MediaFormat, options: PlayerOptions, makeDecoder: (events: DecoderEvents) => Decoder) {
    this.kind = kind
    this.#format = format
    this.#options = options
    this.#decoder = makeDecoder({
      shown: (decodeTime) => this.#onShown(decodeTime),
      dropped: (count) => (this.#dropped += count),
      unsupported: () => this.#end('unsupported'),
    })
  }

  get state(): PlayerState {
    return { phase: this.#phase, camera: this.#camera, diagnostics: this.#diagnostics() }
  }

  attach(host: HTMLElement): void {
    host.append(this.#decoder.element)
  }

  start(): void {
    if (this.#link !== null) return
    const { cameraId, profile } = this.#options
    this.#link = new MediaLink(mediaUrl(cameraId, profile, this.#format, playsHevc()), {
      message: (message) => this.#onMessage(message),
      media: (bytes) => this.#onMedia(bytes),
      lost: () => this.#onLost(),
      ended: () => this.#end('ended'),
    })
    this.#tick = setInterval(() => this.#onTick(), TICK_MS)
  }

  stop(): void {
    this.#disconnect()
    this.#decoder.close()
    this.#decoder.element.remove()
    this.#listeners.clear()
  }

  onState(listener: (state: PlayerState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #onMessage(message: MediaMessage): void {
    switch (message.type) {
      case 'hello':
        this.#set(this.#shownAtMs === null ? 'waiting' : 'frozen')
        return
      case 'state':
        this.#camera = { state: message.state, reason: message.reason, sinceMs: message.sinceMs }
        this.#publish()
        return
      case 'stream':
        this.#facts = message
        this.#mark = null
        this.#decoder.stream(message)
        return
      case 'mark':
        this.#mark = message
        return
      case 'pong':
    }
  }

  #onMedia(bytes: ArrayBuffer): void {
    this.#received.push({ atMs: performance.now(), bytes: bytes.byteLength })
    this.#decoder.media(bytes)
  }

  #onLost(): void {
    this.#decoder.reset()
    this.#set(this.#shownAtMs === null ? 'connecting' : 'frozen')
  }

  #onShown(decodeTime: number | null): void {
    const now = performance.now()
    this.#shownAtMs = now
    this.#shown.push(now)
    const serverNowMs = this.#link?.serverNowMs() ?? null
    if (decodeTime !== null && this.#mark !== null && this.#facts !== null && serverNowMs !== null) {
      const receivedAtMs = this.#mark.atMs + ((decodeTime - this.#mark.decodeTime) / this.#facts.timescale) * 1000
      this.#delayMs = Math.max(0, serverNowMs - receivedAtMs)
    }
    this.#set('playing')
  }

  #onTick(): void {
    const now = performance.now()
    this.#shown = this.#shown.filter((atMs) => now - atMs <= RATE_WINDOW_MS)
    this.#received = this.#received.filter(({ atMs }) => now - atMs <= RATE_WINDOW_MS)
    if (this.#phase === 'playing' && this.#shownAtMs !== null && now - this.#shownAtMs > FROZEN_MS) this.#phase = 'frozen'
    this.#publish()
  }

  /** Final: whoever may not look any more does not keep the last picture either. */
  #end(phase: 'ended' | 'unsupported'): void {
    this.#disconnect()
    this.#decoder.close()
    this.#decoder.element.remove()
    this.#set(phase)
    this.#isOver = true
  }

  #disconnect(): void {
    this.#link?.stop()
    if (this.#tick !== null) clearInterval(this.#tick)
    this.#tick = null
  }

  #set(phase: PlayerPhase): void {
    if (this.#phase === phase || this.#isOver) return
    this.#phase = phase
    this.#publish()
  }

  #publish(): void {
    const { state } = this
    for (const listener of this.#listeners) listener(state)
  }

  #diagnostics(): PlayerDiagnostics {
    const isFlowing = this.#phase === 'playing'
    // Of the window as it is now: what is older waits for the next tick to be forgotten, and must not count twice.
    const sinceMs = performance.now() - RATE_WINDOW_MS
    const bytes = this.#received.reduce((sum, each) => (each.atMs >= sinceMs ? sum + each.bytes : sum), 0)
    const frames = this.#shown.reduce((sum, atMs) => (atMs >= sinceMs ? sum + 1 : sum), 0)
    const perSecond = 1000 / RATE_WINDOW_MS
    return {
      kind: this.kind,
      mode: this.#facts?.mode ?? null,
      profile: this.#facts?.profile ?? null,
      wantedProfile: this.#options.profile,
      codec: this.#facts?.codec ?? null,
      widthPx: this.#facts?.widthPx ?? null,
      heightPx: this.#facts?.heightPx ?? null,
      fps: isFlowing ? frames * perSecond : null,
      bitrateKbps: isFlowing ? Math.round(((bytes * 8) / 1000) * perSecond) : null,
      delayMs: isFlowing && this.#delayMs !== null ? Math.round(this.#delayMs) : null,
      droppedFrames: this.#dropped,
    }
  }
}
