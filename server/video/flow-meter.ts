/** Rates are taken over this long: short enough to follow a change, long enough to smooth a key frame's size. */
const WINDOW_MS = 5_000

/** Counts frames and bytes of the last seconds. */
export class FlowMeter {
  readonly #now: () => number
  #samples: { atMs: number; bytes: number }[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  add(bytes: number): void {
    const atMs = this.#now()
    this.#samples.push({ atMs, bytes })
    // Amortised: the old half is cut off in one go instead of one sample a frame.
    const oldest = this.#samples[0]
    if (oldest !== undefined && atMs - oldest.atMs > 2 * WINDOW_MS) this.#samples = this.#recent(atMs)
  }

  reset(): void {
    this.#samples = []
  }

  /** Frames and kilobits a second over the window; null until a second of it was seen. */
  read(): { fps: number; bitrateKbps: number } | null {
    const now = this.#now()
    const recent = this.#recent(now)
    const first = recent[0]
    if (first === undefined || now - first.atMs < 1_000) return null
    const seconds = (now - first.atMs) / 1000
    const bytes = recent.reduce((sum, sample) => sum + sample.bytes, 0)
    return { fps: recent.length / seconds, bitrateKbps: (bytes * 8) / 1000 / seconds }
  }

  #recent(now: number): { atMs: number; bytes: number }[] {
    return this.#samples.filter(({ atMs }) => now - atMs <= WINDOW_MS)
  }
}
