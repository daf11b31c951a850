/** A person who signs in. `role` is one of shared/domain/roles.ts; times here and below are UTC milliseconds. */
export interface UsersTable {
  id: string
  /** Normalised: NFKC, lower case. */
  username: string
  passwordHash: string
  role: string
  /** 1: may not sign in. */
  disabled: number
  createdAt: number
  changedAt: number
}

/** One sign-in that has not ended; the row goes when it does. */
export interface SessionsTable {
  id: string
  tokenHash: string
  userId: string
  createdAt: number
  expiresAt: number
}

/** A wall that was paired; the row goes when it is revoked. */
export interface DevicesTable {
  id: string
  name: string
  tokenHash: string
  createdAt: number
  /** The user who approved it. */
  createdBy: string
}

/** A machine that writes; `layers` is a JSON array of layer names. */
export interface SourcesTable {
  id: string
  name: string
  layers: string
  /** Lines a second, sustained. */
  ratePerSecond: number
  tokenHash: string
  createdAt: number
  createdBy: string
}

/** Other people's read-only client, with the eyes of a role but never people. */
export interface IntegrationsTable {
  id: string
  name: string
  role: string
  tokenHash: string
  createdAt: number
  createdBy: string
}

/** What was answered to a batch, kept for a day so that the same batch sent again is not recorded again. */
export interface IdempotencyTable {
  sourceId: string
  key: string
  /** SHA-256 of the body, hex. */
  bodyHash: string
  /** The answer's JSON, byte for byte. */
  answer: string
  createdAt: number
}

/** Who did what and why; rows are only ever added (a trigger refuses the rest). */
export interface AuditTable {
  /** Sorts by time. */
  id: string
  at: number
  actorKind: string
  actorId: string
  /** How the actor was called then: a username, a wall's name. */
  actorName: string
  action: string
  /** What it was done to, such as `user:abc` or `cameras/cam-1`; null when to nothing in particular. */
  subject: string | null
  reason: string | null
  /** A JSON object; never a secret, never an identity. */
  details: string | null
}

export interface AccountsTables {
  users: UsersTable
  sessions: SessionsTable
  devices: DevicesTable
  sources: SourcesTable
  integrations: IntegrationsTable
  idempotency: IdempotencyTable
  audit: AuditTable
}
