import { ID_PATTERN } from '../../shared/domain/field.ts'
import {
  SITE_FORMAT,
  SITE_LAYER_NAMES,
  SITE_LAYERS,
  type Category,
  type SiteLayerName,
  type SiteLayers,
} from '../../shared/site/site.ts'
import type { CoordinateSystem } from '../../shared/hotspot/import/profile.ts'
import { toWgs84From } from '../hotspots/import/coordinates.ts'
import { moved, placesOf, readFeatures, type ReadFeature, type Shape } from './read-features.ts'
import type { Site } from './site-folder.ts'
import type { SiteProblem } from './site-problem.ts'

/** What was understood of one file, to be shown before it is taken. */
export interface LayerReport {
  readonly file: string
  readonly layer: SiteLayerName
  readonly taken: number
  /** Why features were left out, and how many. */
  readonly skipped: ReadonlyMap<string, number>
  /** The properties that each of our fields was read from, most used first; empty: none was found. */
  readonly readFrom: Readonly<Record<string, readonly string[]>>
  /** Features over half a degree away from the boundary: most likely of another place or another system. */
  readonly far: number
}

export interface ImportReport {
  readonly layers: readonly LayerReport[]
  /** How far the conversion moved the middle, in metres; 0 for WGS-84. */
  readonly shiftMeters: number
  /** West, south, east, north of the boundary in WGS-84 degrees. */
  readonly bounds: readonly [number, number, number, number]
}

export type ImportResult =
  | { readonly ok: true; readonly site: Site; readonly report: ImportReport }
  | { readonly ok: false; readonly problems: readonly SiteProblem[] }

export interface ImportRequest {
  /** Texts of the operator's files by name. */
  readonly files: ReadonlyMap<string, string>
  readonly system: CoordinateSystem
  readonly name: { readonly zh: string; readonly en: string }
  readonly categories: readonly Category[]
}

/** Names that a layer's file may have, without `.geojson` or `.json`; some say the kind of all their features. */
const FILES: readonly (readonly [name: string, layer: SiteLayerName, kind?: string])[] = [
  ['boundary', 'boundary'],
  ['边界', 'boundary'],
  ['grids', 'grids'],
  ['网格', 'grids'],
  ['compounds', 'compounds'],
  ['小区', 'compounds'],
  ['footprints', 'footprints'],
  ['buildings', 'footprints'],
  ['楼栋', 'footprints'],
  ['roads', 'roads'],
  ['道路', 'roads'],
  ['land', 'land'],
  ['landuse', 'land'],
  ['green', 'land', 'green'],
  ['绿地', 'land', 'green'],
  ['water', 'land', 'water'],
  ['水系', 'land', 'water'],
  ['labels', 'labels'],
  ['places', 'labels'],
  ['地名', 'labels'],
]

/** Properties that a field may come from, the first that any feature has. */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'code', 'adcode', 'gridId', 'grid_id', 'GRID_ID', '编码', '网格编码', '代码'],
  buildingId: ['buildingId', 'building_id', '楼栋编码', 'id'],
  name: ['name', 'NAME', '名称', '网格名称', '小区名称', '楼栋名称'],
  nameEn: ['nameEn', 'name_en', 'name:en', '英文名'],
  heightMeters: ['heightMeters', 'height', 'HEIGHT', '高度'],
  floors: ['floors', 'building:levels', 'levels', 'FLOOR', 'floor', '层数', '楼层'],
  kind: ['kind', 'highway', 'fclass', 'landuse', 'leisure', 'natural', 'place', 'pmap:kind', '类型'],
}
/** About 50 km: no surroundings of a community reach that far. */
const FAR_DEG = 0.5
/** Of a Chinese residential floor, for a building that tells only its floors, or only its height. */
const FLOOR_METERS = 2.9

const KINDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  roads: {
    main: ['main', 'motorway', 'trunk', 'primary', 'secondary', 'highway', 'major_road', '主干路', '次干路'],
    street: ['street', 'tertiary', 'unclassified', 'residential', 'living_street', 'medium_road', 'minor_road', '支路'],
  },
  land: {
    water: ['water', 'river', 'lake', 'wetland', 'basin', 'reservoir', '水'],
    green: ['green', 'park', 'grass', 'forest', 'garden', 'wood', 'meadow', 'village_green', 'scrub', '绿地', '公园'],
    plaza: ['plaza', 'square', 'pedestrian', '广场'],
    pitch: ['pitch', 'playground', 'track', 'stadium', '运动场'],
  },
  labels: { compound: ['compound', 'neighbourhood', '小区'], water: ['water', 'river', '河流'] },
  footprints: { public: ['public'], shop: ['shop', 'retail', 'commercial'], surroundings: ['surroundings'] },
}
const OTHER_KIND: Readonly<Record<string, string>> = { roads: 'lane', land: 'zone', labels: 'place', footprints: 'residential' }

