import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { TRANSCODE_ARGUMENTS } from './ffmpeg-command.ts'
import { Fmp4Splitter } from './fmp4-splitter.ts'
import { FragmentBus, type Fragment, type StreamHead } from './fragment-bus.ts'

/** Above this the encoder does not keep up, and frames are left out up to the next key frame. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024
/** An encoder that ended by itself begins again with the next key frame, not sooner than this. */
const RESTART_MS = 2_000

type Ffmpeg = ChildProcessByStdio<Writable, Readable, null>

/** H.264 made of a stream that a browser cannot play: one encoder for all who watch it, fed with the fragments that the hub has. */
export class Transcoder {
  readonly bus: FragmentBus
  readonly #ffmpegPath: string
  readonly #now: () => number
  readonly #unsubscribe: () => void
  #head: StreamHead | null = null
  #ffmpeg: Ffmpeg | null = null
  #begunAtMs = 0
  #skipsToKey = false

  /** @param now Unix milliseconds */
  constructor(source: FragmentBus, ffmpegPath: string, now: () => number) {
    this.bus = new FragmentBus(now)
    this.#ffmpegPath = ffmpegPath
    this.#now = now
    this.#unsubscribe = source.subscribe({
      head: (head) => {
        this.#head = head
        this.#end()
      },
      fragment: (fragment) => this.#feed(fragment),
    })
  }

  stop(): void {
    this.#unsubscribe()
    this.bus.clear()
    this.#end()
  }

  #begin(init: Buffer): void {
    this.#begunAtMs = this.#now()
    const ffmpeg: Ffmpeg = spawn(this.#ffmpegPath, TRANSCODE_ARGUMENTS, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#ffmpeg = ffmpeg
    const splitter = new Fmp4Splitter((piece) => {
      if (this.#ffmpeg !== ffmpeg) return
      if (piece.kind === 'init') this.bus.init(piece)
      else this.bus.fragment(piece)
    })
    const gone = (): void => {
      if (this.#ffmpeg === ffmpeg) this.#end()
    }
    ffmpeg.on('error', gone)
    ffmpeg.on('exit', gone)
    ffmpeg.stdin.on('error', gone)
    ffmpeg.stdout.on('data', (chunk: Buffer) => {
      if (splitter.push(chunk) !== null) gone()
    })
    ffmpeg.stdin.write(init)
  }

  #feed({ bytes, isKey }: Fragment): void {
    if (this.#ffmpeg === null) {
      if (!isKey || this.#head === null || this.#now() - this.#begunAtMs < RESTART_MS) return
      this.#begin(this.#head.init)
    }
    const stdin = this.#ffmpeg?.stdin
    if (stdin === undefined) return
    if (isKey) this.#skipsToKey = false
    if (stdin.writableLength > MAX_BACKLOG_BYTES) this.#skipsToKey = true
    if (!this.#skipsToKey) stdin.write(bytes)
  }

  #end(): void {
    const ffmpeg = this.#ffmpeg
    this.#ffmpeg = null
    this.bus.broken()
    ffmpeg?.kill('SIGKILL')
  }
}
