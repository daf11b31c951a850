import type { WebSocket } from 'ws'
import {
  MEDIA_CLOSE,
  viewerMessageSchema,
  type MediaMessage,
  type MediaMode,
  type MediaProfile,
} from '../../shared/protocol/media.ts'
import type { Fragment, StreamHead } from './fragment-bus.ts'
import type { FeedSink } from './viewer-feed.ts'

/** Above this much unsent, a viewer's frames are left out up to the next key frame: a picture late by more is no live picture. */
const MAX_BUFFERED_BYTES = 3 * 1024 * 1024
const MARK_MS = 1_000
const PING_ANSWER_MS = 500

/** One connected browser: media as binary messages, all else as JSON text. Never holds more than a few megabytes. */
export class Viewer implements FeedSink {
  readonly #socket: WebSocket
  readonly #now: () => number
  #skipsToKey = false
  #markedAtMs = 0
  #answeredAtMs = 0

  constructor(socket: WebSocket, now: () => number) {
    this.#socket = socket
    this.#now = now
    socket.on('message', (data, isBinary) => {
      if (!isBinary && data instanceof Buffer) this.#heard(data)
    })
  }

  say(message: MediaMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  head({ init, track }: StreamHead, mode: MediaMode, profile: MediaProfile): void {
    this.say({ type: 'stream', mode, profile, ...track })
    this.#send(init)
  }

  unserved(): void {
    this.#socket.close(MEDIA_CLOSE.tooMany, 'too_many_encoders')
  }

  fragment({ bytes, isKey, decodeTime, atMs }: Fragment): void {
    if (!this.#admits(isKey)) return
    if (atMs - this.#markedAtMs >= MARK_MS) {
      this.#markedAtMs = atMs
      this.say({ type: 'mark', decodeTime: Number(decodeTime), atMs })
    }
    this.#send(bytes)
  }

  /** MPEG-TS bytes; a decoder finds its own way back after a gap. */
  mpeg1(bytes: Buffer): void {
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) this.#send(bytes)
  }

  #admits(isKey: boolean): boolean {
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#skipsToKey = true
    else if (isKey) this.#skipsToKey = false
    return !this.#skipsToKey
  }

  #send(bytes: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes, { binary: true })
  }

  #heard(data: Buffer): void {
    const now = this.#now()
    if (now - this.#answeredAtMs < PING_ANSWER_MS) return
    let body: unknown
    try {
      body = JSON.parse(data.toString('utf8'))
    } catch {
      // Not ours to answer: a viewer needs to say nothing at all.
      return
    }
    const message = viewerMessageSchema.safeParse(body)
    if (!message.success) return
    this.#answeredAtMs = now
    this.say({ type: 'pong', sentAtMs: message.data.sentAtMs, atMs: now })
  }
}
