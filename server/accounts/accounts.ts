import type { DatabaseHandle } from '../database/open-database.ts'
import { createAudit } from './audit.ts'
import { createTokenReader } from './authenticate.ts'
import { createEndings } from './endings.ts'
import { createMachines } from './machines.ts'
import { createSetup } from './setup.ts'
import { createUsers } from './users.ts'
import { createWalls } from './walls.ts'

/** How often sessions whose time is over are looked for: their sockets close this much late at most. Requests end in time. */
const EXPIRY_SWEEP_MS = 5_000

export type Accounts = ReturnType<typeof createAccounts>

/**
 * Everyone and everything that signs in, and the audit trail.
 * @param options.sessionMs how long a person stays signed in
 * @param options.now UTC milliseconds
 * @param options.onFault an expiry sweep failed; the next one tries again
 */
export function createAccounts(options: {
  readonly db: DatabaseHandle['db']
  readonly sessionMs: number
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
}) {
  const { db, now } = options
  const endings = createEndings()
  const tokens = createTokenReader(db, endings, now)
  const audit = createAudit(db, now)
  const users = createUsers({ db, audit, endings, sessionMs: options.sessionMs, now })
  let sweeping = false
  const sweep = setInterval(() => {
    if (sweeping) return
    sweeping = true
    users
      .endExpired()
      .catch(options.onFault)
      .finally(() => {
        sweeping = false
      })
  }, EXPIRY_SWEEP_MS)
  sweep.unref()
  return {
    audit,
    users,
    walls: createWalls({ db, audit, endings, now }),
    machines: createMachines({ db, audit, endings, now }),
    setup: createSetup({ users, now }),
    principalOf: tokens.principalOf.bind(tokens),
    /** Names the session, wall or token that ended, so that what came in with it closes. Returns the way to stop listening. */
    onEnded: endings.onEnded,
    stop: (): void => clearInterval(sweep),
  }
}
