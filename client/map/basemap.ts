import { addProtocol, type LayerSpecification, type Map as MapLibreMap, type SourceSpecification } from 'maplibre-gl'
import { Protocol } from 'pmtiles'
import { z } from 'zod'

import { request } from '../api/request.ts'
import { PALETTE } from './palette.ts'

/** What lies around the community, from our own server alone: an operator's PMTiles, or tiles that the server fetches with its key. */
export interface BasemapSources {
  /** Paths of PMTiles files (vector tiles of OpenStreetMap in the Protomaps scheme), read by HTTP Range. */
  readonly pmtiles: readonly string[]
  /** Path templates of raster tiles with `{z}`, `{x}`, `{y}`, the lowest first. */
  readonly raster: readonly string[]
  /** Path of a MapLibre style whose areas and lines are drawn; its texts are left out, as ours are written over it. */
  readonly style: string | null
}

let registered = false

/** Lets MapLibre read `pmtiles://` addresses; once a page. */
function registerPmtiles(): void {
  if (registered) return
  registered = true
  addProtocol('pmtiles', new Protocol().tile)
}

/** The site's own drawing begins here; what lies around goes beneath. */
const FIRST_OWN_LAYER = 'land'

/** Puts what lies around under the site's own map. What cannot be read leaves the ground as it is. */
export function addBasemap(map: MapLibreMap, { pmtiles, raster, style }: BasemapSources): void {
  for (const [index, template] of raster.entries()) {
    const id = `around-raster-${index}`
    const source: SourceSpecification = { type: 'raster', tiles: [location.origin + template], tileSize: 256, maxzoom: 18 }
    // Their maps are made for paper; at a third of their light they do not blind a dark room.
    const paint = { 'raster-brightness-max': 0.34, 'raster-saturation': -0.55, 'raster-opacity': 0.85 }
    map.addSource(id, source)
    map.addLayer({ id, type: 'raster', source: id, paint }, FIRST_OWN_LAYER)
  }
  if (style !== null) void addStyle(map, style)
  if (pmtiles.length > 0) registerPmtiles()
  for (const [index, path] of pmtiles.entries()) {
    const id = `around-${index}`
    map.addSource(id, { type: 'vector', url: `pmtiles://${location.origin}${path}` })
    for (const layer of vectorLayers(id)) map.addLayer(layer, FIRST_OWN_LAYER)
  }
}

const styleSchema = z.object({
  sources: z.record(z.string(), z.looseObject({ type: z.string() })),
  layers: z.array(z.looseObject({ id: z.string(), type: z.string(), source: z.string().optional() })),
})

/** Adds an operator's style below ours; a map that went away meanwhile, or a style that cannot be read, changes nothing. */
async function addStyle(map: MapLibreMap, path: string): Promise<void> {
  const found = await request('GET', path, styleSchema)
  if (!found.ok || map.getLayer(FIRST_OWN_LAYER) === undefined) return
  for (const [id, source] of Object.entries(found.value.sources)) map.addSource(`style-${id}`, source as SourceSpecification)
  for (const layer of found.value.layers) {
    if (layer.source === undefined || layer.type === 'symbol') continue
    const own = { ...layer, id: `style-${layer.id}`, source: `style-${layer.source}` }
    map.addLayer(own as LayerSpecification, FIRST_OWN_LAYER)
  }
}

function vectorLayers(source: string): LayerSpecification[] {
  const layer = (name: string) => ({ id: `${source}-${name}`, source, 'source-layer': name })
  return [
    { ...layer('landuse'), type: 'fill', paint: { 'fill-color': PALETTE.zone, 'fill-opacity': 0.6 } },
    { ...layer('natural'), type: 'fill', paint: { 'fill-color': PALETTE.green } },
    { ...layer('water'), type: 'fill', paint: { 'fill-color': PALETTE.water } },
    {
      ...layer('roads'),
      type: 'line',
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': PALETTE.road, 'line-width': ['interpolate', ['exponential', 2], ['zoom'], 13, 1, 17, 14] },
    },
    {
      ...layer('buildings'),
      type: 'fill-extrusion',
      minzoom: 14,
      paint: {
        'fill-extrusion-color': PALETTE.surroundings,
        'fill-extrusion-height': ['coalesce', ['to-number', ['get', 'height']], ['to-number', ['get', 'render_height']], 12],
      },
    },
  ]
}
