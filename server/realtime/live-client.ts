import type { Audience } from '../../shared/domain/roles.ts'
import { createCredit, type Credit } from './credit.ts'
import type { Message } from './frames.ts'
import type { Group } from './groups.ts'

/** The wire to one client, as the hub needs it. */
export interface ClientPort {
  /** Writes all frames of the message in one piece. */
  write(message: Message): void
  /** Whether nothing waits in this process for the client to take it. */
  drained(): boolean
  /** Says why, where the client still listens, and ends the connection at once. */
  end(code: 'session_ended' | 'too_slow' | 'bad_messages' | 'stopping'): void
}

/** One connected client. Outside a group it gets nothing. */
export interface LiveClient {
  readonly audience: Audience
  readonly port: ClientPort
  readonly credit: Credit
  group: Group | null
  /** The `toSeq` that it was sent last, or the seq that it joined at: its next `fromSeq` is one more. */
  position: number
  /** Everything up to here that it may see was sent; at or above `position`. */
  covered: number
}

export function createLiveClient(audience: Audience, port: ClientPort): LiveClient {
  return { audience, port, credit: createCredit(), group: null, position: 0, covered: 0 }
}
