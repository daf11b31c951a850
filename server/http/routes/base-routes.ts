import type { Accounts } from '../../accounts/accounts.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import type { Route } from '../route.ts'
import { healthRoutes, type Readiness } from './health.ts'
import { ingestRoutes } from './ingest.ts'
import { machineRoutes } from './machines.ts'
import { sessionRoutes } from './session.ts'
import { setupRoutes } from './setup.ts'
import { userRoutes } from './users.ts'
import { wallRoutes } from './walls.ts'

export interface RouteDependencies {
  readonly accounts: Accounts
  readonly ingest: Ingest
  readonly readiness: Readiness
  /** Whether browsers reach this server by HTTPS. */
  readonly secure: boolean
  /** UTC milliseconds. */
  readonly now: () => number
}

/** The routes of sign-in, sources and health; other areas bring their own lists to the composition root. */
export function baseRoutes({ accounts, ingest, readiness, secure, now }: RouteDependencies): Route[] {
  return [
    ...healthRoutes(readiness),
    ...sessionRoutes({ accounts, secure, now }),
    ...setupRoutes({ accounts, secure, now }),
    ...userRoutes({ accounts }),
    ...machineRoutes({ accounts, lastAcceptedAt: ingest.lastAcceptedAt }),
    ...wallRoutes({ accounts, secure }),
    ...ingestRoutes(ingest),
  ]
}
