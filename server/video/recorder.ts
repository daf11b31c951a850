import { join } from 'node:path'
import type { Fragment, StreamHead, StreamSink } from './fragment-bus.ts'
import type { RecordingEvent, RecordingMode } from './recording-events.ts'
import { SegmentFile } from './segment-file.ts'
import { WallClock } from './wall-clock.ts'

/** A run's first frames may come in a burst from the camera's own cache, so they wait until live ones have set the clock. */
const SETTLE_MS = 1_500
/** What is kept in memory of a camera that is recorded on alarm. */
const BEFORE_ALARM_MS = 30_000
const MINUTE_MS = 60_000
/** After the disk refused, recording is tried again: it may have been made free. */
const RETRY_MS = 10_000

interface Segment {
  readonly file: SegmentFile
  readonly startMs: number
  bytes: number
  endMs: number
}

/** Records one camera: whole groups of pictures into files of about a minute, each beginning with its init segment. */
export class Recorder implements StreamSink {
  readonly #cameraId: string
  readonly #mode: Exclude<RecordingMode, 'never'>
  readonly #folder: string
  readonly #tell: (event: RecordingEvent) => void
  #head: StreamHead | null = null
  #clock: WallClock | null = null
  #runStartedAtMs: number | null = null
  #ring: Fragment[] = []
  #segment: Segment | null = null
  /** Wall-clock limits of what an alarm wants of this camera. */
  #wanted: { fromMs: number; untilMs: number } | null = null
  #faultAtMs: number | null = null
  readonly #closing = new Set<Promise<void>>()

  /** @param folder of all recordings; a camera's own folder is made in it */
  constructor(cameraId: string, mode: Exclude<RecordingMode, 'never'>, folder: string, tell: (event: RecordingEvent) => void) {
    this.#cameraId = cameraId
    this.#mode = mode
    this.#folder = folder
    this.#tell = tell
  }

  /** Keeps what lies between two instants, as far back as memory goes; widens what is wanted already. */
  want(fromMs: number, untilMs: number): void {
    const before = this.#wanted
    this.#wanted =
      before === null
        ? { fromMs, untilMs }
        : { fromMs: Math.min(before.fromMs, fromMs), untilMs: Math.max(before.untilMs, untilMs) }
  }

  run(): void {
    this.#finish()
    this.#ring = []
    this.#runStartedAtMs = null
    if (this.#head !== null) this.#clock = new WallClock(this.#head.track.timescale)
  }

  head(head: StreamHead): void {
    this.#finish()
    this.#ring = []
    this.#head = head
    this.#runStartedAtMs = null
    this.#clock = new WallClock(head.track.timescale)
  }

  fragment(fragment: Fragment): void {
    const clock = this.#clock
    if (clock === null) return
    clock.observe(fragment.decodeTime, fragment.atMs)
    this.#runStartedAtMs ??= fragment.atMs
    this.#ring.push(fragment)
    if (fragment.atMs - this.#runStartedAtMs < SETTLE_MS) return
    if (this.#mode === 'always') this.#drain(clock, -Infinity, Infinity)
    else this.#drainWanted(clock)
  }

  /** Resolves when everything is in its file. */
  async stop(): Promise<void> {
    if (this.#mode === 'always' && this.#clock !== null) this.#drain(this.#clock, -Infinity, Infinity)
    this.#finish()
    await Promise.all(this.#closing)
  }

  #drainWanted(clock: WallClock): void {
    const newest = this.#ring.at(-1)
    if (newest === undefined) return
    const wallMs = clock.wallMs(newest.decodeTime)
    if (this.#wanted !== null) {
      const { fromMs, untilMs } = this.#wanted
      this.#drain(clock, fromMs, untilMs)
      if (wallMs > untilMs) {
        this.#wanted = null
        this.#finish()
      }
    }
    this.#trim(clock, wallMs - BEFORE_ALARM_MS)
  }

  /** Forgets groups that ended before an instant. */
  #trim(clock: WallClock, beforeMs: number): void {
    for (;;) {
      const next = this.#ring.findIndex(({ isKey }, index) => isKey && index > 0)
      const second = this.#ring[next]
      if (second === undefined || clock.wallMs(second.decodeTime) > beforeMs) return
      this.#ring.splice(0, next)
    }
  }

  /** Writes what is kept between two instants, whole groups, and forgets it. */
  #drain(clock: WallClock, fromMs: number, untilMs: number): void {
    const kept: Fragment[] = []
    const groups = groupsOf(this.#ring)
    for (const [index, group] of groups.entries()) {
      const [first] = group
      const last = group.at(-1)
      if (first === undefined || last === undefined) continue
      const continues = !first.isKey && this.#segment !== null
      const isComplete = index < groups.length - 1
      const isBefore = isComplete && clock.wallMs(last.decodeTime) < fromMs
      const isAfter = clock.wallMs(first.decodeTime) > untilMs
      if (isBefore || isAfter || (!first.isKey && !continues)) kept.push(...group)
      else for (const fragment of group) this.#write(fragment, clock.wallMs(fragment.decodeTime))
    }
    this.#ring = kept
  }

  #write(fragment: Fragment, wallMs: number): void {
    const isMinuteOver =
      this.#segment !== null && Math.floor(wallMs / MINUTE_MS) !== Math.floor(this.#segment.startMs / MINUTE_MS)
    if (fragment.isKey && isMinuteOver) this.#finish()
    if (this.#segment === null && (!fragment.isKey || !this.#begin(wallMs, fragment.atMs))) return
    const segment = this.#segment
    if (segment === null) return
    const offset = segment.bytes
    segment.bytes += fragment.bytes.length
    segment.endMs = Math.max(segment.endMs, wallMs)
    const { startMs } = segment
    const decodeTime = Number(fragment.decodeTime)
    const cameraId = this.#cameraId
    const indexed = (): void => this.#tell({ kind: 'group', cameraId, startMs, wallMs, decodeTime, offset })
    segment.file.append(fragment.bytes, fragment.isKey ? indexed : null)
  }

  /** Opens a segment; false while the disk is known to refuse. */
  #begin(startMs: number, atMs: number): boolean {
    const head = this.#head
    if (head === null || (this.#faultAtMs !== null && atMs - this.#faultAtMs < RETRY_MS)) return false
    const cameraId = this.#cameraId
    const path = join(cameraId, `${startMs}.mp4`)
    const file = new SegmentFile(join(this.#folder, path), () => {
      this.#faultAtMs = atMs
      this.#segment = null
      this.#tell({ kind: 'fault', cameraId })
    })
    const { codec, timescale } = head.track
    const initBytes = head.init.length
    file.append(head.init, () => this.#tell({ kind: 'opened', cameraId, startMs, path, initBytes, codec, timescale }))
    this.#segment = { file, startMs, bytes: initBytes, endMs: startMs }
    return true
  }

  #finish(): void {
    const segment = this.#segment
    this.#segment = null
    if (segment === null) return
    const { startMs, endMs, bytes } = segment
    const closing = segment.file.close(() => this.#tell({ kind: 'closed', cameraId: this.#cameraId, startMs, endMs, bytes }))
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }
}

/** Cuts before each key frame; the first group may begin without one. */
function groupsOf(fragments: readonly Fragment[]): Fragment[][] {
  const groups: Fragment[][] = []
  for (const fragment of fragments) {
    const last = groups.at(-1)
    if (last === undefined || fragment.isKey) groups.push([fragment])
    else last.push(fragment)
  }
  return groups
}
