import { TICK_MS } from '../../shared/protocol/live-events.ts'

/** Messages and bytes that any client may leave unacknowledged beyond the round trip. */
const LEAST_MESSAGES = 2
const LEAST_BYTES = 65_536
/** What one may that is used to acknowledging many at once: about six seconds of busy ticks. Frames are shared by all clients, so this bounds a link's queue, not memory. */
const MOST_MESSAGES = 60
const MOST_BYTES = 1_310_720
/** How much of a habit of acknowledging is left at the next acknowledgement. */
const HABIT_KEPT = 0.8
/** A client that leaves data for this long is cut. */
export const CUT_AFTER_MS = 10_000
/** What is taken for the round trip before the first acknowledgement; a slow mobile link's. */
const FIRST_ROUND_TRIP_MS = 500

interface Sent {
  toSeq: number
  bytes: number
  atMs: number
}

/**
 * How much one client may be sent. One that acknowledges is measured by that; one that never did, by whether its socket
 * takes what is written.
 */
export interface Credit {
  sent(toSeq: number, bytes: number, nowMs: number): void
  /** The client has applied everything up to `seq`; what it was never sent counts for nothing. */
  acknowledged(seq: number, nowMs: number): void
  /** `drained`: nothing that was written before still waits in this process. */
  maySend(nowMs: number, drained: boolean): boolean
  /** Whether data older than {@link CUT_AFTER_MS} lies with a client that does not take it. */
  tooSlow(nowMs: number): boolean
}

export function createCredit(): Credit {
  let acknowledges = false
  /** What is unacknowledged, oldest first; of a client that never acknowledged the last messages. */
  const sent: Sent[] = []
  const spare: Sent[] = []
  /** Of all that is in `sent`. */
  let sentBytes = 0
  let roundTripMs = FIRST_ROUND_TRIP_MS
  let blockedSinceMs: number | null = null
  /** What was lately acknowledged at once: twice that may be under way, so that a client need not answer each message. */
  let habitMessages = 0
  let habitBytes = 0

  return {
    sent(toSeq, bytes, nowMs) {
      // Written over, not made anew: this is done for each client at each tick, and what lives for a second is dear to collect.
      const dropped = !acknowledges && sent.length === MOST_MESSAGES ? sent.shift() : undefined
      sentBytes += bytes - (dropped?.bytes ?? 0)
      const used = dropped ?? spare.pop()
      if (used === undefined) {
        sent.push({ toSeq, bytes, atMs: nowMs })
        return
      }
      used.toSeq = toSeq
      used.bytes = bytes
      used.atMs = nowMs
      sent.push(used)
    },
    acknowledged(seq, nowMs) {
      // What lay with a client before it was known to acknowledge is no sign that it is slow.
      if (!acknowledges) for (const message of sent) if (message.toSeq > seq) message.atMs = nowMs
      acknowledges = true
      let count = 0
      let bytes = 0
      let taken: Sent | undefined
      for (const message of sent) {
        if (message.toSeq > seq) break
        taken = message
        count += 1
        bytes += message.bytes
      }
      if (taken === undefined) return
      sentBytes -= bytes
      // The quickest answer lately is the link; what is above it is the client's own slowness.
      roundTripMs = Math.min(roundTripMs * 1.05 + 1, nowMs - taken.atMs)
      habitMessages = Math.max(habitMessages * HABIT_KEPT, count)
      habitBytes = Math.max(habitBytes * HABIT_KEPT, bytes)
      for (const message of sent.splice(0, count)) if (spare.length < MOST_MESSAGES) spare.push(message)
    },
    maySend(nowMs, drained) {
      if (drained) blockedSinceMs = null
      else blockedSinceMs ??= nowMs
      if (!drained) return false
      if (!acknowledges) return true
      const mostMessages = Math.min(MOST_MESSAGES, Math.max(LEAST_MESSAGES, 2 * habitMessages))
      const mostBytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, 2 * habitBytes))
      // Mostly so, and this is asked for each client at each tick.
      if (sent.length < mostMessages && sentBytes <= mostBytes) return true
      const overdueBefore = nowMs - roundTripMs - TICK_MS / 2
      let messages = 0
      let bytes = 0
      for (const message of sent) {
        if (message.atMs >= overdueBefore) break
        messages += 1
        bytes += message.bytes
      }
      return messages < mostMessages && bytes <= mostBytes
    },
    tooSlow(nowMs) {
      if (blockedSinceMs !== null && nowMs - blockedSinceMs > CUT_AFTER_MS) return true
      const oldest = sent[0]
      return acknowledges && oldest !== undefined && nowMs - oldest.atMs > CUT_AFTER_MS
    },
  }
}
