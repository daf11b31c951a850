import Mpeg1Muxer from 'node-rtsp-stream/mpeg1muxer.js'
import type { Fragment, FragmentBus, StreamHead } from './fragment-bus.ts'

/** Takes MPEG-TS bytes, in any cuts. */
export type Mpeg1Sink = (bytes: Buffer) => void

/** Above this the encoder does not keep up, and frames are left out up to the next key frame. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024

/**
 * The compatibility path for browsers without MediaSource and WebCodecs: node-rtsp-stream's muxer, fed with the fragments
 * that the hub has already, encodes once for all viewers of a profile. Its own web socket server is not used.
 */
export class Mpeg1Channel {
  readonly #ffmpegPath: string
  readonly #unsubscribe: () => void
  readonly #sinks = new Set<Mpeg1Sink>()
  #muxer: Mpeg1Muxer | null = null
  #skipsToKey = false

  constructor(source: FragmentBus, ffmpegPath: string) {
    this.#ffmpegPath = ffmpegPath
    this.#unsubscribe = source.subscribe({
      head: (head) => this.#restart(head),
      fragment: (fragment) => this.#feed(fragment),
    })
  }

  get sinkCount(): number {
    return this.#sinks.size
  }

  subscribe(sink: Mpeg1Sink): () => void {
    this.#sinks.add(sink)
    return () => this.#sinks.delete(sink)
  }

  stop(): void {
    this.#unsubscribe()
    this.#sinks.clear()
    this.#end()
  }

  #restart({ init }: StreamHead): void {
    this.#end()
    const muxer = new Mpeg1Muxer({
      url: 'pipe:0',
      ffmpegPath: this.#ffmpegPath,
      // MPEG-1 knows a few frame rates only, 25 among them; two-way prediction would add delay.
      ffmpegOptions: { '-r': '25', '-bf': '0', '-q:v': '5', '-an': '', '-muxdelay': '0.001', '-flush_packets': '1' },
    })
    this.#muxer = muxer
    muxer.on('mpeg1data', (bytes: Buffer) => {
      for (const sink of this.#sinks) sink(bytes)
    })
    const forget = (): void => {
      if (this.#muxer === muxer) this.#muxer = null
    }
    // Without these listeners a missing ffmpeg or a closed pipe would end the process.
    muxer.stream.on('error', forget)
    muxer.stream.on('exit', forget)
    muxer.stream.stdin?.on('error', forget)
    muxer.stream.stdin?.write(init)
  }

  #feed({ bytes, isKey }: Fragment): void {
    const stdin = this.#muxer?.stream.stdin
    if (stdin === null || stdin === undefined) return
    if (isKey) this.#skipsToKey = false
    if (stdin.writableLength > MAX_BACKLOG_BYTES) this.#skipsToKey = true
    if (!this.#skipsToKey) stdin.write(bytes)
  }

  #end(): void {
    const muxer = this.#muxer
    this.#muxer = null
    muxer?.stream.kill('SIGKILL')
  }
}
