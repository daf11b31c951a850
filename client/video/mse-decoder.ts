import { isInit } from './fragment-reader.ts'
import type { Decoder, DecoderEvents, StreamFacts } from './live-player.ts'

/** Seconds of picture kept ahead: two frames at 25 fps. Less stutters, more is delay. */
const TARGET_AHEAD_S = 0.08
/** Above this the player runs a tenth faster, which nobody sees, until it has caught up. */
const CHASE_AHEAD_S = 0.16
const CHASE_RATE = 1.1
/** Above this chasing would take too long, so it jumps. */
const JUMP_AHEAD_S = 1.5
const KEEP_BEHIND_S = 5
const TRIM_BEHIND_S = 15
const CHASE_MS = 100
/** Fragments waiting for a source buffer that does not take them: the decoder is stuck, begin again. */
const MAX_QUEUE = 500

/** MediaSource with a short buffer, kept short by playing slightly faster. */
export class MseDecoder implements Decoder {
  readonly element: HTMLVideoElement
  readonly #events: DecoderEvents
  readonly #chaser: ReturnType<typeof setInterval>
  #facts: StreamFacts | null = null
  #source: MediaSource | null = null
  #buffer: SourceBuffer | null = null
  #queue: ArrayBuffer[] = []
  #init: ArrayBuffer | null = null
  #isClosed = false

  constructor(events: DecoderEvents) {
    this.#events = events
    this.element = document.createElement('video')
    this.element.className = 'video-picture'
    this.element.muted = true
    this.element.playsInline = true
    this.element.disablePictureInPicture = true
    this.#chaser = setInterval(() => this.#chase(), CHASE_MS)
    this.#watchFrames()
  }

  stream(facts: StreamFacts): void {
    this.#facts = facts
  }

  media(bytes: ArrayBuffer): void {
    if (isInit(new Uint8Array(bytes))) {
      this.#init = bytes
      this.#open()
      return
    }
    this.#queue.push(bytes)
    if (this.#queue.length > MAX_QUEUE) this.#open()
    else this.#append()
  }

  reset(): void {
    this.#queue = []
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#chaser)
    this.#release()
  }

  /** A new MediaSource for each init segment: simpler than changing type in place, and as fast. */
  #open(): void {
    const facts = this.#facts
    if (facts === null || this.#init === null) return
    const type = `video/mp4; codecs="${facts.codec}"`
    if (!MediaSource.isTypeSupported(type)) {
      this.#events.unsupported()
      return
    }
    this.#release()
    this.#queue = [this.#init]
    const source = new MediaSource()
    this.#source = source
    source.addEventListener(
      'sourceopen',
      () => {
        URL.revokeObjectURL(this.element.src)
        if (this.#source !== source) return
        this.#buffer = source.addSourceBuffer(type)
        this.#buffer.addEventListener('updateend', () => this.#append())
        this.#append()
      },
      { once: true },
    )
    this.element.src = URL.createObjectURL(source)
    this.element.play().catch(() => {
      // Muted pictures may play without a gesture; where not, the chaser tries again.
    })
  }

  #release(): void {
    this.#source = null
    this.#buffer = null
    this.#queue = []
    this.element.removeAttribute('src')
    this.element.load()
  }

  #append(): void {
    const buffer = this.#buffer
    if (buffer === null || buffer.updating || this.#source?.readyState !== 'open') return
    const { buffered } = this.element
    if (buffered.length > 0 && this.element.currentTime - buffered.start(0) > TRIM_BEHIND_S) {
      buffer.remove(0, this.element.currentTime - KEEP_BEHIND_S)
      return
    }
    const next = this.#queue.splice(0)
    if (next.length === 0) return
    try {
      buffer.appendBuffer(next.length === 1 && next[0] !== undefined ? next[0] : joined(next))
    } catch {
      // The element is in error or its quota is full: both are cured by beginning again at the next key frame.
      this.#open()
    }
  }

  #chase(): void {
    const { element } = this
    const { buffered } = element
    if (element.error !== null) this.#open()
    if (buffered.length === 0) return
    const end = buffered.end(buffered.length - 1)
    const ahead = end - element.currentTime
    const isOutside = ahead < 0 || element.currentTime < buffered.start(buffered.length - 1)
    if (isOutside || ahead > JUMP_AHEAD_S)
      element.currentTime = Math.max(buffered.start(buffered.length - 1), end - TARGET_AHEAD_S)
    element.playbackRate = ahead > CHASE_AHEAD_S ? CHASE_RATE : 1
    if (element.paused) {
      element.play().catch(() => {
        // As above.
      })
    }
  }

  #watchFrames(): void {
    this.element.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (this.#isClosed) return
      this.#events.shown(mediaTime * (this.#facts?.timescale ?? 1))
      this.#watchFrames()
    })
  }
}

function joined(parts: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(new Uint8Array(part), at)
    at += part.byteLength
  }
  return all
}
