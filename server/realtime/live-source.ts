import type { IncomingHttpHeaders } from 'node:http'

import type { Audience } from '../../shared/domain/roles.ts'
import type { Change } from '../../shared/world/change.ts'
import type { World } from '../../shared/world/world.ts'

/** What the stream follows: the durable world and each commit to it. The world writer is one. */
export interface LiveSource {
  /** Read only; changes before the listeners of a commit are called, never between. */
  readonly live: World
  /** `effective` are those of `changes` that took effect, in seq order. Returns the way to stop listening. */
  onCommitted(listener: (changes: readonly Change[], recordedAt: number, effective: readonly Change[]) => void): () => void
}

/** Who a socket speaks for. */
export interface LivePrincipal {
  /** The session, device or token, by an id that is no secret; its end closes the socket. */
  readonly key: string
  readonly audience: Audience
}

/** What a connection brings to prove who it is. */
export interface LiveHandshake {
  readonly headers: IncomingHttpHeaders
  /** `auth: { token }` of the handshake, an integration's token; null when there is none. */
  readonly token: string | null
  readonly remoteAddress: string
}

/** Null: nobody, or somebody who has no stream (field workers, sources). */
export type AuthenticateLive = (handshake: LiveHandshake) => Promise<LivePrincipal | null>
