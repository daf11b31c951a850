import { useSyncExternalStore } from 'react'

import type { LinkState } from '../connection/link-state.ts'
import type { LiveLink } from '../connection/live-link.ts'

/** The link's state, drawn again when it changes. */
export function useLinkState(link: LiveLink): LinkState {
  return useSyncExternalStore(
    (listener) => link.subscribe(listener),
    () => link.state,
  )
}
