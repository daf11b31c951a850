import type { Fragment, StreamSink } from './fragment-bus.ts'

/** What is wrong with a picture that flows. */
export type PictureFault = 'slow' | 'frozen'

const MINUTE_MS = 60_000
/** A camera is judged against its own last hour, once ten minutes of it are known: a start-up is no measure. */
const HISTORY_MINUTES = 60
const KNOWN_MINUTES = 10
/** Half of what it used to be, in frames or in bits. */
const SLOW_SHARE = 0.5
/** Rates are taken over this long before they are held against the hour: a quiet moment is no fault. */
const WINDOW_MS = 30_000
/** Frame sizes that repeat exactly, group after group, for this long: a sensor's noise never does that. */
const FROZEN_MS = 20_000
const FROZEN_GROUPS = 4

interface Rates {
  readonly fps: number
  readonly kbps: number
}

/** Judges the main profile by evidence in its coded frames: rates against its own last hour, and sizes that never change. */
export class HealthWatch implements StreamSink {
  readonly #onFault: (fault: PictureFault | null) => void
  #minutes: Rates[] = []
  #minute: { startMs: number; frames: number; bytes: number } | null = null
  #window: { atMs: number; bytes: number }[] = []
  #windowSinceMs: number | null = null
  #group: number[] = []
  #pattern = ''
  #same: { sinceMs: number; groups: number } | null = null
  #fault: PictureFault | null = null

  /** @param onFault called when the verdict changes */
  constructor(onFault: (fault: PictureFault | null) => void) {
    this.#onFault = onFault
  }

  /** A new run: what came before the break says nothing about rates now. */
  run(): void {
    this.#minute = null
    this.#window = []
    this.#windowSinceMs = null
    this.#group = []
    this.#pattern = ''
    this.#same = null
  }

  head(): void {
    this.run()
  }

  fragment({ bytes, isKey, atMs }: Fragment): void {
    this.#count(bytes.length, atMs)
    if (isKey) this.#endGroup(atMs)
    this.#group.push(bytes.length)
    if (isKey) this.#judge(atMs)
  }

  #count(bytes: number, atMs: number): void {
    this.#window.push({ atMs, bytes })
    this.#windowSinceMs ??= atMs
    const minute = this.#minute
    if (minute === null || atMs - minute.startMs >= MINUTE_MS) {
      // A minute in which the picture was at fault is no measure of how it should be.
      if (minute !== null && this.#fault === null) {
        this.#minutes.push(ratesOf(minute.frames, minute.bytes, atMs - minute.startMs))
        this.#minutes.splice(0, Math.max(0, this.#minutes.length - HISTORY_MINUTES))
      }
      this.#minute = { startMs: atMs, frames: 1, bytes }
    } else {
      minute.frames += 1
      minute.bytes += bytes
    }
  }

  #endGroup(atMs: number): void {
    const pattern = this.#group.join()
    this.#group = []
    // One frame a group has no pattern to speak of.
    const repeats = pattern === this.#pattern && pattern.includes(',')
    this.#pattern = pattern
    if (!repeats) this.#same = null
    else if (this.#same === null) this.#same = { sinceMs: atMs, groups: 1 }
    else this.#same.groups += 1
  }

  #judge(atMs: number): void {
    this.#window = this.#window.filter((frame) => atMs - frame.atMs <= WINDOW_MS)
    const fault = this.#isFrozen(atMs) ? 'frozen' : this.#isSlow(atMs) ? 'slow' : null
    if (fault === this.#fault) return
    this.#fault = fault
    this.#onFault(fault)
  }

  #isFrozen(atMs: number): boolean {
    return this.#same !== null && this.#same.groups >= FROZEN_GROUPS && atMs - this.#same.sinceMs >= FROZEN_MS
  }

  #isSlow(atMs: number): boolean {
    const isWhole = this.#windowSinceMs !== null && atMs - this.#windowSinceMs >= WINDOW_MS
    if (!isWhole || this.#minutes.length < KNOWN_MINUTES) return false
    const bytes = this.#window.reduce((sum, frame) => sum + frame.bytes, 0)
    const now = ratesOf(this.#window.length, bytes, WINDOW_MS)
    const usual = { fps: median(this.#minutes.map(({ fps }) => fps)), kbps: median(this.#minutes.map(({ kbps }) => kbps)) }
    return now.fps < usual.fps * SLOW_SHARE || now.kbps < usual.kbps * SLOW_SHARE
  }
}

function ratesOf(frames: number, bytes: number, ms: number): Rates {
  return { fps: (frames * 1000) / ms, kbps: (bytes * 8) / ms }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
