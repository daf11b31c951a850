import { TICK_MS } from '../../shared/protocol/live-events.ts'
import type { Change } from '../../shared/world/change.ts'
import { mergeChanges } from '../../shared/world/merge.ts'
import { layerOf, TOMBSTONE_MS, type World } from '../../shared/world/world.ts'
import type { LiveSource } from './live-source.ts'
import { changesAfter, createStreamViews, type StreamView } from './stream-view.ts'
import { STREAMS, visibleChange, type Stream } from './streams.ts'

/** Ticks kept merged for whoever fell behind a little, 20 s of them; older needs go to the records' own seq. */
export const RECENT_TICKS = 20_000 / TICK_MS
/** Changes kept in these ticks, all streams together: about 30 MB. */
const RECENT_CHANGES = 100_000
const NOTHING: readonly Change[] = []

interface Tick {
  readonly toSeq: number
  /** Merged, by stream index. */
  readonly changes: readonly (readonly Change[])[]
  readonly size: number
}

/** The log as the stream sees it: cut into ticks, filtered by stream, merged once. */
export interface Feed {
  /** The last seq that was cut into a tick: what a joining client starts from. */
  readonly seq: number
  /** The seq of the cut before. */
  readonly previousSeq: number
  /** When the last tick was cut, UTC milliseconds. */
  readonly atMs: number
  /** Whether something was committed since the last cut. */
  readonly pending: boolean
  /** Ends the tick. */
  cut(): void
  /** What a client of the stream lacks that holds everything up to `seq`, in seq order, merged. */
  since(stream: Stream, seq: number): readonly Change[]
  /** Whether everything after `seq` is still known. */
  remembers(seq: number): boolean
  view(stream: Stream): StreamView
  stop(): void
}

export interface FeedOptions {
  readonly source: LiveSource
  readonly now: () => number
  /** The lowest seq from which every removal is still in the world's tombstones; null when nobody knows. */
  readonly resumeFloorSeq: number | null
  /** Ticks kept for whoever fell behind; {@link RECENT_TICKS} but in tests. */
  readonly recentTicks: number
  /** Something was committed. */
  readonly onPending: () => void
}

export function createFeed(options: FeedOptions): Feed {
  const { source, now } = options
  const views = createStreamViews(source.live)
  const pending: Change[][] = STREAMS.map(() => [])
  const recent: Tick[] = []
  let recentSize = 0
  /** Everything after this is in `recent`. */
  let recentFloor = source.live.seq
  let seq = source.live.seq
  let previousSeq = seq
  let atMs = now()
  let dirty = false
  /** Removals that the world still remembers; once one is forgotten, nobody can resume from before it. */
  const removals = rememberedRemovals(source.live)
  let horizonSeq = options.resumeFloorSeq ?? (removals[0]?.seq ?? seq + 1) - 1

  const unlisten = source.onCommitted((_changes, _recordedAt, effective) => {
    for (const stream of STREAMS) {
      const queue = pending[stream.index]
      if (queue === undefined) continue
      const before = queue.length
      for (const change of effective) {
        if (change.layer !== stream.layer) continue
        const visible = visibleChange(stream, change)
        if (visible !== null) queue.push(visible)
      }
      if (stream.hidden.size > 0 && queue.length > before) views.apply(stream, queue.slice(before))
    }
    for (const change of effective) if (change.op === 'remove') removals.push(change)
    dirty = true
    options.onPending()
  })

  const remember = (tick: Tick): void => {
    recent.push(tick)
    recentSize += tick.size
    while (recent.length > options.recentTicks || recentSize > RECENT_CHANGES) {
      const oldest = recent.shift()
      if (oldest === undefined) return
      recentSize -= oldest.size
      recentFloor = oldest.toSeq
    }
  }

  const forget = (): void => {
    const { recordedAt } = source.live
    for (let oldest = removals[0]; oldest !== undefined && recordedAt - oldest.recordedAt > TOMBSTONE_MS; oldest = removals[0]) {
      removals.shift()
      horizonSeq = Math.max(horizonSeq, oldest.seq)
    }
  }

  return {
    get seq() {
      return seq
    },
    get previousSeq() {
      return previousSeq
    },
    get atMs() {
      return atMs
    },
    get pending() {
      return dirty
    },
    cut() {
      previousSeq = seq
      seq = source.live.seq
      atMs = now()
      dirty = false
      const changes = pending.map((queue) => (queue.length === 0 ? NOTHING : mergeChanges(queue.splice(0))))
      const size = changes.reduce((total, merged) => total + merged.length, 0)
      if (size > 0) remember({ toSeq: seq, changes, size })
      forget()
    },
    since(stream, from) {
      if (from < recentFloor) return changesAfter(views.of(stream), stream, from, source.live.recordedAt)
      const parts: (readonly Change[])[] = []
      for (let index = recent.length - 1; index >= 0; index -= 1) {
        const tick = recent[index]
        if (tick === undefined || tick.toSeq <= from) break
        const part = tick.changes[stream.index]
        if (part !== undefined && part.length > 0) parts.push(part)
      }
      if (parts.length === 0) return []
      const whole = parts.length === 1 ? (parts[0] ?? []) : mergeChanges(parts.toReversed().flat())
      // A client that resumes from inside a tick holds its first part already.
      return whole[0] !== undefined && whole[0].seq > from ? whole : whole.filter((change) => change.seq > from)
    },
    remembers: (from) => from >= horizonSeq || from >= recentFloor,
    view: views.of,
    stop: unlisten,
  }
}

/** In seq order. */
function rememberedRemovals(live: World): Pick<Change, 'seq' | 'recordedAt'>[] {
  const removals = STREAMS.filter(({ hidden }) => hidden.size === 0).flatMap((stream) => [
    ...layerOf(live, stream.layer).tombstones.values(),
  ])
  return removals.toSorted((a, b) => a.seq - b.seq)
}
