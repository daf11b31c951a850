import type JSMpeg from '@cycjimmy/jsmpeg-player'
import type { JsmpegSource } from '@cycjimmy/jsmpeg-player'
import type { Decoder, DecoderEvents } from './live-player.ts'

/** A group of pictures of MPEG-1 at these sizes is far under this. */
const BUFFER_BYTES = 2 * 1024 * 1024

/** MPEG-1 decoded in plain JavaScript: for browsers with neither WebCodecs nor MediaSource. */
export class JsmpegDecoder implements Decoder {
  readonly element: HTMLCanvasElement
  readonly #events: DecoderEvents
  #player: { destroy(): void } | null = null
  #write: ((bytes: ArrayBuffer) => void) | null = null
  #isClosed = false

  constructor(events: DecoderEvents) {
    this.#events = events
    this.element = document.createElement('canvas')
    this.element.className = 'video-picture'
  }

  stream(): void {
    if (this.#player === null && this.#write === null) {
      void this.#open()
    }
  }

  media(bytes: ArrayBuffer): void {
    this.#write?.(bytes)
  }

  /** MPEG-TS finds its way back after a gap by itself. */
  reset(): void {}

  close(): void {
    this.#isClosed = true
    this.#player?.destroy()
    this.#player = null
    this.#write = null
  }

  async #open(): Promise<void> {
    let Player: typeof JSMpeg.Player
    try {
      // Only loaded where it is needed: most browsers never ask for it.
      Player = (await import('@cycjimmy/jsmpeg-player')).default.Player
    } catch {
      this.#events.unsupported()
      return
    }
    if (this.#isClosed) return
    this.#player = new Player('', {
      source: this.#sourceClass(),
      canvas: this.element,
      audio: false,
      // Sixteen tiles would use up the page's WebGL contexts, which the map needs.
      disableGl: true,
      // Its WebAssembly is made from text at run time, which our Content-Security-Policy forbids.
      disableWebAssembly: true,
      pauseWhenHidden: false,
      videoBufferSize: BUFFER_BYTES,
      onVideoDecode: () => this.#events.shown(null),
    })
  }

  /** JSMpeg makes its source itself, from a class; this one hands the media socket's bytes over. */
  #sourceClass(): new () => JsmpegSource {
    const takeWriter = (write: (bytes: ArrayBuffer) => void): void => {
      this.#write = write
    }
    return class implements JsmpegSource {
      readonly streaming = true
      readonly established = true
      readonly completed = false
      readonly progress = 1
      connect(demuxer: { write(bytes: ArrayBuffer): void }): void {
        takeWriter((bytes) => demuxer.write(bytes))
      }
      start(): void {}
      resume(): void {}
      destroy(): void {}
    }
  }
}
