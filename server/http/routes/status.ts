import type { JournalState } from '../../world/world-writer.ts'
import { answer, route, type Route } from '../route.ts'

export interface StatusDependencies {
  readonly journalState: () => JournalState
  /** Changes with each start of the server's own code: a screen that sees another one loads the page anew. */
  readonly build: string
}

/** What every screen asks each second or two: whether news can be kept at all, and whether its own code is the newest. */
export function statusRoutes({ journalState, build }: StatusDependencies): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/status',
      access: { roles: ['wall', 'duty', 'supervisor', 'office', 'worker', 'admin'] },
      body: null,
      handler: () => answer({ ok: true, journal: journalState(), build }),
    }),
  ]
}
