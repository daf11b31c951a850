/**
 * How far a number may be off: absolutely, or relative to the expected one. `floor` is for what is a difference of larger
 * numbers and may come out near 0, where no relative deviation means anything: off by that much is never too far.
 */
export type Tolerance = { abs: number } | { rel: number; floor?: number }

/** Expected numbers are written with 15 digits, so that the last of them is no deviation of ours. */
const WRITTEN_DIGITS = 5e-15

/** Collects what was compared: the deviation that comes nearest to (or furthest over) its tolerance, and what differs. */
export class Deviations {
  compared = 0
  differing = 0
  firstDifference: string | null = null
  private worstShare = -1
  private worst = ''

  /** Compares a number; NaN means "not defined" on either side and equals only itself. */
  number(place: string, column: string, got: number, expected: number, tolerance: Tolerance): void {
    this.compared++
    if (Number.isNaN(expected) || Number.isNaN(got)) {
      if (Number.isNaN(expected) !== Number.isNaN(got)) this.differ(place, column, got, expected)
      return
    }
    if (got === expected) {
      if (this.worstShare < 0) {
        this.worstShare = 0
        this.worst = `0 ${column}`
      }
      return
    }
    const relative = 'rel' in tolerance
    const deviation = relative ? Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300) : Math.abs(got - expected)
    const allowed = relative ? tolerance.rel : Math.max(tolerance.abs, WRITTEN_DIGITS * Math.abs(expected))
    const floor = relative ? (tolerance.floor ?? 0) : 0
    if (Math.abs(got - expected) <= floor) return
    const share = deviation / allowed
    if (share > this.worstShare) {
      this.worstShare = share
      this.worst = `${deviation.toExponential(1)} ${column} (${relative ? 'rel' : 'abs'})`
    }
    if (!(deviation <= allowed)) this.differ(place, column, got, expected)
  }

  /** Compares what must be equal: classes, states, categories, flags. */
  exact(place: string, column: string, got: unknown, expected: unknown): void {
    this.compared++
    if (got !== expected) this.differ(place, column, got, expected)
  }

  /** Notes a difference that is no pair of values. */
  differs(what: string): void {
    this.differing++
    this.firstDifference ??= what
  }

  private differ(place: string, column: string, got: unknown, expected: unknown): void {
    this.differs(`${place} ${column}: expected ${String(expected)}, got ${String(got)}`)
  }

  /** Text of the largest deviation. */
  get largest(): string {
    return this.worstShare < 0 ? '0' : this.worst
  }
}
