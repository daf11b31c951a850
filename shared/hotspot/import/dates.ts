import type { DateForm } from './profile.ts'

/** A wall-clock time without a zone. */
export type WallTime = { year: number; month: number; day: number; hour: number; minute: number; second: number }

/** An instant, a wall-clock time that needs a zone, or why the text is no date that can be taken. */
export type ParsedDate =
  | { code: 'instant'; ms: number }
  | { code: 'wall'; wall: WallTime }
  | { code: 'not_a_date' }
  | { code: 'ambiguous_order' }

const MS_PER_DAY = 86_400_000
/** Day 0 of a spreadsheet's calendar (1900 system with its false leap day): 1899-12-30. */
const SERIAL_EPOCH_MS = Date.UTC(1899, 11, 30)

const CLOCK = String.raw`(?:[T\s]*(上午|下午|凌晨|中午|晚上)?\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?秒?)?分?\s*([ap]\.?m\.?)?)?`
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?${CLOCK}\s*(z|[+-]\d{2}:?\d{2})?$`, 'i')
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${CLOCK}$`, 'i')

/**
 * Reads one date: ISO 8601 with or without zone, year first with - / . or 年月日, 上午/下午, day and month first as
 * `form` says, a spreadsheet's serial number, or Unix seconds or milliseconds. Numbers under 100,000 are serials.
 * `05/06/2018` under `auto` is `ambiguous_order`: it is never guessed.
 */
export function parseDate(text: string, form: DateForm): ParsedDate {
  const trimmed = text.normalize('NFKC').trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return numericDate(trimmed)
  const first = YEAR_FIRST.exec(trimmed)
  if (first !== null) return yearFirst(first)
  const last = YEAR_LAST.exec(trimmed)
  if (last === null) return { code: 'not_a_date' }
  const [, one = '', two = '', year = '', part, hour, minute, second, half] = last
  const a = Number(one)
  const b = Number(two)
  const order = form === 'auto' ? (a > 12 ? 'dmy' : b > 12 ? 'mdy' : null) : form
  if (order === null)
    return a === b ? wallOf(year, one, two, clockOf(hour, minute, second, half ?? part)) : { code: 'ambiguous_order' }
  const [month, day] = order === 'mdy' ? [one, two] : [two, one]
  return wallOf(year, month, day, clockOf(hour, minute, second, half ?? part))
}

function yearFirst(match: RegExpExecArray): ParsedDate {
  const [, year = '', month = '', day = '', part, hour, minute, second, half, zone] = match
  const read = wallOf(year, month, day, clockOf(hour, minute, second, half ?? part))
  if (zone === undefined || read.code !== 'wall') return read
  const { wall } = read
  const utc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  if (zone.toLowerCase() === 'z') return { code: 'instant', ms: utc }
  const digits = zone.replace(':', '')
  const offset = (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))) * 60_000
  return { code: 'instant', ms: digits.startsWith('-') ? utc + offset : utc - offset }
}

function clockOf(hour = '0', minute = '0', second = '0', half = ''): [number, number, number] | null {
  const mark = half.toLowerCase().replaceAll('.', '')
  let hours = Number(hour)
  if (mark === 'am' || mark === '上午' || mark === '凌晨') hours = hours === 12 ? 0 : hours
  else if (mark === 'pm' || mark === '下午' || mark === '晚上' || mark === '中午')
    hours = hours < 12 && !(mark === '中午' && hours >= 11) ? hours + 12 : hours
  return hours > 23 || Number(minute) > 59 || Number(second) > 59 ? null : [hours, Number(minute), Number(second)]
}

function wallOf(year: string, month: string, day: string, clock: [number, number, number] | null): ParsedDate {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  if (clock === null || m < 1 || m > 12 || d < 1 || d > new Date(Date.UTC(y, m, 0)).getUTCDate()) return { code: 'not_a_date' }
  const [hour, minute, second] = clock
  return { code: 'wall', wall: { year: y, month: m, day: d, hour, minute, second } }
}

function numericDate(text: string): ParsedDate {
  const value = Number(text)
  if (/^\d{8}$/.test(text)) return wallOf(text.slice(0, 4), text.slice(4, 6), text.slice(6), [0, 0, 0])
  if (/^\d{14}$/.test(text)) {
    const clock = clockOf(text.slice(8, 10), text.slice(10, 12), text.slice(12))
    return wallOf(text.slice(0, 4), text.slice(4, 6), text.slice(6, 8), clock)
  }
  if (value >= 1 && value < 100_000) {
    // A serial has no zone either; half a second of rounding, for a spreadsheet's day fractions are binary.
    const wall = new Date(SERIAL_EPOCH_MS + Math.round((value * MS_PER_DAY) / 1000) * 1000)
    return { code: 'wall', wall: wallOfUtc(wall) }
  }
  if (value >= 1e8 && value < 1e10) return { code: 'instant', ms: value * 1000 }
  if (value >= 1e11 && value < 1e13) return { code: 'instant', ms: value }
  return { code: 'not_a_date' }
}

/** The fields of a date as its UTC clock shows them. */
export function wallOfUtc(date: Date): WallTime {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
}

/** Order of day and month that a column shows: `mdy` or `dmy` when some date proves it, `auto` when none is in doubt, else null. */
export function dateFormOf(texts: Iterable<string>): DateForm | null {
  let doubtful = false
  for (const text of texts) {
    const match = YEAR_LAST.exec(text.normalize('NFKC').trim())
    if (match === null) continue
    if (Number(match[1]) > 12) return 'dmy'
    if (Number(match[2]) > 12) return 'mdy'
    doubtful ||= match[1] !== match[2]
  }
  return doubtful ? null : 'auto'
}

/**
 * Converts wall-clock times of one zone to UTC milliseconds. A time that a clock change skips lands as far after it; one
 * that occurs twice is its first. Offsets are kept by hour, since asking for one costs microseconds and imports have a
 * million rows.
 */
export function zoneClock(timeZone: string): (wall: WallTime) => number {
  const offsetAt = zoneOffset(timeZone)
  return (wall) => {
    const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
    const before = offsetAt(asUtc - MS_PER_DAY)
    const after = offsetAt(asUtc + MS_PER_DAY)
    const early = asUtc - Math.max(before, after)
    if (before === after || offsetAt(early) === Math.max(before, after)) return early
    return offsetAt(asUtc - Math.min(before, after)) === Math.min(before, after)
      ? asUtc - Math.min(before, after)
      : asUtc - before
  }
}

/** Offset of a zone from UTC in milliseconds at an instant, remembered by the quarter hour (no zone changes between). */
export function zoneOffset(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  return (ms) => {
    const quarter = Math.floor(ms / 900_000) * 900_000
    const found = known.get(quarter)
    if (found !== undefined) return found
    const parts = new Map(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]))
    const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    const offset = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - quarter
    known.set(quarter, offset)
    return offset
  }
}

/** Whether a zone's name is known here. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
