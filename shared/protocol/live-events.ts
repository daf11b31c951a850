import { ROLES, type Role } from '../domain/roles.ts'
import type { Ack } from './ack.ts'
import type { Beat } from './beat.ts'
import type { ClockReply } from './clock.ts'
import type { DeltaColumns, DeltaJson } from './delta.ts'
import type { Ended } from './ended.ts'
import type { JoinReply, JoinRequest } from './join.ts'
import type { AnalysisProgress } from './progress.ts'

/** The Socket.IO namespace of the stream. */
export const LIVE_NAMESPACE = '/live'

/** What the server sends. */
export interface ServerToClient {
  delta: (delta: DeltaJson | DeltaColumns) => void
  beat: (beat: Beat) => void
  ended: (ended: Ended) => void
  /** To the sockets of the session that asked only, joined or not. */
  progress: (progress: AnalysisProgress) => void
}

/** What a client sends. Both sides parse what they get; these types are what the parsed values are. */
export interface ClientToServer {
  join: (request: JoinRequest, reply: (answer: JoinReply) => void) => void
  ack: (ack: Ack) => void
  clock: (reply: (answer: ClockReply) => void) => void
}

const ALL_BUT_FIELD_WORKERS = ROLES.filter((role) => role !== 'worker')

/**
 * The roles that each event of a client serves, integrations with a role's eyes included. Which layers a join may name is
 * a matter of `layersOf`; an administrator may ask and is told that it sees none. Field workers' tasks come by their page.
 */
export const EVENT_ROLES: Readonly<Record<keyof ClientToServer, readonly Role[]>> = {
  join: ALL_BUT_FIELD_WORKERS,
  ack: ALL_BUT_FIELD_WORKERS,
  clock: ALL_BUT_FIELD_WORKERS,
}

/** `delta` or `beat` goes out this often at most, in milliseconds. */
export const TICK_MS = 100
export const BEAT_MS = 1_000
