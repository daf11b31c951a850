import { LAYERS } from '../../shared/domain/layers.ts'
import { knowledgeAt, type Lifetime } from '../../shared/replay/known-time.ts'
import { PLAYBACK_SPEEDS, type Player, type PlayerState } from '../../shared/replay/player.ts'
import { advance, hold, type ReplayClock, type ReplayRange } from '../../shared/replay/replay-clock.ts'
import { ReplayCursor } from '../../shared/replay/replay-cursor.ts'
import type { Mirror } from '../store/mirror.ts'
import { createBlockStore, type BlockStore } from './block-store.ts'
import type { HistorySource } from './history-source.ts'
import { neighbourChange } from './neighbour-change.ts'
import { showMove } from './show-move.ts'

export interface RecordedPlayerOptions {
  readonly source: HistorySource
  readonly mirror: Mirror
  /** Where to begin, UTC milliseconds. */
  readonly atMs: number
  /** Milliseconds that never go back. */
  readonly monotonicMs: () => number
  /** Calls back at the next picture; returns the way to call it off. */
  readonly nextFrame: (callback: () => void) => () => void
}

export interface RecordedPlayer extends Player {
  /** What of the log there is around an instant, and how far it reaches. */
  readonly store: Pick<BlockStore, 'index' | 'known'>
  /** The clock as it runs on between two pictures of the page, for what must not wait for them: video. */
  clock(): ReplayClock
  /** Begins, after a stop also again: with an instant there, else where it stood. */
  start(atMs?: number): void
}

/** How far ahead of the clock the log is loaded while it plays, in seconds of ours. */
const AHEAD_SECONDS = 4
/** How often the edge of now is asked for, so that the end of the range moves on. */
const EDGE_EACH_MS = 5_000
/** A page that draws nothing for longer stands still, and its clock with it. */
const LONGEST_FRAME_MS = 1_000
/** After a load that failed, how long until the next try. */
const RETRY_MS = 2_000

