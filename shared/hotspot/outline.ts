import { z } from 'zod'

/** More corners than this are no outline of a study area but a coastline; simplify it before. */
const MOST_CORNERS = 20_000

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-85).max(85)]).rest(z.number())
const ring = z.array(position).min(4).max(MOST_CORNERS)
const polygon = z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1).max(1000) })
const multiPolygon = z.object({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ring).min(1).max(1000)).min(1).max(1000),
})

/** Outline of a study area: a GeoJSON Polygon or MultiPolygon in WGS-84, given or drawn, never the hull of its points. */
export const outlineSchema = z
  .discriminatedUnion('type', [polygon, multiPolygon])
  .refine((outline) => cornersOf(outline) <= MOST_CORNERS, { message: `more than ${MOST_CORNERS} corners` })

export type Outline = z.infer<typeof polygon> | z.infer<typeof multiPolygon>

/** Its polygons, each as rings of [lng, lat]; the first ring is the outside, the others are holes. */
export function polygonsOf(outline: Outline): [number, number][][][] {
  const polygons = outline.type === 'Polygon' ? [outline.coordinates] : outline.coordinates
  return polygons.map((rings) => rings.map((corners) => corners.map(([lng, lat]) => [lng, lat])))
}

/** How many corners an outline has. */
export function cornersOf(outline: Outline): number {
  return polygonsOf(outline).reduce((sum, rings) => sum + rings.reduce((inner, corners) => inner + corners.length, 0), 0)
}

const anyGeoJson = z.union([
  outlineSchema,
  z.object({ type: z.literal('Feature'), geometry: outlineSchema }),
  z.object({
    type: z.literal('FeatureCollection'),
    features: z
      .array(z.object({ geometry: outlineSchema }))
      .min(1)
      .max(1000),
  }),
])

/** Reads an outline out of what people have: a geometry, a feature, or a collection of areas. Null when it is none of them. */
export function readOutline(value: unknown): Outline | null {
  const parsed = anyGeoJson.safeParse(value)
  if (!parsed.success) return null
  const found = parsed.data
  if (found.type === 'Feature') return found.geometry
  if (found.type !== 'FeatureCollection') return found
  const joined: Outline = {
    type: 'MultiPolygon',
    coordinates: found.features.flatMap((feature) => rawPolygons(feature.geometry)),
  }
  return cornersOf(joined) <= MOST_CORNERS ? joined : null
}

function rawPolygons(outline: Outline): z.infer<typeof multiPolygon>['coordinates'] {
  return outline.type === 'Polygon' ? [outline.coordinates] : outline.coordinates
}
