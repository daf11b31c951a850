/** Samples kept: about a minute at one in five seconds, so that a changed link is noticed. */
const SAMPLES = 12

/** How far the server's clock is ahead of ours, from questions and answers; the quickest answer is the truest. */
export interface ServerClock {
  /** @param sentAtMs and `receivedAtMs` by our clock, `serverAtMs` by the server's */
  sample(sentAtMs: number, serverAtMs: number, receivedAtMs: number): void
  /** Milliseconds to add to our clock; 0 before the first sample. */
  readonly offsetMs: number
  /** The last round trip in milliseconds; null before the first sample. */
  readonly roundTripMs: number | null
}

export function createServerClock(): ServerClock {
  let samples: { readonly roundTripMs: number; readonly offsetMs: number }[] = []
  return {
    sample(sentAtMs, serverAtMs, receivedAtMs) {
      const roundTripMs = Math.max(0, receivedAtMs - sentAtMs)
      samples = [...samples.slice(1 - SAMPLES), { roundTripMs, offsetMs: serverAtMs - (sentAtMs + roundTripMs / 2) }]
    },
    get offsetMs() {
      let best = samples[0]
      for (const one of samples) if (best === undefined || one.roundTripMs < best.roundTripMs) best = one
      return best?.offsetMs ?? 0
    },
    get roundTripMs() {
      return samples.at(-1)?.roundTripMs ?? null
    },
  }
}
