import { recordingMessageSchema, type RecordingMessage, type RecordingRequest } from '../../shared/protocol/media-recording.ts'
import { asksAnew, chasingRate, clipStep, isOtherInstant, type WallSpan } from './recorded-plan.ts'

/** The clock that a clip follows: an instant of the log, and how it runs. */
export interface ClipClock {
  readonly atMs: number
  readonly speed: number
  readonly playing: boolean
}

export type ClipPhase = 'loading' | 'shown' | 'gap' | 'lost' | 'unsupported'

export interface ClipState {
  readonly phase: ClipPhase
  /** How far the picture is behind the clock, milliseconds; null when none is shown. */
  readonly offsetMs: number | null
}

const TICK_MS = 100
/** What is asked for beyond the clock, in seconds of ours. */
const AHEAD_SECONDS = 6
/** Faster than this, or backwards, a picture is set at each tick instead of played: no decoder keeps up. */
const FASTEST_PLAYED = 4
/** A picture this far off is set, not chased. */
const JUMP_SECONDS = 0.6
/** A still that is this near is the right one: a frame at 25 pictures a second. */
const STILL_SECONDS = 0.04
const KEEP_BEHIND_SECONDS = 30
const RETRY_MS = 2_000
/** A wait for pictures of which none came for this long is ended by asking anew: what was not whole when it was asked for may be by now. */
const PATIENCE_MS = 3_000
/** Media time begins this long before the first instant, so that it is never negative. */
const BASE_BEFORE_MS = 7 * 86_400_000

type Item = { readonly offsetSeconds: number } | { readonly type: string } | { readonly bytes: ArrayBuffer }

/**
 * One camera's recording in step with a clock: a video element whose media time is wall-clock time, fed from
 * `/media/at/:camera`. Where nothing was recorded it says so and shows nothing.
 */
export class RecordedClip {
  readonly element: HTMLVideoElement
  readonly #cameraId: string
  readonly #clock: () => ClipClock
  readonly #onState: (state: ClipState) => void
  readonly #baseMs: number
  readonly #timer: ReturnType<typeof setInterval>
  #socket: WebSocket | null = null
  #source: MediaSource | null = null
  #buffer: SourceBuffer | null = null
  #queue: Item[] = []
  #gaps: WallSpan[] = []
  #timescale = 1
  #untilMs = 0
  /** Something came for the instant in the address, or after a seek for the one that was sought. */
  #begun = false
  /** A seek was sent; what comes before its answer belongs to an older place. */
  #seeking = false
  #clearing = false
  #retryAtMs = 0
  /** When pictures were asked for, or the last ones came. */
  #heardAtMs = 0
  #state: ClipState = { phase: 'loading', offsetMs: null }

  constructor(cameraId: string, clock: () => ClipClock, onState: (state: ClipState) => void) {
    this.#cameraId = cameraId
    this.#clock = clock
    this.#onState = onState
    this.#baseMs = clock().atMs - BASE_BEFORE_MS
    this.element = document.createElement('video')
    this.element.className = 'video-picture'
    this.element.muted = true
    this.element.playsInline = true
    this.element.disablePictureInPicture = true
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#connect()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#drop()
  }

  #connect(): void {
    const url = new URL(`/media/at/${encodeURIComponent(this.#cameraId)}`, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.search = new URLSearchParams({ t: String(Math.round(this.#clock().atMs)) }).toString()
    const socket = new WebSocket(url)
    this.#socket = socket
    this.#seeking = false
    this.#begun = false
    this.#heardAtMs = performance.now()
    this.#untilMs = 0
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (this.#socket !== socket) return
      if (data instanceof ArrayBuffer) this.#media(data)
      else this.#message(data)
    })
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return
      this.#drop()
      this.#retryAtMs = performance.now() + RETRY_MS
      this.#tell({ phase: 'lost', offsetMs: null })
    })
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
    this.#source = null
    this.#buffer = null
    this.#queue = []
    this.#gaps = []
    this.element.removeAttribute('src')
    this.element.load()
  }

  #message(data: unknown): void {
    const message = readMessage(data)
    if (message === null) return
    if (this.#seeking && message.type !== 'seeked') return
    switch (message.type) {
      case 'stream':
        this.#timescale = message.timescale
        return this.#open(`video/mp4; codecs="${message.codec}"`)
      case 'group':
        this.#queue.push({ offsetSeconds: (message.wallMs - this.#baseMs) / 1000 - message.decodeTime / this.#timescale })
        return this.#pump()
      case 'gap':
        this.#begun = true
        this.#gaps.push({ fromMs: message.fromMs, toMs: message.toMs })
        return
      case 'seeked':
        this.#seeking = false
        this.#begun = false
        this.#queue = []
        this.#clearing = this.#buffer !== null
        return this.#pump()
      case 'hello':
      case 'end':
    }
  }

  #media(bytes: ArrayBuffer): void {
    if (this.#seeking) return
    this.#begun = true
    this.#heardAtMs = performance.now()
    this.#queue.push({ bytes })
    this.#pump()
  }

  #open(type: string): void {
    if (!MediaSource.isTypeSupported(type)) return this.#tell({ phase: 'unsupported', offsetMs: null })
    if (this.#source !== null) {
      this.#queue.push({ type })
      return this.#pump()
    }
    const source = new MediaSource()
    this.#source = source
    source.addEventListener(
      'sourceopen',
      () => {
        URL.revokeObjectURL(this.element.src)
        if (this.#source !== source) return
        this.#buffer = source.addSourceBuffer(type)
        this.#buffer.addEventListener('updateend', () => this.#pump())
        this.#pump()
      },
      { once: true },
    )
    this.element.src = URL.createObjectURL(source)
  }

  /** Gives the source buffer what waits, one thing at a time, in order. */
  #pump(): void {
    const buffer = this.#buffer
    if (buffer === null || buffer.updating || this.#source?.readyState !== 'open') return
    if (this.#clearing) {
      this.#clearing = false
      if (buffer.buffered.length > 0) return buffer.remove(0, Infinity)
    }
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) {
      if ('offsetSeconds' in item) buffer.timestampOffset = item.offsetSeconds
      else if ('type' in item) buffer.changeType(item.type)
      else {
        try {
          return buffer.appendBuffer(item.bytes)
        } catch {
          // Its quota is full or the element is in error: both are cured by beginning again.
          return this.#begin()
        }
      }
    }
  }

