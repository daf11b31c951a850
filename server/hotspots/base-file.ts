import { cellText } from '../../shared/hotspot/import/past-cases.ts'
import { normalisedHeading, type CoordinateSystem } from '../../shared/hotspot/import/profile.ts'
import { toWgs84From } from './import/coordinates.ts'
import { readTable } from './import/read-table.ts'

const LNG = ['经度', 'longitude', 'lng', 'lon', 'x']
const LAT = ['纬度', 'latitude', 'lat', 'y']
const VALUE = [
  '户数',
  '住户数',
  '家庭户数',
  '电动车数',
  '电动自行车数',
  '数量',
  'households',
  'ebikes',
  'value',
  'count',
  'total',
]

const BUILDING = ['楼栋', '楼栋编号', '楼栋名称', '楼号', 'building', 'buildingid']

/** Where a building of the community stands, by its id or its name; null when there is none of that name, or several. */
export type BuildingPlace = (idOrName: string) => readonly [lng: number, lat: number] | null

/** Denominators by place in WGS-84, or what is wrong with which row. */
export type BasesRead = { ok: true; places: [lng: number, lat: number, value: number][] } | { ok: false; detail: string }

/**
 * Reads a table of denominators: a number at each place, where the place is a longitude and latitude (a building's, or the
 * middle of a cell) or one of the community's buildings.
 */
export async function readBases(bytes: Uint8Array, system: CoordinateSystem, buildingPlace: BuildingPlace): Promise<BasesRead> {
  const read = await readTable(bytes)
  if (read.code !== 'ok') return { ok: false, detail: `${read.code}: ${read.detail}` }
  const headings = read.table.headings.map(normalisedHeading)
  const columnOf = (names: readonly string[]): number => headings.findIndex((heading) => names.includes(heading))
  const [lng, lat, value, building] = [columnOf(LNG), columnOf(LAT), columnOf(VALUE), columnOf(BUILDING)]
  const byPlace = lng >= 0 && lat >= 0
  if (value < 0 || (!byPlace && building < 0)) {
    return { ok: false, detail: 'needs the column 数量 (value), and 经度 and 纬度 (lng, lat) or 楼栋 (building)' }
  }
  const toWgs84 = toWgs84From(system)
  const places: [number, number, number][] = []
  for (const [i, row] of read.table.rows.entries()) {
    const numberAt = (at: number): number => Number(cellText(row[at]) ?? Number.NaN)
    const named = byPlace ? null : buildingPlace(cellText(row[building])?.trim() ?? '')
    if (!byPlace && named === null) return { ok: false, detail: `row ${i + 2}: no such building` }
    const [x, y] = named ?? [numberAt(lng), numberAt(lat)]
    const number = numberAt(value)
    if (![x, y, number].every(Number.isFinite) || Math.abs(x) > 180 || Math.abs(y) > 85 || number < 0) {
      return { ok: false, detail: `row ${i + 2}: not a place with a number` }
    }
    const [trueLng, trueLat] = named ?? toWgs84(x, y)
    places.push([trueLng, trueLat, number])
  }
  return { ok: true, places }
}