/** Plays the log as the server has it: seeks at once in what is in memory, loads the rest, and says what nobody knows. */
export function createRecordedPlayer(options: RecordedPlayerOptions): RecordedPlayer {
  const { mirror, monotonicMs, nextFrame } = options
  const store = createBlockStore(options.source)
  const cursor = new ReplayCursor()
  const listeners = new Set<() => void>()
  let lifetimes: readonly Lifetime[] = []
  let state: PlayerState = {
    mode: 'recorded',
    atMs: options.atMs,
    seq: 0,
    playing: false,
    speed: 1,
    loading: true,
    knowledge: 'known',
    range: null,
    failure: null,
  }
  /** The instant that was asked for last; the mirror follows as soon as it is loaded. */
  let wantedMs = options.atMs
  let loads: AbortController | null = null
  let loadingMs: number | null = null
  let stepping: AbortController | null = null
  let retryTimer: ReturnType<typeof setTimeout> | null = null
  let cancelFrame: (() => void) | null = null
  let lastFrameMs = 0
  let edgeTimer: ReturnType<typeof setInterval> | null = null
  let ended = new AbortController()

  const update = (change: Partial<PlayerState>): void => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  /** What happened until now is known before now, not at it. */
  const rangeNow = (): ReplayRange | null =>
    store.known?.firstMs == null ? null : { fromMs: store.known.firstMs, toMs: store.known.untilMs - 1 }
  const tryLater = (): void => {
    retryTimer = setTimeout(() => need(wantedMs), RETRY_MS)
  }

  /** Shows an instant that is in memory; false when it is not. */
  function show(atMs: number, more: Partial<PlayerState> = {}): boolean {
    const knowledge = knowledgeAt(atMs, store.known?.firstMs ?? null, store.known?.untilMs ?? Infinity, lifetimes)
    const block = store.peek(atMs)
    if (knowledge !== 'known') {
      if (store.known === null) return false
      cursor.clear()
      mirror.clear(LAYERS)
    } else {
      if (block === null) return false
      showMove(mirror, cursor, block, block.countAt(atMs))
    }
    update({ atMs, seq: cursor.world.seq, knowledge, loading: false, range: rangeNow(), ...more })
    return true
  }

  /** Loads what an instant needs, unless that is under way; then shows what is wanted by then. */
  function need(atMs: number): void {
    if (loadingMs === atMs) return
    loads?.abort()
    const mine = new AbortController()
    loads = mine
    loadingMs = atMs
    if (retryTimer !== null) clearTimeout(retryTimer)
    const work = async (): Promise<void> => {
      const found = await store.indexAround(atMs, mine.signal)
      lifetimes = mergeLifetimes(lifetimes, found.lifetimes)
      await store.load(atMs, mine.signal)
    }
    work().then(
      () => {
        if (loads !== mine) return
        loadingMs = null
        const range = rangeNow()
        if (range === null) return update({ loading: false, knowledge: 'before_first', range: null })
        wantedMs = hold(wantedMs, range)
        if (state.loading || state.atMs !== wantedMs) {
          lastFrameMs = monotonicMs()
          if (!show(wantedMs, { failure: null })) needOther(atMs)
        } else update({ range, failure: null })
      },
      (cause: unknown) => {
        if (loads !== mine) return
        loadingMs = null
        update({ failure: cause instanceof Error ? cause.name : 'unknown' })
        tryLater()
      },
    )
  }

  /** The wish moved on while `loadedMs` was loaded; asking again for the same at once would only turn in a circle. */
  function needOther(loadedMs: number): void {
    if (wantedMs === loadedMs) tryLater()
    else need(wantedMs)
  }

  /** Asks how far now is; a failure shows when something is needed. */
  const moveEdge = (): void => {
    if (store.known === null || loadingMs !== null) return
    store.index(store.known.untilMs, ended.signal).then(
      (found) => {
        lifetimes = mergeLifetimes(lifetimes, found.lifetimes)
        update({ range: rangeNow() })
      },
      () => undefined,
    )
  }

  function goTo(atMs: number, more: Partial<PlayerState> = {}): void {
    const range = rangeNow()
    wantedMs = range === null ? atMs : hold(atMs, range)
    if (show(wantedMs, more)) return
    update({ ...more, loading: true })
    need(wantedMs)
  }

  const frame = (): void => {
    cancelFrame = nextFrame(frame)
    const nowMs = monotonicMs()
    const elapsedMs = nowMs - lastFrameMs
    lastFrameMs = nowMs
    const range = rangeNow()
    if (!state.playing || state.loading || range === null) return
    const next = advance(state, elapsedMs, range)
    wantedMs = next.atMs
    if (!show(next.atMs, { playing: next.playing })) {
      update({ loading: true })
      return need(next.atMs)
    }
    const aheadMs = hold(next.atMs + AHEAD_SECONDS * 1_000 * next.speed, range)
    if (loadingMs === null && store.peek(aheadMs) === null && next.playing) need(aheadMs)
  }

  /** To the neighbouring change, wherever it lies; a seek meanwhile overtakes it. */
  function step(direction: 1 | -1): void {
    if (stepping !== null) return
    const mine = new AbortController()
    stepping = mine
    update({ playing: false })
    neighbourChange(store, state.atMs, direction, mine.signal).then(
      (atMs) => {
        if (stepping !== mine) return
        stepping = null
        if (atMs !== null) goTo(atMs)
      },
      (cause: unknown) => {
        if (stepping !== mine) return
        stepping = null
        update({ failure: cause instanceof Error ? cause.name : 'unknown' })
      },
    )
  }
  const endStep = (): void => {
    stepping?.abort()
    stepping = null
  }

  return {
    capabilities: { seek: true, live: false, speeds: PLAYBACK_SPEEDS },
    get state() {
      return state
    },
    store,
    clock() {
      const range = rangeNow()
      const sinceMs = Math.min(monotonicMs() - lastFrameMs, LONGEST_FRAME_MS)
      return state.loading || range === null ? { ...state, playing: false } : advance(state, sinceMs, range)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    controls: {
      play(speed) {
        lastFrameMs = monotonicMs()
        update({ playing: true, speed })
      },
      pause: () => update({ playing: false }),
      setSpeed: (speed) => update({ speed }),
      seek(atMs) {
        endStep()
        goTo(atMs)
      },
      stepChange: step,
      toLive: () => undefined,
    },
    start(atMs = wantedMs) {
      // Somebody else may have filled the mirror meanwhile.
      cursor.clear()
      ended = new AbortController()
      wantedMs = atMs
      update({ atMs, loading: true, playing: false })
      lastFrameMs = monotonicMs()
      cancelFrame = nextFrame(frame)
      edgeTimer = setInterval(moveEdge, EDGE_EACH_MS)
      need(wantedMs)
    },
    stop() {
      cancelFrame?.()
      if (edgeTimer !== null) clearInterval(edgeTimer)
      ended.abort()
      endStep()
      loads?.abort()
      loads = null
      loadingMs = null
      if (retryTimer !== null) clearTimeout(retryTimer)
    },
  }
}

function mergeLifetimes(known: readonly Lifetime[], found: readonly { from: number; to: number }[]): readonly Lifetime[] {
  const byStart = new Map(known.map((life) => [life.fromMs, life]))
  for (const { from, to } of found) byStart.set(from, { fromMs: from, toMs: to })
  return [...byStart.values()].toSorted((a, b) => a.fromMs - b.fromMs)
}
