import { PLAYBACK_SPEEDS, type Player, type PlayerState } from '../../shared/replay/player.ts'
import type { ReplayClock } from '../../shared/replay/replay-clock.ts'
import type { RecordedPlayer } from './recorded-player.ts'

export interface TimelinePlayerOptions {
  /** Not started. */
  readonly recorded: RecordedPlayer
  /** Makes a player of now for the same mirror; a new one each time, as the mirror was elsewhere meanwhile. */
  readonly openLive: () => Player
  /** Whether to begin with now. */
  readonly startsLive: boolean
}

/** The whole timeline as one player: the past, and now at its right edge. */
export interface TimelinePlayer extends Player {
  readonly store: RecordedPlayer['store']
  /** See {@link RecordedPlayer}; of a player of now, now. */
  clock(): ReplayClock
}

/** An instant nearer to now than this is now: nobody aims a pointer better. */
const NOW_MS = 1_500

/**
 * Rewinding from live and returning to live is one thing: a seek before now plays what was recorded, one to now follows
 * the link. The mirror is the same; only who fills it changes.
 */
export function createTimelinePlayer({ recorded, openLive, startsLive }: TimelinePlayerOptions): TimelinePlayer {
  const listeners = new Set<() => void>()
  let live: Player | null = null
  let state: PlayerState = recorded.state
  let unsubscribe: () => void = () => undefined

  const tell = (): void => {
    // What was recorded before is known from the past's side.
    const from = recorded.store.known?.firstMs ?? null
    const now = live?.state ?? null
    state = now === null ? recorded.state : { ...now, range: from === null ? null : { fromMs: from, toMs: now.atMs } }
    for (const listener of listeners) listener()
  }
  function goLive(): void {
    if (live !== null) return
    recorded.stop()
    unsubscribe()
    live = openLive()
    unsubscribe = live.subscribe(tell)
    live.start()
    tell()
  }
  /** Into the past, standing still. */
  function rewind(atMs: number): void {
    live?.stop()
    live = null
    unsubscribe()
    unsubscribe = recorded.subscribe(tell)
    recorded.start(atMs)
    tell()
  }
  const nowMs = (): number => live?.state.atMs ?? Infinity

  return {
    capabilities: { seek: true, live: true, speeds: PLAYBACK_SPEEDS },
    get state() {
      return state
    },
    store: recorded.store,
    clock: () => (live === null ? recorded.clock() : state),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    controls: {
      play(speed) {
        if (live !== null && speed >= 0) return
        if (live !== null) rewind(nowMs())
        recorded.controls.play(speed)
      },
      pause() {
        if (live === null) recorded.controls.pause()
        else rewind(nowMs())
      },
      setSpeed(speed) {
        if (live === null) recorded.controls.setSpeed(speed)
      },
      seek(atMs) {
        if (live === null) recorded.controls.seek(atMs)
        else if (atMs < nowMs() - NOW_MS) rewind(atMs)
      },
      stepChange(direction) {
        if (live === null) recorded.controls.stepChange(direction)
        else if (direction === -1) rewind(nowMs())
      },
      toLive: goLive,
    },
    start() {
      if (startsLive) return goLive()
      unsubscribe = recorded.subscribe(tell)
      recorded.start()
    },
    stop() {
      unsubscribe()
      recorded.stop()
      live?.stop()
      live = null
    },
  }
}
