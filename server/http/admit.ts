import type { Principal } from '../accounts/principal.ts'
import type { OriginVerdict } from './origin.ts'
import { problem, type Access, type Answer, type Method } from './route.ts'

interface Knock {
  readonly method: Method | 'HEAD'
  readonly principal: Principal | null
  readonly origin: OriginVerdict
  /** Whether the request carried an Authorization header: then what it asks for is not done by cookie. */
  readonly hasBearer: boolean
}

/**
 * Whether a route serves a request at all: null, or the refusal. An unsafe request by cookie comes from a page of ours and
 * says so by its Origin; without one it needs a token. Signing in uses no cookie, so only another page's Origin is refused there.
 */
export function refusalOf(access: Access, { method, principal, origin, hasBearer }: Knock): Answer | null {
  const unsafe = method !== 'GET' && method !== 'HEAD'
  const foreign = problem('bad_origin', 'this page may not ask for that; see PUBLIC_ORIGIN when a proxy stands in front')
  if (access === 'public') return unsafe && origin === 'other' ? foreign : null
  if (principal === null) {
    const no = hasBearer
      ? problem('bad_token', 'this token is not known or has ended')
      : problem('not_signed_in', 'sign in first')
    return hasBearer || access === 'source' ? { ...no, headers: { 'WWW-Authenticate': 'Bearer' } } : no
  }
  if (unsafe && !hasBearer) {
    if (origin === 'other') return foreign
    if (origin === 'none') return problem('origin_required', 'without an Origin a request needs a Bearer token')
  }
  return isServed(access, principal, unsafe) ? null : problem('forbidden', `not for ${principal.role}`)
}

function isServed(access: Exclude<Access, 'public'>, principal: Principal, unsafe: boolean): boolean {
  if (access === 'source') return principal.kind === 'source'
  switch (principal.kind) {
    case 'source':
      return false
    case 'integration':
      return !unsafe && access.integrations === true && access.roles.includes(principal.role)
    case 'device':
      return !unsafe && access.roles.includes('wall')
    case 'user':
      return access.roles.includes(principal.role)
  }
}
