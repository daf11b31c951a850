import { beijingDayStart } from '../../../shared/alarms/opening-hours.ts'
import type { CareState } from '../../../shared/domain/residents.ts'
import { noise } from '../noise.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, remember } from './life-clock.ts'

/** Residents with a care plan, who check in twice a day; the others have none. */
const WITH_PLAN = 0.175
/** Of the check-ins: in time, late, and so late that somebody goes and knocks (about 20 a day in 12,000 residents). */
const IN_TIME = 0.9
const IN_TIME_OR_LATE = 0.995
/** A check-in this long after its time is overdue. */
const OVERDUE_AFTER_MS = 45 * MINUTE_MS
/** Calls for help: one draw in each of these spans of life time. */
const CALL_SPAN_MS = 2 * HOUR_MS
const CALL_SHARE = 0.2
const LONGEST_CALL_MS = 14 * MINUTE_MS

const KEY = { plan: 11, time: 12, outcome: 13, early: 14, wait: 15, call: 16, caller: 17, callLength: 18, callAt: 19 } as const

export interface ResidentLife {
  /** Indexes of the residents who have a care plan. */
  readonly planned: readonly number[]
  /** The care state at a life time. */
  careAt(index: number, lifeMs: number): CareState
  /** Whether a check-in or visit of this resident falls in `(fromMs, toMs]` of life time. */
  reports(index: number, fromMs: number, toMs: number): boolean
}

/** Care states of `count` residents as functions of life time: check-ins, late ones, visits, and rare calls for help. */
export function createResidentLife(seed: number, count: number): ResidentLife {
  const draw = (...keys: number[]): number => noise(seed, ...keys)
  const hasPlan = Array.from({ length: count }, (_, index) => draw(KEY.plan, index) < WITH_PLAN)
  const planned = hasPlan.flatMap((has, index) => (has ? [index] : []))

  /** The check-in of one half of one Beijing day: when it should be, when it was, whether it came too late. */
  const checkIn = (index: number, dayMs: number, half: 0 | 1) => {
    const day = Math.round(dayMs / DAY_MS)
    const expectedMs = dayMs + (half === 0 ? 7 : 15) * HOUR_MS + draw(KEY.time, index, half) * 6 * HOUR_MS
    const outcome = draw(KEY.outcome, index, day, half)
    const wait = draw(KEY.wait, index, day, half)
    if (outcome < IN_TIME) return { expectedMs, doneMs: expectedMs - draw(KEY.early, index, day, half) * HOUR_MS }
    const late = outcome < IN_TIME_OR_LATE ? (5 + wait * 35) * MINUTE_MS : OVERDUE_AFTER_MS + (10 + wait * 25) * MINUTE_MS
    return { expectedMs, doneMs: expectedMs + late }
  }

  /** Both check-ins of a Beijing day by resident index. */
  const checkInsOf = remember((dayMs) =>
    hasPlan.map((has, index) => (has ? [checkIn(index, dayMs, 0), checkIn(index, dayMs, 1)] : [])),
  )

  /** Who calls for help in a span of life time, from when to when; null when nobody does. */
  const callIn = remember((span) => {
    if (planned.length === 0 || draw(KEY.call, span) >= CALL_SHARE) return null
    const index = planned[Math.floor(draw(KEY.caller, span) * planned.length)] ?? 0
    const lengthMs = 6 * MINUTE_MS + draw(KEY.callLength, span) * (LONGEST_CALL_MS - 6 * MINUTE_MS)
    const fromMs = span * CALL_SPAN_MS + draw(KEY.callAt, span) * (CALL_SPAN_MS - LONGEST_CALL_MS)
    return { index, fromMs, toMs: fromMs + lengthMs }
  })

  return {
    planned,
    careAt(index, lifeMs) {
      if (hasPlan[index] !== true) return 'none'
      const call = callIn(Math.floor(lifeMs / CALL_SPAN_MS))
      if (call?.index === index && lifeMs >= call.fromMs && lifeMs < call.toMs) return 'sos'
      for (const { expectedMs, doneMs } of checkInsOf(beijingDayStart(lifeMs))[index] ?? []) {
        if (lifeMs >= expectedMs && lifeMs < doneMs) return lifeMs >= expectedMs + OVERDUE_AFTER_MS ? 'overdue' : 'due'
      }
      return 'ok'
    },
    reports(index, fromMs, toMs) {
      const today = checkInsOf(beijingDayStart(toMs))[index] ?? []
      return today.some(({ doneMs }) => doneMs > fromMs && doneMs <= toMs)
    },
  }
}
