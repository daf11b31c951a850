import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

import gcoordModule from 'gcoord'
import { describe, expect, test } from 'vitest'

import { DEFAULT_CATEGORIES } from './default-categories.ts'
import { createCommunity, DEMO_SEED } from '../demo/community.ts'
import { importSite, type ImportRequest } from './import-site.ts'
import { siteBytes } from './site-folder.ts'

const gcoord = gcoordModule as unknown as {
  transform: <T>(input: T, from: string, to: string) => T
  WGS84: string
  GCJ02: string
  BD09: string
}
const { site } = createCommunity(DEMO_SEED)
const bytes = siteBytes(site)
const operators = new Map([...bytes].filter(([name]) => name.endsWith('.geojson')))
const inSystem = (to: string): Map<string, string> =>
  new Map([...operators].map(([name, text]) => [name, JSON.stringify(gcoord.transform(JSON.parse(text), gcoord.WGS84, to))]))
const request = (files: ReadonlyMap<string, string>, system: ImportRequest['system'] = 'WGS84') =>
  importSite({ files, system, name: { zh: '某社区', en: 'A community' }, categories: DEFAULT_CATEGORIES })
const taken = (files: ReadonlyMap<string, string>, system?: ImportRequest['system']) => {
  const result = request(files, system)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result
}
const boundary = {
  type: 'Feature',
  properties: {},
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [114.6, 33.6],
        [114.7, 33.6],
        [114.7, 33.7],
        [114.6, 33.6],
      ],
    ],
  },
}
const collection = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features })
const withBoundary = (name: string, text: string) =>
  new Map([
    ['boundary.geojson', collection(boundary)],
    [name, text],
  ])

describe('an import of a site', () => {
  test('in WGS-84 takes the coordinates as they are', () => {
    const { site: made, report } = taken(operators)
    expect(made.layers).toEqual(site.layers)
    expect(made.manifest).toMatchObject({ demo: false, name: { zh: '某社区' } })
    expect(report.shiftMeters).toBe(0)
    expect(report.layers.flatMap(({ skipped }) => [...skipped])).toEqual([])
  })

  test.each(['GCJ02', 'BD09'] as const)('in %s comes out where it really is, to a decimetre', (system) => {
    const { site: made, report } = taken(inSystem(gcoord[system]), system)
    expect(report.shiftMeters).toBeGreaterThan(400)
    const [was, is] = [site, made].map(
      ({ layers }) => layers.footprints.features.flatMap(({ geometry }) => geometry.coordinates.flat(2)) as number[],
    )
    const most = Math.max(...(was ?? []).map((value, index) => Math.abs(value - (is?.[index] ?? 0))))
    expect(was?.length).toBe(is?.length)
    expect(most).toBeLessThan(2e-6)
  })

  test('does not change the operator’s own objects or texts', () => {
    const files = inSystem(gcoord.GCJ02)
    const before = new Map(files)
    taken(files, 'GCJ02')
    expect(files).toEqual(before)
  })

  test('finds properties by their usual names and says which', () => {
    const grid = { ...boundary, properties: { 网格编码: '411602005006001', 网格名称: '一号网格' } }
    const { site: made, report } = taken(
      withBoundary('网格.geojson', collection(grid, { ...grid }, { ...boundary, properties: {} })),
    )
    expect(made.layers.grids.features.map(({ properties }) => properties)).toEqual([
      { id: '411602005006001', name: '一号网格', nameEn: null },
    ])
    const told = report.layers.find(({ layer }) => layer === 'grids')
    expect(told?.readFrom).toEqual({ id: ['网格编码'], name: ['网格名称'], nameEn: [] })
    expect(Object.fromEntries(told?.skipped ?? [])).toEqual({ 'id stands twice': 1, 'no usable id': 1 })
  })

  test('reads heights from floors and floors from heights', () => {
    const building = (properties: object) => ({ ...boundary, properties })
    const { site: made } = taken(
      withBoundary('buildings.geojson', collection(building({ id: 'b1', 层数: '6' }), building({ height: '29.0 m', id: 'b2' }))),
    )
    expect(
      made.layers.footprints.features.map(({ properties }) => [
        properties.buildingId,
        properties.heightMeters,
        properties.floors,
      ]),
    ).toEqual([
      ['b1', 17.4, 6],
      ['b2', 29, 10],
    ])
  })

  test('drops heights of points, splits lines, counts what it has no use for, and tells what lies far away', () => {
    const road = {
      type: 'Feature',
      properties: { highway: 'primary' },
      geometry: {
        type: 'MultiLineString',
        coordinates: [
          [
            [114.6, 33.6, 5],
            [114.61, 33.6, 6],
          ],
          [
            [121.5, 25],
            [121.6, 25],
          ],
        ],
      },
    }
    const { site: made, report } = taken(
      withBoundary('roads.geojson', collection(road, boundary, { type: 'Feature', properties: {}, geometry: null })),
    )
    expect(made.layers.roads.features.map(({ properties, geometry }) => [properties.kind, geometry.coordinates[0]])).toEqual([
      ['main', [114.6, 33.6]],
      ['main', [121.5, 25]],
    ])
    const told = report.layers.find(({ layer }) => layer === 'roads')
    expect(Object.fromEntries(told?.skipped ?? [])).toEqual({ 'not lines': 1, 'no usable geometry': 1 })
    expect(told?.far).toBe(1)
  })

  test.each([
    ['latitude first', collection({ ...boundary, geometry: { type: 'Point', coordinates: [33.6, 114.6] } }), 'swapped'],
    [
      'metres of a projection',
      collection({ ...boundary, geometry: { type: 'Point', coordinates: [12762000, 3985000] } }),
      'not_degrees',
    ],
    [
      'another system by name',
      JSON.stringify({
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } },
        features: [],
      }),
      'other_crs',
    ],
    ['no GeoJSON', '{"a":1}', 'not_geojson'],
    ['no JSON', 'x', 'not_geojson'],
  ])('refuses %s', (_, text, code) => {
    const result = request(withBoundary('labels.geojson', text))
    expect(result.ok).toBe(false)
    expect(!result.ok && result.problems[0]?.message).toMatch(new RegExp(`^${code}`))
  })

  test('needs a boundary', () => {
    const result = request(new Map([['grids.geojson', collection()]]))
    expect(result).toMatchObject({ ok: false, problems: [{ file: 'boundary.geojson' }] })
  })
})

const geo = path.join(process.env['REFERENCE_DIR'] ?? path.join(import.meta.dirname, '../../../shared'), 'data/geo')
test.skipIf(!existsSync(geo))('a real district in GCJ-02 lands on its WGS-84 twin (needs REFERENCE_DIR)', () => {
  const read = (name: string) => new Map([['boundary.geojson', readFileSync(path.join(geo, name), 'utf8')]])
  const shifted = taken(read('chuanhui-411602.gcj02.geojson'), 'GCJ02')
  const truth = taken(read('chuanhui-411602.wgs84.geojson'))
  const placesOf = ({ site: { layers } }: typeof truth) =>
    layers.boundary.features.flatMap(({ geometry }) => geometry.coordinates.flat(3)) as number[]
  const [is, was] = [placesOf(shifted), placesOf(truth)]
  expect(is.length).toBe(was.length)
  expect(Math.max(...is.map((value, index) => Math.abs(value - (was[index] ?? 0))))).toBeLessThan(2e-6)
  expect(shifted.report.shiftMeters).toBeGreaterThan(450)
  expect(shifted.report.shiftMeters).toBeLessThan(650)
})
