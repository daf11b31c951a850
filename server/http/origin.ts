import type { IncomingMessage } from 'node:http'

/** What a browser calls this server; decided by PUBLIC_ORIGIN, else by the request's own Host. */
export interface OriginRule {
  readonly publicOrigin: string | null
  /** Whether this server itself speaks TLS. */
  readonly tls: boolean
}

/** `same`: our own page. `none`: no browser page at all. `other`: somebody else's page. */
export type OriginVerdict = 'same' | 'none' | 'other'

/** Where a request's page comes from, by Origin and, where that is missing, Sec-Fetch-Site. */
export function originOf(request: Pick<IncomingMessage, 'headers'>, rule: OriginRule): OriginVerdict {
  const { origin, host } = request.headers
  if (origin !== undefined) {
    const own = rule.publicOrigin ?? (host === undefined ? null : `${rule.tls ? 'https' : 'http'}://${host.toLowerCase()}`)
    return origin.toLowerCase() === own ? 'same' : 'other'
  }
  const site = request.headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site' ? 'other' : 'none'
}

/** Whether browsers reach this server by HTTPS, so that cookies are Secure. */
export const isSecure = (rule: OriginRule): boolean => rule.tls || rule.publicOrigin?.startsWith('https://') === true
