import { isInit, readDescription, readFrame } from './fragment-reader.ts'
import type { Decoder, DecoderEvents, StreamFacts } from './live-player.ts'

/** More than this many frames waiting for the decoder and the picture falls behind: leave out to the next key frame. */
const MAX_QUEUE = 30
const MICROSECONDS = 1_000_000

/** Draws each frame as soon as it is decoded, at most one an animation frame. */
export class WebCodecsDecoder implements Decoder {
  readonly element: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D | null
  readonly #events: DecoderEvents
  #facts: StreamFacts | null = null
  #decoder: VideoDecoder | null = null
  #newest: VideoFrame | null = null
  #drawing = 0
  #needsKey = true

  constructor(events: DecoderEvents) {
    this.#events = events
    this.element = document.createElement('canvas')
    this.element.className = 'video-picture'
    // Opaque and unsynchronised: the compositor may then take the picture without waiting for the page.
    this.#context = this.element.getContext('2d', { alpha: false, desynchronized: true })
  }

  stream(facts: StreamFacts): void {
    this.#facts = facts
    this.#needsKey = true
  }

  media(buffer: ArrayBuffer): void {
    const bytes = new Uint8Array(buffer)
    if (isInit(bytes)) this.#configure(bytes)
    else this.#decode(bytes)
  }

  reset(): void {
    this.#needsKey = true
  }

  close(): void {
    cancelAnimationFrame(this.#drawing)
    this.#newest?.close()
    this.#newest = null
    if (this.#decoder !== null && this.#decoder.state !== 'closed') this.#decoder.close()
    this.#decoder = null
  }

  #configure(init: Uint8Array<ArrayBuffer>): void {
    const description = readDescription(init)
    const facts = this.#facts
    if (description === null || facts === null) return
    if (this.#decoder !== null && this.#decoder.state !== 'closed') this.#decoder.close()
    const decoder = new VideoDecoder({
      output: (frame) => this.#take(frame),
      error: () => {
        // A broken frame ends a decoder for good: begin again at the next key frame with a new one.
        if (this.#decoder === decoder) this.#configure(init)
      },
    })
    const config: VideoDecoderConfig = { codec: facts.codec, description, optimizeForLatency: true }
    this.#decoder = decoder
    this.#needsKey = true
    try {
      decoder.configure(config)
    } catch {
      this.#events.unsupported()
      return
    }
    VideoDecoder.isConfigSupported(config).then(
      ({ supported }) => {
        if (supported !== true) this.#events.unsupported()
      },
      () => this.#events.unsupported(),
    )
  }

  #decode(bytes: Uint8Array<ArrayBuffer>): void {
    const decoder = this.#decoder
    const frame = readFrame(bytes)
    if (frame === null || decoder === null || decoder.state !== 'configured' || this.#facts === null) return
    if (decoder.decodeQueueSize > MAX_QUEUE) this.#needsKey = true
    if (this.#needsKey && !frame.isKey) {
      this.#events.dropped(1)
      return
    }
    this.#needsKey = false
    const timestamp = Math.round((frame.decodeTime * MICROSECONDS) / this.#facts.timescale)
    decoder.decode(new EncodedVideoChunk({ type: frame.isKey ? 'key' : 'delta', timestamp, data: frame.data }))
  }

  #take(frame: VideoFrame): void {
    if (this.#newest !== null) {
      this.#newest.close()
      this.#events.dropped(1)
    }
    this.#newest = frame
    if (this.#drawing === 0) this.#drawing = requestAnimationFrame(() => this.#draw())
  }

  #draw(): void {
    this.#drawing = 0
    const frame = this.#newest
    this.#newest = null
    if (frame === null) return
    const { element } = this
    if (element.width !== frame.displayWidth || element.height !== frame.displayHeight) {
      element.width = frame.displayWidth
      element.height = frame.displayHeight
    }
    this.#context?.drawImage(frame, 0, 0, element.width, element.height)
    const timescale = this.#facts?.timescale ?? 1
    this.#events.shown((frame.timestamp * timescale) / MICROSECONDS)
    frame.close()
  }
}
