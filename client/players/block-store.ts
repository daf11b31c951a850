import { beijingDayStart } from '../../shared/alarms/opening-hours.ts'
import { KEYFRAME_CHANGES } from '../../shared/history/chunk-codec.ts'
import { MOST_KEYFRAME_CHANGES } from '../../shared/history/keyframe-distance.ts'
import type { HistoryIndex } from '../../shared/protocol/history.ts'
import { ReplayBlock } from '../../shared/replay/replay-block.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld } from '../../shared/world/world.ts'
import type { HistorySource } from './history-source.ts'

const DAY_MS = 86_400_000
/** Blocks in memory: what lies between two keyframes, 65,536 changes and some ten megabytes for a community of this size, whatever span is looked at. */
const MOST_BLOCKS = 4
/** Days of which the index is kept: a month that is looked at, and its neighbours. */
const MOST_DAYS = 40
/** An open end that grew over this is cut into blocks again; by then there is a keyframe to cut it at, or each load would begin anew. */
const LONGEST_OPEN_BLOCK = MOST_KEYFRAME_CHANGES + KEYFRAME_CHANGES

/** A block with what is known of its coverage. */
interface Held {
  readonly block: ReplayBlock
  /** Instants from here on are this block's. */
  readonly fromMs: number
  readonly baseMs: number | null
  /** Where the next keyframe takes over; null: the block goes on to now. */
  readonly next: { readonly seq: number; readonly atMs: number } | null
  /** Sealed chunks still to be loaded. */
  pending: { readonly from: number; readonly fromMs: number }[]
  /** Everything before this instant is loaded. */
  loadedBeforeMs: number
}

export interface BlockExtent {
  /** The last change before its first; null at the beginning of the log. */
  readonly baseMs: number | null
  /** Everything before this instant is loaded. */
  readonly loadedBeforeMs: number
  /** Where the next block takes over; null: it goes on to now. */
  readonly nextMs: number | null
}

/** The stretches of the log that a player has in memory, loaded as they are asked for. */
export interface BlockStore {
  /** The block of an instant when all of it up to there is in memory. */
  peek(atMs: number): ReplayBlock | null
  /** The same, loaded if need be; null when the instant lies before the first change. One load at a time is for the caller to see to. */
  load(atMs: number, signal: AbortSignal): Promise<ReplayBlock | null>
  /** How far the block of an instant reaches; null when none is in memory. */
  extent(atMs: number): BlockExtent | null
  /** The index of an instant's day, loaded if need be. */
  index(atMs: number, signal: AbortSignal): Promise<HistoryIndex>
  /** What the last answer said of the whole log; null before the first. */
  readonly known: { readonly firstMs: number | null; readonly headMs: number; readonly untilMs: number } | null
}

export function createBlockStore(source: HistorySource): BlockStore {
  const days = new Map<number, HistoryIndex>()
  /** In order of use, the latest last. */
  let held: Held[] = []
  let known: BlockStore['known'] = null

  const isUsed = (one: Held): void => {
    held = [...held.filter((each) => each !== one), one].slice(-MOST_BLOCKS)
  }
  const holderOf = (atMs: number): Held | undefined =>
    held.find(({ fromMs, next }) => atMs >= fromMs && (next === null || atMs < next.atMs))

  async function index(atMs: number, signal: AbortSignal): Promise<HistoryIndex> {
    const dayMs = beijingDayStart(atMs)
    const there = days.get(dayMs)
    // A day that was over when it was looked at does not change.
    if (there !== undefined && there.now >= dayMs + DAY_MS) return there
    const found = await source.index(dayMs, dayMs + DAY_MS, signal)
    // The day asked for last comes last; the first ones go.
    days.delete(dayMs)
    days.set(dayMs, found)
    for (const oldest of [...days.keys()].slice(0, -MOST_DAYS)) days.delete(oldest)
    known = { firstMs: found.firstAt, headMs: found.head.at, untilMs: Math.max(found.now, known?.untilMs ?? 0) }
    return found
  }

  async function open(atMs: number, signal: AbortSignal): Promise<Held | null> {
    const { keyframes, chunks, firstAt } = await index(atMs, signal)
    if (firstAt === null || atMs < firstAt) return null
    const base = keyframes.findLast(({ at }) => at <= atMs) ?? null
    const following = keyframes.find(({ at }) => at > atMs) ?? null
    const next = following === null ? null : { seq: following.seq, atMs: following.at }
    const block = new ReplayBlock(base === null ? snapshotWorld(createWorld()) : await source.keyframe(base.seq, signal))
    const pending = chunks
      .filter(({ from, to }) => to > block.baseSeq && (next === null || from <= next.seq))
      .map(({ from, fromAt }) => ({ from, fromMs: fromAt }))
    const fromMs = base?.at ?? firstAt
    return { block, fromMs, baseMs: base?.at ?? null, next, pending, loadedBeforeMs: fromMs }
  }

  async function loadMore(one: Held, signal: AbortSignal): Promise<void> {
    const [chunk, ...rest] = one.pending
    const askedMs = known?.untilMs ?? 0
    const found = await (chunk === undefined ? source.tail(one.block.toSeq, signal) : source.chunk(chunk.from, signal))
    const lastSeq = Math.min(found.toSeq, one.next?.seq ?? Infinity)
    const fresh = found.changes.filter(({ seq }) => seq > one.block.toSeq && seq <= lastSeq)
    one.block.append(fresh, Math.max(lastSeq, one.block.toSeq))
    if (chunk !== undefined) one.pending = rest
    const following = one.pending[0]
    if (following !== undefined) one.loadedBeforeMs = following.fromMs
    else if (one.next !== null && one.block.toSeq >= one.next.seq) one.loadedBeforeMs = one.next.atMs
    else if (chunk === undefined && fresh.length === 0) one.loadedBeforeMs = askedMs
    else one.loadedBeforeMs = Math.max(one.loadedBeforeMs, fresh.at(-1)?.recordedAt ?? 0)
  }

  return {
    get known() {
      return known
    },
    index,
    extent(atMs) {
      const one = holderOf(atMs)
      return one === undefined ? null : { baseMs: one.baseMs, loadedBeforeMs: one.loadedBeforeMs, nextMs: one.next?.atMs ?? null }
    },
    peek(atMs) {
      const one = holderOf(atMs)
      return one !== undefined && atMs < one.loadedBeforeMs ? one.block : null
    },
    async load(askedMs, signal) {
      if (known === null || askedMs >= known.untilMs) await index(askedMs, signal)
      // Nobody knows what comes.
      const atMs = Math.min(askedMs, (known?.untilMs ?? 0) - 1)
      let one = holderOf(atMs)
      if (one === undefined || (one.next === null && one.block.changes.length > LONGEST_OPEN_BLOCK)) {
        held = held.filter((each) => each !== one)
        one = (await open(atMs, signal)) ?? undefined
      }
      if (one === undefined) return null
      isUsed(one)
      while (atMs >= one.loadedBeforeMs) await loadMore(one, signal)
      return one.block
    },
  }
}
