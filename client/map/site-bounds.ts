import { LngLatBounds } from 'maplibre-gl'

import type { SiteLayers } from '../../shared/site/site.ts'

/** The box around a site's boundary. */
export function boundsOf(site: SiteLayers): LngLatBounds {
  const bounds = new LngLatBounds()
  for (const { geometry } of site.boundary.features) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    for (const [outer] of polygons) for (const [lng, lat] of outer ?? []) bounds.extend([lng, lat])
  }
  return bounds
}
