/**
 * The demo's two clocks. Events run on life time, which goes `rate` times as fast as the real one since the anchor; what
 * hangs on the hour (opening hours, shifts) runs on real time, so that a fast demo does not close shops at noon.
 * All are UTC milliseconds.
 */
export interface LifeClock {
  readonly anchorRealMs: number
  readonly anchorLifeMs: number
  readonly rate: number
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Life time at a real instant; before the anchor both go alike. */
export function lifeAt({ anchorRealMs, anchorLifeMs, rate }: LifeClock, realMs: number): number {
  const passed = realMs - anchorRealMs
  return anchorLifeMs + (passed > 0 ? passed * rate : passed)
}

/** The real instant of a life time, a whole millisecond. */
export function realAt({ anchorRealMs, anchorLifeMs, rate }: LifeClock, lifeMs: number): number {
  const passed = lifeMs - anchorLifeMs
  return Math.round(anchorRealMs + (passed > 0 ? passed / rate : passed))
}

/** An instant for both clocks at once. */
export interface Moment {
  readonly realMs: number
  readonly lifeMs: number
}

export function momentAt(clock: LifeClock, realMs: number): Moment {
  return { realMs, lifeMs: lifeAt(clock, realMs) }
}

/** Whether a report that is due every `periodMs`, `offsetMs` after its round, falls in `(fromMs, toMs]`. */
export function isDue(periodMs: number, offsetMs: number, fromMs: number, toMs: number): boolean {
  return Math.floor((toMs - offsetMs) / periodMs) > Math.floor((fromMs - offsetMs) / periodMs)
}

/** Remembers what was made for the last few keys, which are asked for again and again; what is made must not change. */
export function remember<T>(make: (key: number) => T, most = 3): (key: number) => T {
  const known = new Map<number, T>()
  return (key) => {
    const kept = known.get(key)
    if (kept !== undefined) return kept
    const made = make(key)
    known.set(key, made)
    for (const oldest of known.keys()) {
      if (known.size <= most) break
      known.delete(oldest)
    }
    return made
  }
}
