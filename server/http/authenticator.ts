import type { IncomingMessage } from 'node:http'

import type { Principal } from '../accounts/principal.ts'
import type { TokenKind } from '../accounts/tokens.ts'
import { readCookie } from './cookies.ts'
import { isSecure, originOf, type OriginRule, type OriginVerdict } from './origin.ts'

/** Shared by HTTP, Socket.IO and media upgrades, so that all let the same ones in. */
export interface Authenticator {
  /** By `Authorization: Bearer` where there is one, else by session cookie, else by wall cookie; null: nobody. */
  authenticate(request: Pick<IncomingMessage, 'headers'>): Promise<Principal | null>
  /** By the text of an integration's token, as Socket.IO's `auth: { token }` carries it. */
  authenticateToken(token: string): Promise<Principal | null>
  /** `other` must be refused on every upgrade and unsafe request. */
  originOf(request: Pick<IncomingMessage, 'headers'>): OriginVerdict
}

/** @param principalOf from `createAccounts` */
export function createAuthenticator(
  principalOf: (token: string, kinds: readonly TokenKind[]) => Promise<Principal | null>,
  rule: OriginRule,
): Authenticator {
  const secure = isSecure(rule)
  return {
    async authenticate(request) {
      const { authorization } = request.headers
      if (authorization !== undefined) {
        const token = bearerToken(authorization)
        return token === null ? null : principalOf(token, ['source', 'integration'])
      }
      const session = readCookie(request, 'session', secure)
      const person = session === null ? null : await principalOf(session, ['session'])
      if (person !== null) return person
      const device = readCookie(request, 'device', secure)
      return device === null ? null : principalOf(device, ['device'])
    },
    authenticateToken: (token) => principalOf(token, ['integration']),
    originOf: (request) => originOf(request, rule),
  }
}

/** The token of an Authorization header; null when it is of another kind. */
export function bearerToken(authorization: string): string | null {
  return /^Bearer +(\S{1,512})$/i.exec(authorization)?.[1] ?? null
}
