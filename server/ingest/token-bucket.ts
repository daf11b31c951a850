/** How much a source may send: so many a second on average, and a pause used up at once up to this many seconds' worth. */
const BURST_SECONDS = 2

/** A bucket that may go into debt once: whole requests are let in while it is not empty, and pay afterwards. */
export interface TokenBucket {
  /** Milliseconds until a request is let in; 0: now. */
  waitMs(): number
  spend(count: number): void
}

/** @param now milliseconds of any clock that never goes back */
export function createTokenBucket(ratePerSecond: number, now: () => number): TokenBucket {
  const capacity = ratePerSecond * BURST_SECONDS
  let level = capacity
  let at = now()
  const fill = (): void => {
    const time = now()
    level = Math.min(capacity, level + ((time - at) / 1000) * ratePerSecond)
    at = time
  }
  return {
    waitMs() {
      fill()
      return level > 0 ? 0 : Math.ceil(((1 - level) / ratePerSecond) * 1000)
    },
    spend(count) {
      fill()
      level -= count
    },
  }
}
