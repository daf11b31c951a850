import { beijingDayStart } from '../../../shared/alarms/opening-hours.ts'
import type { MERCHANT_SAFETY } from '../../../shared/domain/merchants.ts'
import type { DemoMerchant } from '../merchants.ts'
import { noise } from '../noise.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, remember, type Moment } from './life-clock.ts'

export interface MerchantState {
  readonly open: boolean
  readonly safety: (typeof MERCHANT_SAFETY)[number]
}

/** Merchants that stay closed on a given day. */
const CLOSED_DAY = 0.03
/** Merchants whose inspection is due in a given month, and hazards found in a merchant a day (six a day in a thousand). */
const INSPECTION_DUE = 0.04
const HAZARD_A_DAY = 0.006
const INSPECTION_SPAN_MS = 30 * DAY_MS

const KEY = { habit: 21, opens: 22, closes: 23, rest: 24, due: 25, hazard: 26, hazardAt: 27, hazardLength: 28 } as const

export interface MerchantLife {
  /** The state of the merchant of this index at a moment. */
  stateAt(index: number, moment: Moment): MerchantState
}

type Span = readonly [fromMs: number, toMs: number]

/** Merchants' states: opening hours by the real clock with habits of their own, inspections and hazards by life time. */
export function createMerchantLife(seed: number, merchants: readonly DemoMerchant[]): MerchantLife {
  const hoursOf = remember((dayMs) => merchants.map((merchant, index) => openSpan(seed, index, merchant, dayMs)))
  const hazardsOf = remember((dayMs) => merchants.map((_, index) => hazardSpan(seed, index, dayMs)))
  const dueOf = remember((span) => merchants.map((_, index) => noise(seed, KEY.due, index, span) < INSPECTION_DUE))
  const holds = (span: Span | null | undefined, atMs: number): boolean =>
    span !== null && span !== undefined && atMs >= span[0] && atMs < span[1]
  return {
    stateAt(index, { realMs, lifeMs }) {
      const isHazard = holds(hazardsOf(beijingDayStart(lifeMs))[index], lifeMs)
      const isDue = dueOf(Math.floor(lifeMs / INSPECTION_SPAN_MS))[index] === true
      const open = holds(hoursOf(beijingDayStart(realMs))[index], realMs)
      return { open, safety: isHazard ? 'hazard' : isDue ? 'due' : 'ok' }
    },
  }
}

function openSpan(seed: number, index: number, { trade }: DemoMerchant, dayMs: number): Span | null {
  const { opensMinute, closesMinute } = trade
  const day = Math.round(dayMs / DAY_MS)
  if (closesMinute - opensMinute >= 1440) return [dayMs, dayMs + DAY_MS]
  if (noise(seed, KEY.rest, index, day) < CLOSED_DAY) return null
  const habit = (noise(seed, KEY.habit, index) - 0.5) * 60
  const opens = opensMinute + habit + (noise(seed, KEY.opens, index, day) - 0.5) * 24
  const closes = closesMinute + habit / 2 + (noise(seed, KEY.closes, index, day) - 0.5) * 36
  return [dayMs + opens * MINUTE_MS, Math.min(dayMs + DAY_MS, dayMs + closes * MINUTE_MS)]
}

function hazardSpan(seed: number, index: number, dayMs: number): Span | null {
  const day = Math.round(dayMs / DAY_MS)
  if (noise(seed, KEY.hazard, index, day) >= HAZARD_A_DAY) return null
  const fromMs = dayMs + (9 + noise(seed, KEY.hazardAt, index, day) * 10) * HOUR_MS
  return [fromMs, fromMs + (0.5 + noise(seed, KEY.hazardLength, index, day) * 2.5) * HOUR_MS]
}
