/** The live protocol that this code speaks; a `join` with another number is answered `unsupported_protocol`. */
export const PROTOCOL_VERSION = 1

/**
 * One line a version: what changed on the wire, and the fingerprint of every event's schema that a test computes. A wire
 * that changes without a new line fails that test.
 */
export const PROTOCOL_HISTORY: readonly { readonly version: number; readonly change: string; readonly fingerprint: string }[] = [
  {
    version: 1,
    change: 'join, delta (json, columns), beat, ack, clock, ended; progress of analyses; snapshots over HTTP',
    fingerprint: '66ab529741b00b5b',
  },
]
