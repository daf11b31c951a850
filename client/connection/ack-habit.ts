/** Deltas acknowledged at once at most: 3.6 s of a busy stream, well below the 60 that the server lets be under way. */
const MOST = 36
/** Beats without a word after which what is untold is told: a stream of few deltas is answered within three seconds, of the ten after which a silent client is cut. */
const QUIET_BEATS = 3
/** The server allows twice what was lately acknowledged at once, of which it forgets a fifth with each acknowledgement. */
const KEPT = 0.8
const GROWTH = 1.5

/**
 * When to acknowledge. Reading an answer to every delta costs the server more than sending them, so this answers ever
 * more of them at once, never so many that the server would hold back (server/realtime/credit.ts).
 */
export interface AckHabit {
  /** A delta was applied; true when it is time to tell. */
  applied(): boolean
  /** A beat came; true when something is untold and nothing was told for {@link QUIET_BEATS} beats. */
  beat(): boolean
  /** Everything applied was told. */
  told(): void
  /** A new socket or join: the server knows nothing of our habit. */
  reset(): void
}

export function createAckHabit(): AckHabit {
  let untold = 0
  let habit = 0
  let beatsSinceTold = 0
  return {
    applied() {
      untold += 1
      return untold >= Math.min(MOST, Math.max(1, Math.ceil(habit * GROWTH)))
    },
    beat() {
      beatsSinceTold += 1
      return untold > 0 && beatsSinceTold >= QUIET_BEATS
    },
    told() {
      habit = Math.max(habit * KEPT, untold)
      untold = 0
      beatsSinceTold = 0
    },
    reset() {
      untold = 0
      habit = 0
      beatsSinceTold = 0
    },
  }
}
