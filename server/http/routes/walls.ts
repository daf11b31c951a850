import { z } from 'zod'

import { formatInstant } from '../../../shared/domain/field.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import { PAIRING_MS } from '../../accounts/walls.ts'
import { LONGEST_COOKIE_MS, readCookie, setCookie } from '../cookies.ts'
import { answer, problem, publicRoute, route, type Route } from '../route.ts'

/** Who may pair a wall, and who may also take it away again. */
const approvers = { roles: ['duty', 'admin'] } as const
const keepers = { roles: ['duty', 'supervisor', 'admin'] } as const

/** Pairing of walls. */
export function wallRoutes({ accounts, secure }: { accounts: Accounts; secure: boolean }): Route[] {
  const { walls } = accounts
  return [
    publicRoute({
      method: 'POST',
      path: '/api/pairings',
      body: z.strictObject({}),
      async handler({ address }) {
        const outcome = await walls.start(address)
        if (!outcome.ok) return problem('rate_limited', 'too many codes asked for', { retryAfterMs: outcome.waitMs })
        const { id, code, secret, expiresAt } = outcome
        const cookies = [setCookie('pairing', secret, { secure, maxAgeMs: PAIRING_MS })]
        return answer({ ok: true, id, code, expiresAt: formatInstant(expiresAt) }, { status: 201, cookies })
      },
    }),
    publicRoute({
      method: 'GET',
      path: '/api/pairings/:id',
      body: null,
      async handler({ params, raw }) {
        const outcome = await walls.poll(params['id'] ?? '', readCookie(raw, 'pairing', secure))
        switch (outcome.state) {
          case 'expired':
            return problem('pairing_expired', 'this code is over; ask for a new one')
          case 'waiting':
            return answer({ ok: true, state: 'waiting', expiresAt: formatInstant(outcome.expiresAt) })
          case 'paired': {
            const { id, name, token } = outcome
            const cookies = [setCookie('device', token, { secure, maxAgeMs: LONGEST_COOKIE_MS })]
            return answer({ ok: true, state: 'paired', device: { id, name } }, { cookies })
          }
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/pairings/:code/approve',
      access: approvers,
      body: z.strictObject({ name: z.string().trim().min(1).max(60) }),
      async handler({ params, body, principal }) {
        const outcome = await walls.approve(params['code'] ?? '', body.name, principal)
        if (outcome.ok) return answer({ ok: true, device: { id: outcome.id, name: outcome.name } })
        if (outcome.code === 'rate_limited') return problem('rate_limited', 'too many codes', { retryAfterMs: outcome.waitMs })
        return problem('unknown_code', 'no wall shows this code, or no longer')
      },
    }),
    route({
      method: 'GET',
      path: '/api/devices',
      access: keepers,
      body: null,
      async handler() {
        const list = await walls.list()
        return answer({ ok: true, devices: list.map((wall) => ({ ...wall, createdAt: formatInstant(wall.createdAt) })) })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/devices/:id',
      access: keepers,
      body: null,
      async handler({ params, principal }) {
        const done = await walls.revoke(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such wall')
      },
    }),
  ]
}
