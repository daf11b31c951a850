import { z } from 'zod'

import { formatInstant } from '../../../shared/domain/field.ts'
import { ROLES } from '../../../shared/domain/roles.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import { normaliseUsername, type ChangeOutcome } from '../../accounts/users.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'
import { MIN_PASSWORD } from './session.ts'

/** A name to sign in with: letters of any script, digits and `_ . -`; a seat, not a person's name. */
export const newUsername = z
  .string()
  .transform(normaliseUsername)
  .pipe(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,31}$/u, '1 to 32 letters, digits or _ . -'))

/** Walls are paired, not signed in; the demo's account is made by the demo. */
const role = z.enum(ROLES).exclude(['wall'])
const password = z.string().min(MIN_PASSWORD).max(256)
const admin = { roles: ['admin'] } as const

const CHANGE_REFUSALS = {
  not_found: 'no such account',
  last_admin: 'somebody has to be able to administer this server',
  bad_credentials: 'wrong password',
} as const
const changed = (outcome: ChangeOutcome): Answer =>
  outcome.ok ? answer({ ok: true }) : problem(outcome.code, CHANGE_REFUSALS[outcome.code])

/** Accounts, their sessions, and the audit trail. */
export function userRoutes({ accounts }: { accounts: Accounts }): Route[] {
  const { users, audit } = accounts
  return [
    route({
      method: 'GET',
      path: '/api/users',
      access: admin,
      body: null,
      async handler() {
        const list = await users.list()
        return answer({ ok: true, users: list.map((user) => ({ ...user, createdAt: formatInstant(user.createdAt) })) })
      },
    }),
    route({
      method: 'POST',
      path: '/api/users',
      access: admin,
      body: z.strictObject({ username: newUsername, password, role }),
      async handler({ body, principal }) {
        const account = await users.create(body, principal)
        if (account === 'taken') return problem('name_taken', 'this name is in use', { field: 'username' })
        return answer({ ok: true, ...account, createdAt: formatInstant(account.createdAt) }, { status: 201 })
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/users/:id',
      access: admin,
      body: z.strictObject({ role: role.optional(), password: password.optional(), disabled: z.boolean().optional() }),
      handler: async ({ params, body, principal }) => changed(await users.change(params['id'] ?? '', body, principal)),
    }),
    route({
      method: 'DELETE',
      path: '/api/users/:id',
      access: admin,
      body: null,
      handler: async ({ params, principal }) => changed(await users.remove(params['id'] ?? '', principal)),
    }),
    route({
      method: 'GET',
      path: '/api/sessions',
      access: admin,
      body: null,
      async handler({ query }) {
        const list = await users.sessions(query.get('userId'))
        const sessions = list.map((session) => ({
          ...session,
          createdAt: formatInstant(session.createdAt),
          expiresAt: formatInstant(session.expiresAt),
        }))
        return answer({ ok: true, sessions })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/:id',
      access: admin,
      body: null,
      async handler({ params, principal }) {
        const done = await users.endSession(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such session')
      },
    }),
    route({
      method: 'GET',
      path: '/api/audit',
      access: { roles: ['supervisor'] },
      body: null,
      async handler({ query }) {
        const read = auditQuery.safeParse(Object.fromEntries(query))
        if (!read.success) return problem('bad_request', 'before, subject and limit (1 to 500)')
        const { before = null, subject = null, limit } = read.data
        const rows = await audit.list({ before, subject, limit })
        return answer({ ok: true, rows: rows.map((row) => ({ ...row, at: formatInstant(row.at) })) })
      },
    }),
  ]
}

const auditQuery = z.strictObject({
  before: z.string().max(64).optional(),
  subject: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
