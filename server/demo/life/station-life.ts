import { beijingDayStart, openingAt } from '../../../shared/alarms/opening-hours.ts'
import { roundTo } from '../../../shared/domain/field.ts'
import type { STATION_STATES, STATION_WATER } from '../../../shared/domain/stations.ts'
import type { DemoStation } from '../community.ts'
import { noise } from '../noise.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from './life-clock.ts'

/** What a station's sensors and staff report. */
export interface StationReading {
  readonly state: (typeof STATION_STATES)[number]
  readonly water: (typeof STATION_WATER)[number] | null
  readonly seatsFree: number | null
  readonly portsFree: number | null
  readonly cups: number | null
  readonly rainGear: number | null
  readonly staffPresent: boolean | null
  readonly temperatureC: number | null
}

/** Troubles a day in one station, and how long they last: about six faults, four silences and five dry boilers a day in 26. */
const TROUBLES = {
  fault: { key: 31, share: 0.25, minutes: [40, 120] },
  offline: { key: 32, share: 0.15, minutes: [10, 40] },
  water: { key: 33, share: 0.2, minutes: [20, 60] },
} as const
/** Stations that open late on a given day. */
const LATE = 0.02
const KEY = { late: 34, lateBy: 35, busy: 36, seats: 37, ports: 38, gear: 39, staff: 40, warmth: 41, cups: 42 } as const

/** Share of seats taken by the hour of the day; between two points it goes straight. */
const BUSY_HOURS: readonly (readonly [hour: number, share: number])[] = [
  [0, 0.04],
  [6, 0.1],
  [9, 0.42],
  [11, 0.5],
  [12.5, 0.76],
  [14, 0.46],
  [17, 0.5],
  [18.5, 0.7],
  [21, 0.26],
  [24, 0.04],
]
const CUPS_MOST = 120
const CUPS_LEAST = 20

/** A station's reading: hours and rhythm by the real clock, troubles and people coming and going by life time. */
export function stationReadingAt(seed: number, index: number, station: DemoStation, moment: Moment): StationReading {
  const { realMs, lifeMs } = moment
  if (isIn(seed, index, 'offline', lifeMs)) {
    return {
      state: 'offline',
      water: null,
      seatsFree: null,
      portsFree: null,
      cups: null,
      rainGear: null,
      staffPresent: null,
      temperatureC: null,
    }
  }
  const dayMs = beijingDayStart(realMs)
  const hour = (realMs - dayMs) / HOUR_MS
  const isOpen = isOpenAt(seed, index, station, realMs)
  const busy = shareAt(hour) * (0.75 + noise(seed, KEY.busy, index) * 0.4)
  const taken = isOpen ? busy + (smooth(seed, KEY.seats, index, lifeMs, 4 * MINUTE_MS) - 0.5) * 0.36 : 0
  const seatsFree = free(station.seatsTotal, taken)
  const portsTaken = isOpen ? 0.2 + busy * 0.6 + (smooth(seed, KEY.ports, index, lifeMs, 12 * MINUTE_MS) - 0.5) * 0.5 : 0
  const isFaulty = isIn(seed, index, 'fault', lifeMs)
  const used = Math.floor(Math.max(0, hour - 6) * (4 + noise(seed, KEY.cups, index) * 6))
  const outdoor = 4 + 6 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)
  const warmth = (isOpen ? 20.5 : 12) + outdoor * 0.12 + (smooth(seed, KEY.warmth, index, lifeMs, 20 * MINUTE_MS) - 0.5) * 2.4
  return {
    state: isFaulty ? 'fault' : !isOpen ? 'closed' : seatsFree === 0 ? 'full' : 'open',
    water: isIn(seed, index, 'water', lifeMs) ? 'none' : isFaulty || !isOpen ? 'cold' : 'hot',
    seatsFree,
    portsFree: free(station.portsTotal, portsTaken),
    cups: CUPS_MOST - (used % (CUPS_MOST - CUPS_LEAST)),
    rainGear: free(10, smooth(seed, KEY.gear, index, lifeMs, HOUR_MS) * 0.4),
    staffPresent: isOpen && noise(seed, KEY.staff, index, Math.floor(lifeMs / (15 * MINUTE_MS))) > 0.06,
    temperatureC: roundTo(warmth, 1),
  }
}

function isOpenAt(seed: number, index: number, { hours }: DemoStation, realMs: number): boolean {
  const { open, sinceMs } = openingAt(hours, realMs)
  if (!open) return false
  const day = Math.round(beijingDayStart(realMs) / DAY_MS)
  const lateMs = noise(seed, KEY.late, index, day) < LATE ? (20 + noise(seed, KEY.lateBy, index, day) * 30) * MINUTE_MS : 0
  return realMs - sinceMs >= lateMs
}

/** Whether a trouble of this kind holds in a station: at most one a day of life time, between 7 and 20 o'clock. */
function isIn(seed: number, index: number, kind: keyof typeof TROUBLES, lifeMs: number): boolean {
  const { key, share, minutes } = TROUBLES[kind]
  const dayMs = beijingDayStart(lifeMs)
  const day = Math.round(dayMs / DAY_MS)
  if (noise(seed, key, index, day) >= share) return false
  const fromMs = dayMs + (7 + noise(seed, key, index, day, 1) * 13) * HOUR_MS
  const length = minutes[0] + noise(seed, key, index, day, 2) * (minutes[1] - minutes[0])
  return lifeMs >= fromMs && lifeMs < fromMs + length * MINUTE_MS
}

function shareAt(hour: number): number {
  for (const [index, [from, low]] of BUSY_HOURS.entries()) {
    const next = BUSY_HOURS[index + 1]
    if (next === undefined || hour >= next[0]) continue
    return low + ((hour - from) / (next[0] - from)) * (next[1] - low)
  }
  return 0
}

/** A noise that goes straight from one draw to the next, one each `spanMs`. */
function smooth(seed: number, key: number, index: number, lifeMs: number, spanMs: number): number {
  const span = Math.floor(lifeMs / spanMs)
  const share = lifeMs / spanMs - span
  return noise(seed, key, index, span) * (1 - share) + noise(seed, key, index, span + 1) * share
}

const free = (total: number, takenShare: number): number => Math.min(total, Math.max(0, total - Math.round(total * takenShare)))
