import { z } from 'zod'

import { roundTo } from '../../shared/domain/field.ts'

/** A place as an operator's file has it, in the operator's own coordinates. */
type Place = readonly [lng: number, lat: number]

/** A plain shape: what GeoJSON's kinds come down to here. Multi-lines are one line each. */
export type Shape =
  | { readonly kind: 'area'; readonly polygons: readonly (readonly Place[])[][] }
  | { readonly kind: 'line'; readonly line: readonly Place[] }
  | { readonly kind: 'point'; readonly point: Place }

export interface ReadFeature {
  readonly properties: Readonly<Record<string, unknown>>
  readonly shape: Shape
}

/** What a file held, and what of it could not be taken, by reason. */
export interface ReadFile {
  readonly features: readonly ReadFeature[]
  readonly skipped: ReadonlyMap<string, number>
}

export type ReadFileResult =
  | { readonly ok: true; readonly file: ReadFile }
  | { readonly ok: false; readonly code: 'not_geojson' | 'other_crs' | 'swapped' | 'not_degrees'; readonly detail: string }

const place = z.array(z.number()).min(2).max(4)
const line = z.array(place).min(2)
const ring = z.array(place).min(4)
const geometrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: place }),
  z.object({ type: z.literal('LineString'), coordinates: line }),
  z.object({ type: z.literal('MultiLineString'), coordinates: z.array(line) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
])
const crsSchema = z.object({ crs: z.object({ properties: z.object({ name: z.string() }) }).optional() })
const featureSchema = z.object({ properties: z.record(z.string(), z.unknown()).nullish(), geometry: z.unknown() })

/** Names of the one system that GeoJSON has by RFC 7946; CGCS2000 (4490) is the same within a metre. */
const DEGREES = /CRS84|EPSG:+(?:4326|4490)$/i

/** Reads GeoJSON of any tool: heights are dropped, geometry kinds that a site has no use for are counted, not taken. */
export function readFeatures(text: string): ReadFileResult {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, code: 'not_geojson', detail: 'is not JSON' }
  }
  const list = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.unknown()) }).safeParse(json)
  const one = z.object({ type: z.literal('Feature') }).safeParse(json)
  if (!list.success && !one.success) return { ok: false, code: 'not_geojson', detail: 'is not a FeatureCollection or a Feature' }
  const crs = crsSchema.safeParse(json)
  const named = crs.success ? crs.data.crs?.properties.name : undefined
  if (named !== undefined && !DEGREES.test(named)) return { ok: false, code: 'other_crs', detail: named.slice(0, 80) }

  const features: ReadFeature[] = []
  const skipped = new Map<string, number>()
  const skip = (why: string): void => void skipped.set(why, (skipped.get(why) ?? 0) + 1)
  for (const candidate of list.success ? list.data.features : [json]) {
    const parsed = featureSchema.safeParse(candidate)
    const geometry = geometrySchema.safeParse(parsed.success ? parsed.data.geometry : null)
    if (!parsed.success || !geometry.success) skip('no usable geometry')
    else for (const shape of shapesOf(geometry.data)) features.push({ properties: parsed.data.properties ?? {}, shape })
  }
  const wrong = wrongDegrees(features)
  return wrong === null ? { ok: true, file: { features, skipped } } : { ok: false, ...wrong }
}

const bare = (coordinates: readonly number[]): Place => [coordinates[0] ?? NaN, coordinates[1] ?? NaN]

function shapesOf(geometry: z.infer<typeof geometrySchema>): Shape[] {
  const areaOf = (polygon: readonly (readonly (readonly number[])[])[]): Place[][] => polygon.map((each) => each.map(bare))
  switch (geometry.type) {
    case 'Point':
      return [{ kind: 'point', point: bare(geometry.coordinates) }]
    case 'LineString':
      return [{ kind: 'line', line: geometry.coordinates.map(bare) }]
    case 'MultiLineString':
      return geometry.coordinates.map((each) => ({ kind: 'line', line: each.map(bare) }))
    case 'Polygon':
      return [{ kind: 'area', polygons: [areaOf(geometry.coordinates)] }]
    case 'MultiPolygon':
      return [{ kind: 'area', polygons: geometry.coordinates.map(areaOf) }]
  }
}

/** Every place of a shape. */
export function placesOf(shape: Shape): readonly Place[] {
  if (shape.kind === 'point') return [shape.point]
  return shape.kind === 'line' ? shape.line : shape.polygons.flat(2)
}

/** The shape with each place moved, to 1e-6 degrees. */
export function moved(shape: Shape, move: (lng: number, lat: number) => Place): Shape {
  const to = ([lng, lat]: Place): Place => {
    const [newLng, newLat] = move(lng, lat)
    return [roundTo(newLng, 6), roundTo(newLat, 6)]
  }
  if (shape.kind === 'point') return { kind: 'point', point: to(shape.point) }
  if (shape.kind === 'line') return { kind: 'line', line: shape.line.map(to) }
  return { kind: 'area', polygons: shape.polygons.map((polygon) => polygon.map((each) => each.map(to))) }
}

/** The usual mistakes: metres of a projection, or latitude first, which puts China (73-135 E, 3-54 N) nowhere. */
function wrongDegrees(features: readonly ReadFeature[]): { code: 'swapped' | 'not_degrees'; detail: string } | null {
  let isSwapped = false
  for (const { shape } of features) {
    for (const [lng, lat] of placesOf(shape)) {
      const at = `[${lng}, ${lat}]`
      if (Math.abs(lng) <= 90 && lng >= 3 && lng <= 54 && lat >= 73 && lat <= 135) isSwapped = true
      else if (!(Math.abs(lng) <= 180 && Math.abs(lat) <= 90)) return { code: 'not_degrees', detail: at }
    }
  }
  return isSwapped ? { code: 'swapped', detail: 'coordinates are [lat, lng]; GeoJSON has [lng, lat]' } : null
}
