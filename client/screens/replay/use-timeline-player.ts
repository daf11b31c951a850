import { useEffect, useState } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import type { LoadedSite, Viewer } from '../../app/screen.ts'
import { createLiveLink } from '../../connection/live-link.ts'
import { createHistorySource, type HistorySource } from '../../players/history-source.ts'
import { createLivePlayer } from '../../players/live-player.ts'
import { createRecordedPlayer } from '../../players/recorded-player.ts'
import { createTimelinePlayer, type TimelinePlayer } from '../../players/timeline-player.ts'
import { createMirror, type Mirror } from '../../store/mirror.ts'
import { pageVisibility } from '../../store/visibility.ts'

/** Without an instant in the address: a little before now, so that there is something to see. */
const FIRST_LOOK_BACK_MS = 5 * 60_000
/** `?t=` of somebody who follows now. */
export const NOW_IN_ADDRESS = 'now'

/** The page's clock and pictures, for a player. */
export function pageClock() {
  return {
    monotonicMs: () => performance.now(),
    nextFrame(callback: () => void) {
      const handle = requestAnimationFrame(callback)
      return () => cancelAnimationFrame(handle)
    },
  }
}

/** The page's one player, begun at the instant of its address, with the mirror that it fills. */
export function useTimelinePlayer(
  viewer: Viewer,
  site: LoadedSite,
): { readonly mirror: Mirror; readonly player: TimelinePlayer; readonly source: HistorySource } {
  const [made] = useState(() => {
    const visibility = pageVisibility(document)
    const mirror = createMirror(site.manifest.origin, visibility)
    const fetchBytes = (path: string, signal: AbortSignal): Promise<Response> =>
      fetch(path, { credentials: 'same-origin', signal })
    const asked = new URLSearchParams(location.search).get('t')
    const source = createHistorySource(fetchBytes, viewer.layers)
    const layers = viewer.layers.filter((layer) => layer !== 'residents')
    const openLive = () => {
      // Nothing of now is known of layers that are not followed.
      mirror.clear(['residents'])
      return createLivePlayer(
        createLiveLink({
          origin: location.origin,
          token: null,
          layers,
          encoding: 'columns',
          mirror,
          fetchBytes,
          visibility,
          now: Date.now,
          random: Math.random,
        }),
      )
    }
    const atMs = parseInstant(asked) ?? Date.now() - FIRST_LOOK_BACK_MS
    const recorded = createRecordedPlayer({ ...pageClock(), source, mirror, atMs })
    const player = createTimelinePlayer({ recorded, openLive, startsLive: asked === NOW_IN_ADDRESS })
    return { mirror, player, source }
  })
  useEffect(() => {
    made.player.start()
    return () => made.player.stop()
  }, [made])
  return made
}
