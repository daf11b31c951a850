import type { IncomingHttpHeaders } from 'node:http'

import type { Audience } from '../../shared/domain/roles.ts'
import { audienceOf } from '../accounts/principal.ts'
import type { Authenticator } from './authenticator.ts'

/**
 * Who a live socket speaks for: by its token where there is one, else as any request. Null for nobody and for
 * a source, which sees nothing. `key` is the credential whose end closes the socket.
 */
export function createLiveAccess(authenticator: Authenticator) {
  return async (handshake: {
    readonly headers: IncomingHttpHeaders
    readonly token: string | null
  }): Promise<{ readonly key: string; readonly audience: Audience } | null> => {
    const { headers, token } = handshake
    const principal =
      token === null ? await authenticator.authenticate({ headers }) : await authenticator.authenticateToken(token)
    const audience = principal === null ? null : audienceOf(principal)
    return principal === null || audience === null ? null : { key: principal.credentialId, audience }
  }
}
