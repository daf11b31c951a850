/** Cameras' clocks run up to 50 parts in a million fast or slow; twice that follows them without following network jitter. */
const LEAK_PER_MS = 1e-4

/**
 * Tells when a frame was taken, by the frames that came with the least delay: the smallest difference between arrival and the
 * stream's own time since the run began. One a run; independent pulls of one source agree to within a frame.
 */
export class WallClock {
  readonly #timescale: number
  #anchorMs: number | null = null
  #lastAtMs = 0

  /** @param timescale units of decode time a second */
  constructor(timescale: number) {
    this.#timescale = timescale
  }

  /** Takes a frame's arrival into account. */
  observe(decodeTime: bigint, atMs: number): void {
    const candidate = atMs - this.#mediaMs(decodeTime)
    const leak = this.#anchorMs === null ? 0 : Math.max(0, atMs - this.#lastAtMs) * LEAK_PER_MS
    this.#anchorMs = this.#anchorMs === null ? candidate : Math.min(this.#anchorMs + leak, candidate)
    this.#lastAtMs = atMs
  }

  /** Unix milliseconds, whole, of a decode time; a frame must have been observed. */
  wallMs(decodeTime: bigint): number {
    return Math.round((this.#anchorMs ?? 0) + this.#mediaMs(decodeTime))
  }

  #mediaMs(decodeTime: bigint): number {
    return (Number(decodeTime) * 1000) / this.#timescale
  }
}
