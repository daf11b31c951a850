import { clockTime } from '../../i18n/format.ts'

/** Beijing hours between which a wall is dimmed, so that it does not blind the night shift. */
const NIGHT = { from: 22, to: 6 } as const

/** @param nowMs the server's clock, UTC milliseconds */
export function isNight(nowMs: number): boolean {
  const hour = Number(clockTime(nowMs).slice(0, 2))
  return hour >= NIGHT.from || hour < NIGHT.to
}
