import { z } from 'zod'

import { LAYERS } from '../../shared/domain/layers.ts'
import { ROLES } from '../../shared/domain/roles.ts'
import { categorySchema, SITE_LAYER_NAMES, SITE_LAYERS, siteManifestSchema, type SiteLayers } from '../../shared/site/site.ts'
import { request, type ApiResult } from '../api/request.ts'
import type { BasemapSources } from '../map/basemap.ts'
import type { LoadedSite, Viewer } from './screen.ts'

const viewerSchema = z.object({
  kind: z.enum(['user', 'device']),
  username: z.string(),
  role: z.enum(ROLES),
  layers: z.array(z.enum(LAYERS)),
})

/** Who is signed in on this page; `unauthorized` when nobody is. */
export function loadViewer(): Promise<ApiResult<Viewer>> {
  return request('GET', '/api/session', viewerSchema)
}

const siteSchema = z.object({
  manifest: siteManifestSchema,
  categories: z.array(categorySchema),
  layers: z.partialRecord(z.enum(SITE_LAYER_NAMES), z.string()),
  tiles: z.array(z.string()),
})

const template = z.string().regex(/^\/api\/basemap\//)
const basemapSchema = z.object({
  tianditu: z.object({ tiles: template }).nullable(),
  tiles: template.nullable(),
  style: template.nullable(),
})

/** What the server can show around the community; nothing when it cannot say. */
async function loadBasemap(tiles: readonly string[]): Promise<BasemapSources> {
  const pmtiles = tiles.filter((path) => path.endsWith('.pmtiles'))
  const found = await request('GET', '/api/basemap', basemapSchema)
  if (!found.ok) return { pmtiles, raster: [], style: null }
  const { tianditu, tiles: own, style } = found.value
  // 天地图: the map and, above it, its names.
  const official = tianditu === null ? [] : ['vec', 'cva'].map((layer) => tianditu.tiles.replace('{layer}', layer))
  return { pmtiles, raster: [...(own === null ? [] : [own]), ...official], style }
}

/** The whole site; a file that the operator does not have is an empty layer. */
export async function loadSite(): Promise<ApiResult<LoadedSite>> {
  const found = await request('GET', '/api/site', siteSchema)
  if (!found.ok) return found
  const { manifest, categories, layers: paths, tiles } = found.value
  const empty = { type: 'FeatureCollection', features: [] }
  const around = loadBasemap(tiles)
  const loaded = await Promise.all(
    SITE_LAYER_NAMES.map(async (name) => {
      const path = paths[name]
      const file = path === undefined ? null : await request<unknown>('GET', path, SITE_LAYERS[name])
      return { name, file }
    }),
  )
  const failed = loaded.find(({ file }) => file !== null && !file.ok)?.file
  if (failed !== undefined && failed !== null && !failed.ok) return failed
  const layers = Object.fromEntries(loaded.map(({ name, file }) => [name, file?.ok === true ? file.value : empty]))
  return { ok: true, value: { manifest, categories, layers: layers as unknown as SiteLayers, basemap: await around } }
}