/** Turns an operator's GeoJSON into a site: coordinates to WGS-84 from the system that the operator named, properties by their usual names. */
export function importSite({ files, system, name, categories }: ImportRequest): ImportResult {
  const problems: SiteProblem[] = []
  const toWgs84 = toWgs84From(system)
  const reports: (Omit<LayerReport, 'far'> & { readonly places: readonly (readonly [number, number])[] })[] = []
  const layers = Object.fromEntries(SITE_LAYER_NAMES.map((layer): [SiteLayerName, unknown[]] => [layer, []]))
  let firstPlace: readonly [number, number] | null = null
  for (const [file, text] of files) {
    const known = FILES.find(([base]) => file === `${base}.geojson` || file === `${base}.json`)
    if (known === undefined) continue
    const [, layer, fixedKind] = known
    const read = readFeatures(text)
    if (!read.ok) {
      problems.push({ file, message: `${read.code}: ${read.detail}` })
      continue
    }
    if (layer === 'boundary') firstPlace ??= read.file.features.flatMap(({ shape }) => placesOf(shape))[0] ?? null
    const { features, report } = takeLayer(layer, fixedKind ?? null, read.file.features)
    const skipped = new Map([...read.file.skipped, ...report.skipped])
    const shapes = features.map(({ properties, shape }) => ({ properties, shape: moved(shape, toWgs84) }))
    layers[layer]?.push(...shapes.map(({ properties, shape }) => featureOf(properties, shape)))
    const placesMoved = shapes.flatMap(({ shape }) => placesOf(shape).slice(0, 1))
    reports.push({ ...report, file, layer, taken: features.length, skipped, places: placesMoved })
  }
  if (firstPlace === null && problems.length === 0)
    problems.push({ file: 'boundary.geojson', message: 'is missing or empty: the outline of the community' })
  if (problems.length > 0 || firstPlace === null) return { ok: false, problems }

  const checked: Record<string, unknown> = {}
  for (const layer of SITE_LAYER_NAMES) {
    const parsed = SITE_LAYERS[layer].safeParse({ type: 'FeatureCollection', features: layers[layer] })
    if (parsed.success) checked[layer] = parsed.data
    else
      for (const issue of parsed.error.issues.slice(0, 3))
        problems.push({ file: `${layer}.geojson`, message: `${issue.path.join('.')}: ${issue.message}` })
  }
  if (problems.length > 0) return { ok: false, problems }
  // Every layer was parsed by the schema of its name, or there would be a problem.
  const site = checked as unknown as SiteLayers
  const bounds = boundsOf(site.boundary)
  const origin: [number, number] = [round6((bounds[0] + bounds[2]) / 2), round6((bounds[1] + bounds[3]) / 2)]
  const manifest = { format: SITE_FORMAT, name, origin, demo: false, timeZone: 'Asia/Shanghai' } as const
  const shiftMeters = metersBetween(firstPlace, toWgs84(firstPlace[0], firstPlace[1]))
  const isFar = ([lng, lat]: readonly [number, number]): boolean =>
    lng < bounds[0] - FAR_DEG || lng > bounds[2] + FAR_DEG || lat < bounds[1] - FAR_DEG || lat > bounds[3] + FAR_DEG
  const told = reports.map(({ places, ...report }): LayerReport => ({ ...report, far: places.filter(isFar).length }))
  return { ok: true, site: { manifest, layers: site, categories }, report: { layers: told, shiftMeters, bounds } }
}

interface Taken {
  readonly features: readonly { readonly properties: Readonly<Record<string, unknown>>; readonly shape: Shape }[]
  readonly report: Pick<LayerReport, 'readFrom' | 'skipped'>
}

const SHAPE_OF: Readonly<Record<SiteLayerName, Shape['kind']>> = {
  boundary: 'area',
  grids: 'area',
  compounds: 'area',
  footprints: 'area',
  roads: 'line',
  land: 'area',
  labels: 'point',
}
const FIELDS: Readonly<Record<SiteLayerName, readonly string[]>> = {
  boundary: ['name', 'nameEn'],
  grids: ['id', 'name', 'nameEn'],
  compounds: ['id', 'name', 'nameEn'],
  footprints: ['kind', 'buildingId', 'name', 'nameEn', 'heightMeters', 'floors'],
  roads: ['kind', 'name', 'nameEn'],
  land: ['kind'],
  labels: ['kind', 'name', 'nameEn'],
}

