import { z } from 'zod'

import { layersOf, ROLES } from '../../../shared/domain/roles.ts'
import { formatInstant } from '../../../shared/domain/field.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import { audienceOf, type Principal } from '../../accounts/principal.ts'
import { LONGEST_COOKIE_MS, readCookie, setCookie } from '../cookies.ts'
import { answer, problem, publicRoute, route, type Answer, type Route } from '../route.ts'

/** Long enough for any phrase, short enough to hash. */
export const passwordField = z.string().min(1).max(256)
export const usernameField = z.string().min(1).max(64)

/** What a screen may know of who looks at it. */
function described(principal: Principal): Record<string, unknown> {
  const audience = audienceOf(principal)
  const { kind, id, name, role } = principal
  const who = { ok: true, kind, id, username: name, role, layers: audience === null ? [] : layersOf(audience) }
  return principal.kind === 'user' ? { ...who, expiresAt: formatInstant(principal.expiresAt) } : who
}

/** The answer to a sign-in that worked: the cookie, and who it is. */
export function signedIn(
  session: { token: string; principal: Principal & { kind: 'user' } },
  secure: boolean,
  now: number,
): Answer {
  const { token, principal } = session
  const cookie = setCookie('session', token, { secure, maxAgeMs: principal.expiresAt - now })
  return answer(described(principal), { cookies: [cookie] })
}

/** Signing in and out, and who one is. */
export function sessionRoutes({ accounts, secure, now }: { accounts: Accounts; secure: boolean; now: () => number }): Route[] {
  return [
    publicRoute({
      method: 'POST',
      path: '/api/session',
      body: z.strictObject({ username: usernameField, password: passwordField }),
      async handler({ body, address }) {
        const outcome = await accounts.users.signIn(body, address)
        if (outcome.ok) return signedIn(outcome, secure, now())
        switch (outcome.code) {
          case 'bad_credentials':
            return problem('bad_credentials', 'no such name with this password')
          case 'too_many_attempts':
            return problem('too_many_attempts', 'too many wrong passwords; wait', { retryAfterMs: outcome.waitMs })
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/session',
      access: { roles: ROLES, integrations: true },
      body: null,
      handler({ principal, raw }) {
        const device = principal.kind === 'device' ? readCookie(raw, 'device', secure) : null
        // A wall runs for years: each look renews its cookie before browsers forget it.
        const cookies = device === null ? [] : [setCookie('device', device, { secure, maxAgeMs: LONGEST_COOKIE_MS })]
        return answer(described(principal), { cookies })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/session',
      access: { roles: ROLES },
      body: null,
      async handler({ principal }) {
        if (principal.kind === 'user') await accounts.users.endSession(principal.credentialId, principal)
        return answer({ ok: true }, { cookies: [setCookie('session', '', { secure, maxAgeMs: 0 })] })
      },
    }),
    route({
      method: 'PUT',
      path: '/api/session/password',
      access: { roles: ROLES },
      body: z.strictObject({ current: passwordField, next: z.string().min(MIN_PASSWORD).max(256) }),
      async handler({ principal, body }) {
        if (principal.kind !== 'user') return problem('forbidden', 'only people have passwords')
        const outcome = await accounts.users.changeOwnPassword(principal, body.current, body.next)
        if (!outcome.ok) return problem(outcome.code, 'the password was not changed')
        return answer({ ok: true }, { cookies: [setCookie('session', '', { secure, maxAgeMs: 0 })] })
      },
    }),
  ]
}

/** Characters that a new password has at least; length is what counts (NIST SP 800-63B). */
export const MIN_PASSWORD = 10