  #begin(): void {
    this.#drop()
    this.#connect()
  }

  #tick(): void {
    if (this.#socket === null) {
      if (performance.now() >= this.#retryAtMs) this.#connect()
      return
    }
    if (this.element.error !== null) return this.#begin()
    const clock = this.#clock()
    this.#askFor(clock)
    const { buffered } = this.element
    const held = Array.from({ length: buffered.length }, (_, index) => ({
      fromMs: this.#wallOf(buffered.start(index)),
      toMs: this.#wallOf(buffered.end(index)),
    }))
    const isLate = performance.now() - this.#heardAtMs > PATIENCE_MS
    if (this.#seeking) return isLate ? this.#begin() : this.#tell({ phase: 'loading', offsetMs: null })
    switch (clipStep(clock.atMs, held, this.#gaps).kind) {
      case 'show':
        this.#follow(clock)
        return
      case 'gap':
        this.element.pause()
        return this.#tell({ phase: 'gap', offsetMs: null })
      case 'wait':
        if (asksAnew('wait', this.#begun, this.#isFilling, isLate)) this.#seek(clock)
        return this.#tell({ phase: 'loading', offsetMs: null })
      case 'seek':
        if (asksAnew('seek', this.#begun, this.#isFilling, isLate)) this.#seek(clock)
        return this.#tell({ phase: 'loading', offsetMs: null })
    }
  }

  get #isFilling(): boolean {
    return this.#queue.length > 0 || this.#buffer?.updating === true
  }

  #wallOf(mediaSeconds: number): number {
    return this.#baseMs + mediaSeconds * 1000
  }

  #askFor({ atMs, speed, playing }: ClipClock): void {
    const untilMs = Math.round(atMs + AHEAD_SECONDS * 1000 * (playing ? Math.max(1, speed) : 1))
    // Not for every tick: half of it may be used up before more is asked for.
    if (untilMs < this.#untilMs + (AHEAD_SECONDS * 1000) / 2) return
    if (!this.#send({ type: 'until', wallMs: untilMs })) return
    this.#untilMs = untilMs
    // "Nor later, so far" is no knowledge of what was recorded since.
    this.#gaps = this.#gaps.filter(({ toMs }) => toMs !== null)
  }

  #seek({ atMs, speed, playing }: ClipClock): void {
    // Backwards, what comes next lies before: begin early, so that several ticks find their pictures.
    const backMs = playing && speed < 0 ? AHEAD_SECONDS * 1000 : 0
    if (!this.#send({ type: 'seek', t: Math.max(0, Math.round(atMs - backMs)) })) return
    this.#seeking = true
    this.#heardAtMs = performance.now()
    this.#gaps = []
    this.#untilMs = 0
    this.#askFor({ atMs, speed, playing })
  }

  #send(request: RecordingRequest): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(request))
    return true
  }

  #follow({ atMs, speed, playing }: ClipClock): void {
    const { element } = this
    const target = (atMs - this.#baseMs) / 1000
    const behind = target - element.currentTime
    const isPlayed = playing && speed > 0 && speed <= FASTEST_PLAYED
    if (isPlayed && Math.abs(behind) < JUMP_SECONDS) {
      element.playbackRate = chasingRate(speed, behind)
      if (element.paused) {
        element.play().catch(() => {
          // Muted pictures may play without a gesture; where not, the next tick sets the picture.
        })
      }
    } else {
      if (!isPlayed) element.pause()
      if (Math.abs(behind) > STILL_SECONDS && !element.seeking) element.currentTime = target
    }
    this.#trim(target)
    this.#tell(
      isOtherInstant(behind, JUMP_SECONDS, playing && !isPlayed ? speed : 0)
        ? { phase: 'loading', offsetMs: null }
        : { phase: 'shown', offsetMs: Math.round(behind * 1000) },
    )
  }

  #trim(target: number): void {
    const buffer = this.#buffer
    if (buffer === null || buffer.updating || buffer.buffered.length === 0) return
    if (target - buffer.buffered.start(0) > 2 * KEEP_BEHIND_SECONDS) buffer.remove(0, target - KEEP_BEHIND_SECONDS)
  }

  #tell(state: ClipState): void {
    if (state.phase === this.#state.phase && state.offsetMs === this.#state.offsetMs) return
    this.#state = state
    this.#onState(state)
  }
}

function readMessage(data: unknown): RecordingMessage | null {
  if (typeof data !== 'string') return null
  let body: unknown
  try {
    body = JSON.parse(data)
  } catch {
    // Not JSON: not from our server; nothing can be made of it.
    return null
  }
  const parsed = recordingMessageSchema.safeParse(body)
  return parsed.success ? parsed.data : null
}
