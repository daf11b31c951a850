import type { Position } from '../../shared/domain/field.ts'
import type { SiteLayers } from '../../shared/site/site.ts'
import { createSiteSight, type SiteSight } from '../../shared/video/site-sight.ts'

type Areas = SiteLayers['footprints'] | SiteLayers['boundary']

/** The outer rings of areas. */
export function outerRings(areas: Areas): readonly (readonly Position[])[] {
  return areas.features.flatMap(({ geometry }) => {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    return polygons.flatMap(([outer]) => (outer === undefined ? [] : [outer]))
  })
}

const made = new WeakMap<SiteLayers, SiteSight>()

/** What cameras see among a site's buildings; one for each site, so that every part of a screen shares what was worked out. */
export function siteSight(site: SiteLayers): SiteSight {
  const before = made.get(site)
  if (before !== undefined) return before
  const sight = createSiteSight(outerRings(site.footprints))
  made.set(site, sight)
  return sight
}
