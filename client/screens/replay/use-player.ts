import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'

import type { Player, PlayerState } from '../../../shared/replay/player.ts'

/** People read panels: ten times a second is smooth enough for a clock and a playhead. */
const SHOW_EACH_MS = 100

/** A player's state for React, at most ten times a second while it plays, at once when it is moved by hand. */
export function usePlayerState(player: Player): PlayerState {
  const store = useMemo(() => throttledState(player), [player])
  return useSyncExternalStore(store.subscribe, store.read)
}

function throttledState(player: Player): { subscribe(listener: () => void): () => void; read(): PlayerState } {
  let shown = player.state
  return {
    read: () => shown,
    subscribe(listener) {
      let timer: ReturnType<typeof setTimeout> | null = null
      const show = (): void => {
        timer = null
        if (shown === player.state) return
        shown = player.state
        listener()
      }
      const unsubscribe = player.subscribe(() => {
        if (player.state.playing && shown.playing) timer ??= setTimeout(show, SHOW_EACH_MS)
        else show()
      })
      // What came between the first render and now.
      show()
      return () => {
        unsubscribe()
        if (timer !== null) clearTimeout(timer)
      }
    },
  }
}

/** A value that follows another one only when it has rested for a while. */
export function useRested<T>(value: T, restMs: number): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value, restMs])
  return rested
}
