import type { IncomingMessage } from 'node:http'

/** Cookies of ours: a person's session, a wall's pairing, and the secret of a wall that waits to be paired. */
export const COOKIES = { session: 'lookout_session', device: 'lookout_device', pairing: 'lookout_pairing' } as const
export type CookieName = keyof typeof COOKIES

interface CookieOptions {
  readonly secure: boolean
  /** Milliseconds; 0 removes the cookie. */
  readonly maxAgeMs: number
}

/** Browsers keep no cookie longer than 400 days. */
export const LONGEST_COOKIE_MS = 400 * 24 * 3_600_000

// `__Host-` keeps other hosts of the same domain from planting one; browsers accept it only with Secure.
const nameOf = (name: CookieName, secure: boolean): string => (secure ? `__Host-${COOKIES[name]}` : COOKIES[name])

/** A Set-Cookie value: HttpOnly, SameSite=Lax, for the whole host. */
export function setCookie(name: CookieName, value: string, { secure, maxAgeMs }: CookieOptions): string {
  const attributes = [
    'Path=/',
    `Max-Age=${Math.floor(maxAgeMs / 1000)}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
  ]
  return `${nameOf(name, secure)}=${value}; ${attributes.join('; ')}`
}

/** The value of one of our cookies in a request; null when it has none. */
export function readCookie(request: Pick<IncomingMessage, 'headers'>, name: CookieName, secure: boolean): string | null {
  const wanted = nameOf(name, secure)
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === wanted) return part.slice(at + 1).trim()
  }
  return null
}
