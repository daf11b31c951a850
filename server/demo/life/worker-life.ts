import { beijingDayStart } from '../../../shared/alarms/opening-hours.ts'
import type { Position } from '../../../shared/domain/field.ts'
import type { WORKER_DUTIES } from '../../../shared/domain/workers.ts'
import { noise } from '../noise.ts'
import type { Grid } from '../plan.ts'
import { alongWay, bearingOf, lengthOf, positionOf } from '../plane.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from './life-clock.ts'

/** Where a worker is; `position` is null off duty, and nobody's steps are known then. */
export interface WorkerState {
  readonly duty: (typeof WORKER_DUTIES)[number]
  readonly position: Position | null
  readonly headingDeg: number | null
}

/** Shifts by Beijing hours, with the share of workers in them; who is in none has the day off. */
const SHIFTS = [
  { upTo: 0.62, fromHour: 8, toHour: 20 },
  { upTo: 0.82, fromHour: 12, toHour: 22 },
  { upTo: 0.94, fromHour: 20, toHour: 32 },
] as const
const DAY_OFF = 0.12
/** A worker goes from one point of the way to another in each of these spans of life time, and stands when there. */
const LEG_MS = 5 * MINUTE_MS
const TASK_MS = 20 * MINUTE_MS
const ON_TASK = 0.1
const KEY = { shift: 51, dayOff: 52, start: 53, point: 54, pace: 55, task: 56 } as const

/** A worker's duty by the real clock and steps by life time, along the streets of the worker's own grid. */
export function workerStateAt(seed: number, index: number, { way }: Grid, { realMs, lifeMs }: Moment): WorkerState {
  if (!isOnDuty(seed, index, realMs)) return { duty: 'off', position: null, headingDeg: null }
  const duty = noise(seed, KEY.task, index, Math.floor(lifeMs / TASK_MS)) < ON_TASK ? 'onTask' : 'onDuty'
  const whole = lengthOf(way)
  const leg = Math.floor(lifeMs / LEG_MS)
  const from = noise(seed, KEY.point, index, leg) * whole
  let distance = noise(seed, KEY.point, index, leg + 1) * whole - from
  if (way.closed && Math.abs(distance) > whole / 2) distance -= Math.sign(distance) * whole
  const metersASecond = 1 + noise(seed, KEY.pace, index) * 0.4
  const walked = Math.min(Math.abs(distance), ((lifeMs - leg * LEG_MS) / 1000) * metersASecond)
  const at = from + Math.sign(distance) * walked
  const { spot, planDeg } = alongWay(way, way.closed ? (at + whole) % whole : at)
  return { duty, position: positionOf(spot), headingDeg: bearingOf(distance < 0 ? planDeg + 180 : planDeg) }
}

function isOnDuty(seed: number, index: number, realMs: number): boolean {
  const drawn = noise(seed, KEY.shift, index)
  const shift = SHIFTS.find(({ upTo }) => drawn < upTo)
  if (shift === undefined) return false
  const today = beijingDayStart(realMs)
  // A night shift belongs to the day on which it began.
  return [today, today - DAY_MS].some((dayMs) => {
    const day = Math.round(dayMs / DAY_MS)
    if (noise(seed, KEY.dayOff, index, day) < DAY_OFF) return false
    const jitterMs = (noise(seed, KEY.start, index, day) - 0.5) * 12 * MINUTE_MS
    const startMs = dayMs + shift.fromHour * HOUR_MS + jitterMs
    return realMs >= startMs && realMs < startMs + (shift.toHour - shift.fromHour) * HOUR_MS
  })
}
