import { parseDate, zoneClock } from './dates.ts'
import type { ImportField, ImportProfile } from './profile.ts'

/** Bounds of one import file, stated in its errors. */
export const MOST_ROWS = 1_000_000
export const MOST_COLUMNS = 200
export const MOST_FILE_BYTES = 100 * 1024 * 1024

/** Why a row is refused; each names its column, so that the office can correct the file and send it again. */
export const REFUSALS = [
  'time_missing',
  'time_not_read',
  'time_order_ambiguous',
  'time_out_of_range',
  'coordinates_not_read',
  'coordinates_out_of_range',
  'coordinates_swapped',
  'category_too_long',
  'category_names_a_person',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Why an accepted case is not put on the map: it has no place, or one cut to whole degrees (off by up to 100 km). */
export const POSITION_FLAGS = ['no_position', 'whole_degrees', 'zero_position'] as const
export type PositionFlag = (typeof POSITION_FLAGS)[number]

/** A row of a table: texts, numbers as spreadsheets hold them, or a date that a spreadsheet read (its UTC clock is the wall clock). */
export type Cell = string | number | boolean | Date | null | undefined

/** One past case. `row` is the row of the file as a spreadsheet numbers it; `lng` and `lat` are null when `flag` is not. */
export type PastCase = {
  row: number
  id: string | null
  timeMs: number
  category: string
  source: string | null
  lng: number | null
  lat: number | null
  flag: PositionFlag | null
}

/** A row that was not taken, with the text that was in the way. */
export type RefusedRow = { row: number; code: Refusal; column: string; value: string }
/** A row that says the same as an earlier one and was merged with it. */
export type MergedRow = { row: number; sameAs: number }

/** What an import would take, or took. `cases` hold one entry for each accepted row. */
export type ImportOutcome = {
  rows: number
  cases: PastCase[]
  refused: RefusedRow[]
  merged: MergedRow[]
  flags: Record<PositionFlag, number>
}

/** Converts a place to WGS-84; the caller has it from the coordinate system that the operator chose. */
export type ToWgs84 = (lng: number, lat: number) => [lng: number, lat: number]

/** Everything that decides about rows besides the rows themselves. Cases after `latestMs` (now) are refused. */
export type ImportRules = { profile: ImportProfile; timeZone: string; toWgs84: ToWgs84; latestMs: number }

/** Before this no register was kept by computer; such dates are empty cells in disguise. */
const EARLIEST_MS = Date.UTC(1970, 0, 2)
const MOST_CATEGORY_CHARACTERS = 120
const MOST_SHOWN_CHARACTERS = 80

/** The text of a cell, trimmed and normalised; null when blank. */
export function cellText(cell: Cell): string | null {
  if (cell === null || cell === undefined) return null
  const text = cell instanceof Date ? cell.toISOString() : String(cell).normalize('NFKC').trim()
  return text === '' || /^(null|n\/a|na|-|--|无)$/i.test(text) ? null : text
}

/** An 11-digit mobile number or an 18-digit identity number inside a longer text: never kept. */
function namesAPerson(text: string): boolean {
  return /(?<!\d)1[3-9]\d{9}(?!\d)/.test(text) || /(?<!\d)\d{17}[\dXx](?!\d)/.test(text)
}

/**
 * Maps the rows of a table to past cases, row by row: what was taken, refused and why, merged, and flagged. Rows with the
 * same id, or without ids with the same instant, place and category, are one case. The order of rows does not matter
 * except that the first of duplicates is kept.
 */
export function mapPastCases(headings: readonly string[], rows: Iterable<readonly Cell[]>, rules: ImportRules): ImportOutcome {
  const at = columnIndexes(headings, rules.profile)
  const toUtc = zoneClock(rules.timeZone)
  const outcome: ImportOutcome = {
    rows: 0,
    cases: [],
    refused: [],
    merged: [],
    flags: { no_position: 0, whole_degrees: 0, zero_position: 0 },
  }
  const seen = new Map<string, number>()
  // Headings are row 1 of a spreadsheet, so the first case is row 2.
  let row = 1
  for (const cells of rows) {
    row++
    const cell = (field: ImportField): Cell => (at[field] < 0 ? null : cells[at[field]])
    if (cells.every((one) => cellText(one) === null)) continue
    outcome.rows++
    const refuse = (code: Refusal, field: ImportField, value: string): void => {
      const shown = namesAPerson(value) ? '***' : value.slice(0, MOST_SHOWN_CHARACTERS)
      outcome.refused.push({ row, code, column: rules.profile.columns[field] ?? field, value: shown })
    }
    const time = readTime(cell('time'), rules, toUtc)
    if (typeof time !== 'number') {
      refuse(time.code, 'time', cellText(cell('time')) ?? '')
      continue
    }
    const place = readPlace(cell('lng'), cell('lat'), cell('position'), rules.toWgs84)
    if (place.code !== 'ok') {
      refuse(place.code, at.position >= 0 ? 'position' : 'lng', place.value)
      continue
    }
    const category = cellText(cell('category')) ?? ''
    if (category.length > MOST_CATEGORY_CHARACTERS || namesAPerson(category)) {
      refuse(namesAPerson(category) ? 'category_names_a_person' : 'category_too_long', 'category', category)
      continue
    }
    const id = cellText(cell('id'))
    const key = id === null ? `${time}|${place.lng}|${place.lat}|${category}` : `id:${id}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      outcome.merged.push({ row, sameAs: earlier })
      continue
    }
    seen.set(key, row)
    if (place.flag !== null) outcome.flags[place.flag]++
    const source = cellText(cell('source'))
    outcome.cases.push({
      row,
      id,
      timeMs: time,
      category,
      source: source === null || source.length > MOST_CATEGORY_CHARACTERS || namesAPerson(source) ? null : source,
      lng: place.lng,
      lat: place.lat,
      flag: place.flag,
    })
  }
  return outcome
}

function columnIndexes(headings: readonly string[], profile: ImportProfile): Record<ImportField, number> {
  const { columns } = profile
  const find = (heading: string | null): number => (heading === null ? -1 : headings.indexOf(heading))
  return {
    id: find(columns.id),
    time: find(columns.time),
    category: find(columns.category),
    lng: find(columns.lng),
    lat: find(columns.lat),
    position: find(columns.position),
    source: find(columns.source),
  }
}

function readTime(cell: Cell, rules: ImportRules, toUtc: ReturnType<typeof zoneClock>): number | { code: Refusal } {
  const text = cellText(cell)
  if (text === null) return { code: 'time_missing' }
  const parsed =
    cell instanceof Date ? parseDate(cell.toISOString().slice(0, 19), 'auto') : parseDate(text, rules.profile.dateForm)
  if (parsed.code === 'not_a_date') return { code: 'time_not_read' }
  if (parsed.code === 'ambiguous_order') return { code: 'time_order_ambiguous' }
  const ms = parsed.code === 'instant' ? parsed.ms : toUtc(parsed.wall)
  return ms < EARLIEST_MS || ms > rules.latestMs ? { code: 'time_out_of_range' } : ms
}

type Place =
  | { code: 'ok'; lng: number | null; lat: number | null; flag: PositionFlag | null }
  | { code: 'coordinates_not_read' | 'coordinates_out_of_range' | 'coordinates_swapped'; value: string }

function readPlace(lngCell: Cell, latCell: Cell, positionCell: Cell, toWgs84: ToWgs84): Place {
  let lngText = cellText(lngCell)
  let latText = cellText(latCell)
  const joint = cellText(positionCell)
  let swapped = false
  if (lngText === null && latText === null) {
    if (joint === null) return { code: 'ok', lng: null, lat: null, flag: 'no_position' }
    const numbers = joint.match(/-?\d+(\.\d+)?/g) ?? []
    if (numbers.length !== 2) return { code: 'coordinates_not_read', value: joint }
    // WKT POINT and 经纬度 put the longitude first; "(39.3, -76.6)" puts the latitude first. Only |x| > 90 tells for sure.
    const [one = '', two = ''] = numbers
    swapped = Math.abs(Number(two)) > 90 || (!/point|经/i.test(joint) && joint.startsWith('('))
    ;[lngText, latText] = swapped ? [two, one] : [one, two]
  }
  const value = `${lngText ?? ''}, ${latText ?? ''}`
  if (lngText === null || latText === null) return { code: 'coordinates_not_read', value }
  const lng = Number(lngText)
  const lat = Number(latText)
  if (!Number.isFinite(lng) || !Number.isFinite(lat)) return { code: 'coordinates_not_read', value }
  if (Math.abs(lat) > 90 && Math.abs(lat) <= 180 && Math.abs(lng) <= 90) return { code: 'coordinates_swapped', value }
  if (Math.abs(lng) > 180 || Math.abs(lat) > 85) return { code: 'coordinates_out_of_range', value }
  if (lng === 0 && lat === 0) return { code: 'ok', lng: null, lat: null, flag: 'zero_position' }
  if (Number.isInteger(lng) && Number.isInteger(lat)) return { code: 'ok', lng: null, lat: null, flag: 'whole_degrees' }
  const [trueLng, trueLat] = toWgs84(lng, lat)
  // Six decimals are a decimetre; more would be noise, and equal places must compare equal.
  return { code: 'ok', lng: Math.round(trueLng * 1e6) / 1e6, lat: Math.round(trueLat * 1e6) / 1e6, flag: null }
}
