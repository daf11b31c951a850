import { BEIJING_OFFSET_MS } from '../../../shared/alarms/opening-hours.ts'

const DAY_MS = 86_400_000

export interface MonthDay {
  /** `YYYY-MM-DD`. */
  readonly name: string
  /** Its midnight in Beijing, UTC milliseconds. */
  readonly startMs: number
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number
}

export interface Month {
  /** `YYYY-MM`. */
  readonly name: string
  readonly days: readonly MonthDay[]
}

/** The month of Beijing's calendar that holds an instant. */
export function monthOf(atMs: number): Month {
  const there = new Date(atMs + BEIJING_OFFSET_MS)
  return monthAt(there.getUTCFullYear(), there.getUTCMonth())
}

/** The month before (-1) or after (1). */
export function nextMonth({ name }: Month, direction: 1 | -1): Month {
  const [year = 1970, month = 1] = name.split('-').map(Number)
  const moved = new Date(Date.UTC(year, month - 1 + direction, 1))
  return monthAt(moved.getUTCFullYear(), moved.getUTCMonth())
}

function monthAt(year: number, month: number): Month {
  const firstMs = Date.UTC(year, month, 1)
  const count = (Date.UTC(year, month + 1, 1) - firstMs) / DAY_MS
  const days = Array.from({ length: count }, (_, index): MonthDay => {
    const dayMs = firstMs + index * DAY_MS
    const weekday = new Date(dayMs).getUTCDay()
    return {
      name: new Date(dayMs).toISOString().slice(0, 10),
      startMs: dayMs - BEIJING_OFFSET_MS,
      weekday: weekday === 0 ? 7 : weekday,
    }
  })
  return { name: new Date(firstMs).toISOString().slice(0, 7), days }
}
