import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'

const ROOT = path.join(import.meta.dirname, '..', '..')
const GEO = path.resolve(process.env['REFERENCE_DIR'] ?? '../shared', 'data/geo')
const hasGeo = existsSync(GEO)
const reason = hasGeo ? '' : ' (needs REFERENCE_DIR)'
const run = promisify(execFile)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lookout-import-'))
  mkdirSync(path.join(folder, 'theirs'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** `npm run site -- import` as an operator runs it; what it said. */
async function importTheirs(crs: string, ...more: readonly string[]): Promise<string> {
  const args = [
    path.join(ROOT, 'scripts/site.ts'),
    'import',
    path.join(folder, 'theirs'),
    '--crs',
    crs,
    '--name',
    '测试社区',
    ...more,
  ]
  const env = { PATH: process.env['PATH'], DATA_DIR: path.join(folder, 'data') }
  const { stdout } = await run(process.execPath, args, { env, cwd: folder })
  return stdout
}
const shapes = z.object({ features: z.array(z.object({ geometry: z.object({ coordinates: z.unknown() }) })) })
const placesIn = (file: string): [number, number][] => {
  const places: [number, number][] = []
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return
    const [lng, lat] = value as unknown[]
    if (typeof lng === 'number' && typeof lat === 'number') places.push([lng, lat])
    else for (const each of value) walk(each)
  }
  for (const { geometry } of shapes.parse(JSON.parse(readFileSync(file, 'utf8'))).features) walk(geometry.coordinates)
  return places
}
const written = (name: string): string => path.join(folder, 'data', 'site', `${name}.geojson`)
const metersApart = ([lng, lat]: [number, number], [otherLng, otherLat]: [number, number]): number =>
  Math.hypot((lng - otherLng) * 111_320 * Math.cos((lat * Math.PI) / 180), (lat - otherLat) * 111_320)

test.skipIf(!hasGeo)(
  `a district in GCJ-02 lands within a metre of the same district in WGS-84, half a kilometre from where it was${reason}`,
  async () => {
    copyFileSync(path.join(GEO, 'chuanhui-411602.gcj02.geojson'), path.join(folder, 'theirs', 'boundary.geojson'))
    const said = await importTheirs('gcj02')
    expect(said).toMatch(/boundary\.geojson → boundary: 1 个要素/)
    const shift = Number(/shift by the conversion: (\d+) m/.exec(said)?.[1])
    expect(shift).toBeGreaterThan(400)
    expect(shift).toBeLessThan(700)
    const ours = placesIn(written('boundary'))
    const truth = placesIn(path.join(GEO, 'chuanhui-411602.wgs84.geojson'))
    expect(ours).toHaveLength(truth.length)
    expect(Math.max(...ours.map((place, index) => metersApart(place, truth[index] ?? [0, 0])))).toBeLessThan(1)
  },
)

test.skipIf(!hasGeo)(
  `a neighbourhood of OpenStreetMap is understood file by file, and a look changes nothing${reason}`,
  async () => {
    for (const name of ['buildings', 'roads', 'landuse', 'water', 'places']) {
      copyFileSync(path.join(GEO, 'taipei', `${name}.geojson`), path.join(folder, 'theirs', `${name}.geojson`))
    }
    const houses = placesIn(path.join(GEO, 'taipei', 'buildings.geojson'))
    const [west, east] = [Math.min(...houses.map(([lng]) => lng)), Math.max(...houses.map(([lng]) => lng))]
    const [south, north] = [Math.min(...houses.map(([, lat]) => lat)), Math.max(...houses.map(([, lat]) => lat))]
    const corners = [west, south, east, south, east, north, west, north, west, south]
    const ring = [0, 2, 4, 6, 8].map((at) => corners.slice(at, at + 2))
    const boundary = { type: 'Feature', properties: { name: '测试社区' }, geometry: { type: 'Polygon', coordinates: [ring] } }
    writeFileSync(
      path.join(folder, 'theirs', 'boundary.geojson'),
      JSON.stringify({ type: 'FeatureCollection', features: [boundary] }),
    )

    const looked = await importTheirs('wgs84', '--dry-run')
    for (const line of [/buildings\.geojson → footprints: \d+/, /roads\.geojson → roads: \d+/, /shift by the conversion: 0 m/]) {
      expect(looked).toMatch(line)
    }
    expect(existsSync(written('boundary'))).toBe(false)

    await importTheirs('wgs84')
    const taken = placesIn(written('footprints'))
    expect(taken.length).toBeGreaterThan(100)
    // WGS-84 is never converted: every corner is one of theirs, to a micro-degree.
    const theirs = new Set(houses.map(([lng, lat]) => `${lng.toFixed(6)} ${lat.toFixed(6)}`))
    expect(taken.filter(([lng, lat]) => !theirs.has(`${lng.toFixed(6)} ${lat.toFixed(6)}`))).toEqual([])
    // A second import does not take the place of a site by accident.
    await expect(importTheirs('wgs84')).rejects.toThrow(/--replace/)
  },
)
