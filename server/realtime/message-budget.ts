/** Messages a second that a client may send over a longer time: an acknowledgement a tick and some more. */
const MESSAGES_A_SECOND = 30
const MESSAGES_AT_ONCE = 120
const JOINS = 10
const JOINS_MS = 10_000
/** Messages that make no sense, in the life of one socket. */
const BAD_MESSAGES = 20

/** How much one socket may say; beyond it, it is ended. */
export interface MessageBudget {
  take(nowMs: number): boolean
  takeJoin(nowMs: number): boolean
  takeBad(): boolean
}

export function createMessageBudget(startMs: number): MessageBudget {
  let messages = MESSAGES_AT_ONCE
  let filledAtMs = startMs
  let joins: number[] = []
  let bad = 0
  return {
    take(nowMs) {
      messages = Math.min(MESSAGES_AT_ONCE, messages + ((nowMs - filledAtMs) / 1_000) * MESSAGES_A_SECOND)
      filledAtMs = nowMs
      messages -= 1
      return messages >= 0
    },
    takeJoin(nowMs) {
      joins = joins.filter((atMs) => nowMs - atMs < JOINS_MS)
      if (joins.length >= JOINS) return false
      joins.push(nowMs)
      return true
    },
    takeBad() {
      bad += 1
      return bad <= BAD_MESSAGES
    },
  }
}
