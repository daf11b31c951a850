import { z } from 'zod'

/**
 * Why the server closes a socket on purpose. `session_ended`: signed out, revoked or another role; sign in again.
 * `too_slow`: data lay unacknowledged for 10 s; join again with `since`. `bad_messages`: the client breaks the protocol.
 * `stopping`: the server stops; come back in a moment.
 */
export const ENDED_CODES = ['session_ended', 'too_slow', 'bad_messages', 'stopping'] as const
export type EndedCode = (typeof ENDED_CODES)[number]

export const endedSchema = z.object({ code: z.enum(ENDED_CODES) })
export type Ended = z.infer<typeof endedSchema>

/** Why a connection to `/live` is refused: `connect_error` with this as `data.code`. */
export const CONNECT_CODES = ['unauthorized', 'forbidden', 'stopping'] as const
export type ConnectCode = (typeof CONNECT_CODES)[number]
export const connectErrorSchema = z.object({ code: z.enum(CONNECT_CODES) })
