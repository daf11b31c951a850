import { z } from 'zod'

import { ID_PATTERN } from '../domain/field.ts'

/** A name in both languages of the screens. */
const nameSchema = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(120) })
export type SiteName = z.infer<typeof nameSchema>

const lng = z.number().min(-180).max(180)
const lat = z.number().min(-90).max(90)
const lngLat = z.tuple([lng, lat])

/** The first line of `site.json`: raised when a reader of today could not read a folder of tomorrow. */
export const SITE_FORMAT = 1

/**
 * `site.json`: what a site is. `origin` is `[lng, lat]` in WGS-84 degrees, the zero of the map's local metres.
 * `demo` is true for an invented community; a demo server and a real one never share a folder.
 */
export const siteManifestSchema = z.strictObject({
  format: z.literal(SITE_FORMAT),
  name: nameSchema,
  origin: lngLat,
  demo: z.boolean(),
  timeZone: z.literal('Asia/Shanghai'),
})
export type SiteManifest = z.infer<typeof siteManifestSchema>

const ring = z.array(lngLat).min(4).max(20_000)
const polygon = z.strictObject({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1).max(1000) })
const multiPolygon = z.strictObject({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ring).min(1)).min(1).max(1000),
})
const area = z.discriminatedUnion('type', [polygon, multiPolygon])
const lineString = z.strictObject({ type: z.literal('LineString'), coordinates: z.array(lngLat).min(2).max(20_000) })
const point = z.strictObject({ type: z.literal('Point'), coordinates: lngLat })

const id = z.string().regex(ID_PATTERN)
const optionalName = { name: z.string().max(60).nullable(), nameEn: z.string().max(120).nullable() }

/** How a street is drawn, widest first; a `lane` lies inside a compound. */
export const ROAD_KINDS = ['main', 'street', 'lane'] as const
/** Whose a footprint is; only a `residential` one has a record in the `buildings` layer. */
export const FOOTPRINT_KINDS = ['residential', 'public', 'shop', 'surroundings'] as const
export const LAND_KINDS = ['zone', 'green', 'water', 'plaza', 'pitch'] as const
export const LABEL_KINDS = ['compound', 'place', 'water'] as const

const collectionOf = <G extends z.ZodType, P extends z.ZodRawShape>(geometry: G, properties: P, most: number, least = 0) =>
  z.object({
    type: z.literal('FeatureCollection'),
    features: z
      .array(z.object({ type: z.literal('Feature'), properties: z.strictObject(properties), geometry }))
      .min(least)
      .max(most),
  })

/** The GeoJSON files of a site folder; every coordinate is `[lng, lat]` in WGS-84 degrees. */
export const SITE_LAYERS = {
  /** The community as a whole: one area. */
  boundary: collectionOf(area, { ...optionalName }, 1, 1),
  /** 网格: `id` is the grid's code, 15 characters of `[0-9A-Z]` in China. */
  grids: collectionOf(area, { id, ...optionalName }, 5000),
  /** 小区. */
  compounds: collectionOf(area, { id, ...optionalName }, 1000),
  /** 楼栋 and everything else that is built; `buildingId` is a record of the `buildings` layer, or null. */
  footprints: collectionOf(
    area,
    {
      kind: z.enum(FOOTPRINT_KINDS),
      buildingId: id.nullable(),
      ...optionalName,
      heightMeters: z.number().min(0).max(1000),
      floors: z.number().int().min(0).max(200),
    },
    50_000,
  ),
  roads: collectionOf(lineString, { kind: z.enum(ROAD_KINDS), ...optionalName }, 20_000),
  /** What lies under: compounds' ground, green, water, squares, sports grounds. */
  land: collectionOf(area, { kind: z.enum(LAND_KINDS) }, 5000),
  /** Names of places, where they are to be written. */
  labels: collectionOf(
    point,
    { kind: z.enum(LABEL_KINDS), name: z.string().min(1).max(60), nameEn: z.string().min(1).max(120) },
    5000,
  ),
} as const

export type SiteLayerName = keyof typeof SITE_LAYERS
export type SiteLayer<L extends SiteLayerName> = z.infer<(typeof SITE_LAYERS)[L]>
export type SiteLayers = { readonly [L in SiteLayerName]: SiteLayer<L> }

/** The names of the GeoJSON files, without `.geojson`, in the order in which they are read. */
export const SITE_LAYER_NAMES = [
  'boundary',
  'grids',
  'compounds',
  'footprints',
  'roads',
  'land',
  'labels',
] as const satisfies readonly SiteLayerName[]

/** 紧急工作时, 工作时, 工作日, 自然日. */
export const LIMIT_UNITS = ['urgentHours', 'workingHours', 'workingDays', 'calendarDays'] as const
/** 部件 and 事件. */
export const CATEGORY_KINDS = ['component', 'event'] as const

/** One row of `categories.csv`: what a case can be about, and how long it may take. `group` is the name of its 大类. */
export const categorySchema = z.strictObject({
  standard: z.string().min(1).max(60),
  kind: z.enum(CATEGORY_KINDS),
  code: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_.-]{0,31}$/),
  group: z.string().min(1).max(60),
  groupEn: z.string().min(1).max(120),
  name: z.string().min(1).max(60),
  nameEn: z.string().min(1).max(120),
  unit: z.enum(LIMIT_UNITS),
  limit: z.coerce.number().int().min(1).max(366),
})
export type Category = z.infer<typeof categorySchema>

/** The head line of `categories.csv`. */
export const CATEGORY_COLUMNS = [
  'standard',
  'kind',
  'code',
  'group',
  'groupEn',
  'name',
  'nameEn',
  'unit',
  'limit',
] as const satisfies readonly (keyof Category)[]
