import type { CameraReason } from './camera-report.ts'
import type { Piece } from './fmp4-splitter.ts'
import { sequenceParameters } from './parameter-sets.ts'

/** No fragment for this long and the pull is ended: ffmpeg itself waits twice its timeout and then calls it success. */
const STALL_MS = 4_000
/** A camera that accepted the connection and says nothing for this long is a black hole. */
const SILENT_MS = 5_000
/** A first key frame may be a whole long GOP away; 30 s is more than any camera's default. */
const FIRST_FRAGMENT_MS = 30_000
const WATCH_MS = 500

export interface PullWatchParts {
  readonly now: () => number
  /** Milliseconds since the camera last said anything. */
  readonly silentMs: () => number
  /** Ends the run's sockets and processes at once. */
  readonly kill: () => void
  readonly deliver: (piece: Piece) => void
}

/** Looks after one run of a pull, whoever cuts its pieces: that it flows, that its coding stays, and why it is ended. */
export class PullWatch {
  /** Why this side ended the run; null while it did not. */
  verdict: CameraReason | null = null
  readonly #parts: PullWatchParts
  readonly #startedAtMs: number
  readonly #timer: NodeJS.Timeout
  #fragmentAtMs: number | null = null
  #codec = ''
  #parameters: Buffer | null = null

  constructor(parts: PullWatchParts) {
    this.#parts = parts
    this.#startedAtMs = parts.now()
    this.#timer = setInterval(() => this.#look(), WATCH_MS)
  }

  /** Whether the run brought a picture. */
  get hasFlowed(): boolean {
    return this.#fragmentAtMs !== null
  }

  piece(piece: Piece): void {
    if (this.verdict !== null) return
    if (piece.kind === 'init') this.#codec = piece.track.codec
    else {
      const found = piece.isKey ? sequenceParameters(piece.bytes, this.#codec) : null
      // The camera changed its coding in mid-stream: the init segment is of the old one, so the run begins again.
      if (found !== null && this.#parameters !== null && !found.equals(this.#parameters)) return this.end('lost')
      this.#parameters = found ?? this.#parameters
      this.#fragmentAtMs = this.#parts.now()
    }
    this.#parts.deliver(piece)
  }

  /** Ends the run; the first reason counts. */
  end(reason: CameraReason): void {
    this.verdict ??= reason
    this.#parts.kill()
  }

  /** The run is over: nothing is looked at any more. */
  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const at = this.#parts.now()
    if (this.#fragmentAtMs !== null) {
      if (at - this.#fragmentAtMs > STALL_MS) this.end('stalled')
    } else if (this.#parts.silentMs() > SILENT_MS || at - this.#startedAtMs > FIRST_FRAGMENT_MS) this.end('timed_out')
  }
}
