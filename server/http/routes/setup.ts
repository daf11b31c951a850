import { z } from 'zod'

import type { Accounts } from '../../accounts/accounts.ts'
import { answer, problem, publicRoute, type Route } from '../route.ts'
import { MIN_PASSWORD, signedIn } from './session.ts'
import { newUsername } from './users.ts'

const REFUSALS = {
  already_set_up: 'there is an administrator already',
  wrong_code: 'not the code that the server printed at its start',
  name_taken: 'this name is in use',
} as const

/** The first administrator of a fresh server, by the code that it printed. */
export function setupRoutes({ accounts, secure, now }: { accounts: Accounts; secure: boolean; now: () => number }): Route[] {
  return [
    publicRoute({
      method: 'GET',
      path: '/api/setup',
      body: null,
      handler: async () => answer({ ok: true, needed: await accounts.setup.isNeeded() }),
    }),
    publicRoute({
      method: 'POST',
      path: '/api/setup',
      body: z.strictObject({
        code: z.string().min(1).max(64),
        username: newUsername,
        password: z.string().min(MIN_PASSWORD).max(256),
      }),
      async handler({ body, address }) {
        const outcome = await accounts.setup.complete(body, address)
        if (outcome.ok) return signedIn(outcome, secure, now())
        if (outcome.code === 'rate_limited') return problem('rate_limited', 'too many codes', { retryAfterMs: outcome.waitMs })
        return problem(outcome.code, REFUSALS[outcome.code])
      },
    }),
  ]
}
