import { PLAYBACK_SPEEDS } from './player.ts'

/** Where time stands in a replay and how it runs. */
export interface ReplayClock {
  readonly atMs: number
  readonly speed: number
  readonly playing: boolean
}

export interface ReplayRange {
  readonly fromMs: number
  readonly toMs: number
}

/** An instant held inside a range. */
export function hold(atMs: number, { fromMs, toMs }: ReplayRange): number {
  return Math.min(Math.max(atMs, fromMs), toMs)
}

/** The clock after `elapsedMs` of our time. Backwards it stops at the beginning; forwards it waits at the end, which is now and moves on. */
export function advance(clock: ReplayClock, elapsedMs: number, range: ReplayRange): ReplayClock {
  if (!clock.playing) return clock
  const wantedMs = clock.atMs + elapsedMs * clock.speed
  const atMs = hold(wantedMs, range)
  return { ...clock, atMs, playing: clock.speed > 0 || wantedMs > range.fromMs }
}

/** K stops; L runs forward, J backward, and each again in the same direction doubles its pace up to the fastest. */
export function shuttle(
  clock: Pick<ReplayClock, 'speed' | 'playing'>,
  key: 'j' | 'k' | 'l',
): { speed: number; playing: boolean } {
  if (key === 'k') return { speed: clock.speed, playing: false }
  const direction = key === 'l' ? 1 : -1
  if (!clock.playing || Math.sign(clock.speed) !== direction) return { speed: direction, playing: true }
  const faster = PLAYBACK_SPEEDS.find((speed) => speed > Math.abs(clock.speed)) ?? PLAYBACK_SPEEDS[PLAYBACK_SPEEDS.length - 1]
  return { speed: direction * (faster ?? 1), playing: true }
}