function takeLayer(layer: SiteLayerName, fixedKind: string | null, all: readonly ReadFeature[]): Taken {
  const skipped = new Map<string, number>()
  const skip = (why: string): [] => {
    skipped.set(why, (skipped.get(why) ?? 0) + 1)
    return []
  }
  const usable = all.filter(({ shape }) => shape.kind === SHAPE_OF[layer])
  if (usable.length < all.length) skipped.set(`not ${SHAPE_OF[layer]}s`, all.length - usable.length)
  const used = new Map(FIELDS[layer].map((field) => [field, new Map<string, number>()]))
  const ids = new Set<string>()
  const features = usable.flatMap(({ properties, shape }) => {
    const value = (field: string): string | null => {
      const from = (PROPERTIES[field] ?? []).find((name) => textOf(properties[name]) !== null)
      if (from === undefined) return null
      const counts = used.get(field)
      counts?.set(from, (counts.get(from) ?? 0) + 1)
      return textOf(properties[from])
    }
    const names = { name: value('name')?.slice(0, 60) ?? null, nameEn: value('nameEn')?.slice(0, 120) ?? null }
    const kind = fixedKind ?? kindOf(layer, value('kind'))
    const id = idOf(value(layer === 'footprints' ? 'buildingId' : 'id'))
    if (layer === 'grids' || layer === 'compounds') {
      if (id === null) return skip('no usable id')
      if (ids.has(id)) return skip('id stands twice')
      ids.add(id)
      return [{ properties: { id, ...names }, shape }]
    }
    if (layer === 'labels') {
      if (names.name === null) return skip('no name')
      return [{ properties: { kind, name: names.name, nameEn: names.nameEn ?? names.name }, shape }]
    }
    if (layer === 'footprints') {
      const size = sizeOf(numberOf(value('heightMeters')), numberOf(value('floors')))
      return [{ properties: { kind, buildingId: kind === 'residential' ? id : null, ...names, ...size }, shape }]
    }
    if (layer === 'roads') return [{ properties: { kind, ...names }, shape }]
    return [{ properties: layer === 'land' ? { kind } : names, shape }]
  })
  const byUse = (counts: ReadonlyMap<string, number>): string[] =>
    [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name)
  const readFrom = Object.fromEntries([...used].map(([field, counts]) => [field, byUse(counts)]))
  return { features, report: { readFrom, skipped } }
}

const textOf = (value: unknown): string | null => {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  return text === '' ? null : text
}
const numberOf = (text: string | null): number | null => {
  const value = Number.parseFloat(text ?? '')
  return Number.isFinite(value) && value >= 0 ? value : null
}
const idOf = (text: string | null): string | null => (text !== null && ID_PATTERN.test(text) ? text : null)
const round6 = (value: number): number => Math.round(value * 1e6) / 1e6

function sizeOf(height: number | null, floors: number | null): { heightMeters: number; floors: number } {
  const heightMeters = height ?? (floors ?? 1) * FLOOR_METERS
  return {
    heightMeters: Math.round(Math.min(1000, heightMeters) * 10) / 10,
    floors: Math.min(200, Math.round(floors ?? heightMeters / FLOOR_METERS)),
  }
}

function kindOf(layer: SiteLayerName, value: string | null): string {
  const found = Object.entries(KINDS[layer] ?? {}).find(([, words]) => value !== null && words.includes(value))
  return found?.[0] ?? OTHER_KIND[layer] ?? ''
}

function featureOf(properties: Readonly<Record<string, unknown>>, shape: Shape): object {
  const geometry =
    shape.kind === 'point'
      ? { type: 'Point', coordinates: shape.point }
      : shape.kind === 'line'
        ? { type: 'LineString', coordinates: shape.line }
        : shape.polygons.length === 1
          ? { type: 'Polygon', coordinates: shape.polygons[0] }
          : { type: 'MultiPolygon', coordinates: shape.polygons }
  return { type: 'Feature', properties, geometry }
}

function boundsOf(boundary: SiteLayers['boundary']): [number, number, number, number] {
  const bounds: [number, number, number, number] = [180, 90, -180, -90]
  for (const { geometry } of boundary.features) {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
    for (const [lng, lat] of rings.flat()) {
      bounds[0] = Math.min(bounds[0], lng)
      bounds[1] = Math.min(bounds[1], lat)
      bounds[2] = Math.max(bounds[2], lng)
      bounds[3] = Math.max(bounds[3], lat)
    }
  }
  return bounds
}

/** Metres between two places a few kilometres apart. */
function metersBetween(from: readonly [number, number], to: readonly [number, number]): number {
  const north = (to[1] - from[1]) * 110_950
  const east = (to[0] - from[0]) * 111_320 * Math.cos((from[1] * Math.PI) / 180)
  return Math.round(Math.hypot(north, east))
}
