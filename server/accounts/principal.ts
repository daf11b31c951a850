import type { LayerName } from '../../shared/domain/layers.ts'
import type { Audience, Role } from '../../shared/domain/roles.ts'

interface Common {
  /** The user's, wall's, integration's or source's own id. */
  readonly id: string
  /** A username or the name that an admin gave; for people, never a person's name. */
  readonly name: string
  /** What it came in with: a session, device or token id. What `onEnded` names when it ends. */
  readonly credentialId: string
}

export interface UserPrincipal extends Common {
  readonly kind: 'user'
  readonly role: Role
  /** UTC milliseconds. */
  readonly expiresAt: number
}
export interface DevicePrincipal extends Common {
  readonly kind: 'device'
  readonly role: 'wall'
}
export interface IntegrationPrincipal extends Common {
  readonly kind: 'integration'
  readonly role: Role
}
export interface SourcePrincipal extends Common {
  readonly kind: 'source'
  readonly role: 'source'
  readonly layers: readonly LayerName[]
  /** Lines a second, sustained. */
  readonly ratePerSecond: number
}

/** Who a request or a socket comes from. */
export type Principal = UserPrincipal | DevicePrincipal | IntegrationPrincipal | SourcePrincipal

/** Whose eyes a principal has; null for a source, which sees nothing. */
export function audienceOf(principal: Principal): Audience | null {
  return principal.kind === 'source' ? null : { role: principal.role, integration: principal.kind === 'integration' }
}
