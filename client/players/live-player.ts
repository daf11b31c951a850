import type { Player, PlayerState } from '../../shared/replay/player.ts'
import type { LiveLink } from '../connection/live-link.ts'
import type { LinkPhase } from '../connection/link-state.ts'

export interface LivePlayer extends Player {
  /** What fills the mirror. */
  readonly link: LiveLink
}

/** How often the clock of a live player moves on for those who listen. */
const CLOCK_EACH_MS = 250

/** Shows now: what comes over a link, as it comes. @param link not started; it goes with the player */
export function createLivePlayer(link: LiveLink): LivePlayer {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | null = null
  let unsubscribe: () => void = () => undefined
  let phase: LinkPhase | null = null
  const read = (): PlayerState => ({
    mode: 'live',
    atMs: link.serverNowMs(),
    seq: link.seq,
    playing: true,
    speed: 1,
    loading: link.state.phase === 'connecting' || link.state.phase === 'loading',
    knowledge: 'known',
    range: null,
    failure: failureOf(link.state.phase, link.state.endedCode),
  })
  let state = read()
  const tell = (): void => {
    phase = link.state.phase
    state = read()
    for (const listener of listeners) listener()
  }
  return {
    link,
    capabilities: { seek: false, live: true, speeds: [] },
    get state() {
      return state
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    controls: {
      play: () => undefined,
      pause: () => undefined,
      setSpeed: () => undefined,
      seek: () => undefined,
      stepChange: () => undefined,
      toLive: () => undefined,
    },
    start() {
      unsubscribe = link.subscribe(() => {
        if (link.state.phase !== phase) tell()
      })
      timer = setInterval(tell, CLOCK_EACH_MS)
      link.start()
    },
    stop() {
      unsubscribe()
      if (timer !== null) clearInterval(timer)
      link.stop()
    },
  }
}

function failureOf(phase: LinkPhase, endedCode: string | null): string | null {
  switch (phase) {
    case 'connecting':
    case 'loading':
    case 'live':
      return null
    case 'silent':
      return 'silent'
    case 'ended':
    case 'outdated':
      return endedCode ?? phase
  }
}
