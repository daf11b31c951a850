import { beijingDayStart } from '../../shared/alarms/opening-hours.ts'
import { KEYFRAME_CHANGES } from '../../shared/history/chunk-codec.ts'
import { MOST_KEYFRAME_CHANGES } from '../../shared/history/keyframe-distance.ts'
import type { HistoryIndex } from '../../shared/protocol/history.ts'
import { ReplayBlock } from '../../shared/replay/replay-block.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld } from '../../shared/world/world.ts'
import type { Change } from '../../shared/world/change.ts'
import type { HistorySource, Stretch } from './history-source.ts'

const DAY_MS = 86_400_000
/** Blocks in memory: what lies between two keyframes, 32,768 changes and some megabytes for a community of this size, whatever span is looked at. */
const MOST_BLOCKS = 4
/** Chunks that are asked for together, so that a seek waits for the network once: a block has 4, in the largest worlds 32. */
const MOST_AT_ONCE = 16
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
  /** The index of an instant's day as it is now. */
  index(atMs: number, signal: AbortSignal): Promise<HistoryIndex>
  /** The same, or an older one that says as much of what lies around the instant. */
  indexAround(atMs: number, signal: AbortSignal): Promise<HistoryIndex>
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

  /** What says where an instant's block begins and ends; what lies before a keyframe is the same for ever. */
  async function indexAround(atMs: number, signal: AbortSignal): Promise<HistoryIndex> {
    const there = days.get(beijingDayStart(atMs))
    return there?.keyframes.some(({ at }) => at > atMs) === true ? there : index(atMs, signal)
  }

  async function open(
    atMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly one: Held; readonly stretches: readonly Promise<Stretch>[] } | null> {
    const { keyframes, chunks, firstAt } = await indexAround(atMs, signal)
    if (firstAt === null || atMs < firstAt) return null
    const base = keyframes.findLast(({ at }) => at <= atMs) ?? null
    const following = keyframes.find(({ at }) => at > atMs) ?? null
    const next = following === null ? null : { seq: following.seq, atMs: following.at }
    const pending = chunks
      .filter(({ from, to }) => to > (base?.seq ?? 0) && (next === null || from <= next.seq))
      .map(({ from, fromAt }) => ({ from, fromMs: fromAt }))
    // The keyframe and what follows it are under way together: one after the other they would wait for the network each.
    const keyframe = base === null ? snapshotWorld(createWorld()) : source.keyframe(base.seq, signal)
    const stretches = stretchesOf(pending, atMs, signal)
    const block = new ReplayBlock(await keyframe)
    const fromMs = base?.at ?? firstAt
    return { one: { block, fromMs, baseMs: base?.at ?? null, next, pending, loadedBeforeMs: fromMs }, stretches }
  }

  /** The sealed stretches up to an instant, asked for at once. */
  function stretchesOf(pending: Held['pending'], atMs: number, signal: AbortSignal): readonly Promise<Stretch>[] {
    const asked = pending.filter(({ fromMs }) => fromMs <= atMs).slice(0, MOST_AT_ONCE)
    const stretches = asked.map(({ from }) => source.chunk(from, signal))
    // Whoever waits for the first is told that it failed; nobody may wait for the others by then.
    for (const stretch of stretches) stretch.catch(() => undefined)
    return stretches
  }

  /** Takes the next sealed stretches in their order, each as it comes. */
  async function take(one: Held, stretches: readonly Promise<Stretch>[]): Promise<void> {
    for (const stretch of stretches) {
      append(one, await stretch)
      // By what is there, not by count: a load that was given up may have taken the same stretch.
      one.pending = one.pending.filter(({ from }) => from > one.block.toSeq)
      const following = one.pending[0]
      if (following !== undefined) one.loadedBeforeMs = following.fromMs
      else if (one.next !== null && one.block.toSeq >= one.next.seq) one.loadedBeforeMs = one.next.atMs
    }
  }

  /** Adds what a stretch has beyond the block's end; returns the last of it. */
  function append(one: Held, found: Stretch): Change | undefined {
    const lastSeq = Math.min(found.toSeq, one.next?.seq ?? Infinity)
    const fresh = found.changes.filter(({ seq }) => seq > one.block.toSeq && seq <= lastSeq)
    one.block.append(fresh, Math.max(lastSeq, one.block.toSeq))
    const last = fresh.at(-1)
    one.loadedBeforeMs = Math.max(one.loadedBeforeMs, last?.recordedAt ?? 0)
    return last
  }

  /** What no chunk has yet. */
  async function takeTail(one: Held, signal: AbortSignal): Promise<void> {
    const askedMs = known?.untilMs ?? 0
    const last = append(one, await source.tail(one.block.toSeq, signal))
    if (one.next !== null && one.block.toSeq >= one.next.seq) one.loadedBeforeMs = one.next.atMs
    else if (last === undefined) one.loadedBeforeMs = askedMs
  }

  return {
    get known() {
      return known
    },
    index,
    indexAround,
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
      let stretches: readonly Promise<Stretch>[] | null = null
      if (one === undefined || (one.next === null && one.block.changes.length > LONGEST_OPEN_BLOCK)) {
        held = held.filter((each) => each !== one)
        const opened = await open(atMs, signal)
        if (opened === null) return null
        ;({ one, stretches } = opened)
      }
      // Held before it is whole: who drags on begins where this load was given up.
      isUsed(one)
      while (atMs >= one.loadedBeforeMs) {
        stretches ??= stretchesOf(one.pending, atMs, signal)
        await (stretches.length > 0 ? take(one, stretches) : takeTail(one, signal))
        stretches = null
      }
      return one.block
    },
  }
}
