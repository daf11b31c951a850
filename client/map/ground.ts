import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'

import type { Coverage } from '../../shared/video/coverage.ts'
import type { SiteSight } from '../../shared/video/site-sight.ts'
import { viewRing, type CameraView } from './camera-view.ts'
import { PALETTE, rgba, type Rgba } from './palette.ts'
import { GROUND_SOURCE } from './style.ts'

/** What every camera sees, and the open ground that none does. */
export interface MapCoverage extends Coverage {
  readonly views: readonly CameraView[]
}

/** What lies on the ground. */
export interface Ground {
  /** The cameras' views, fading with distance; red where an alarm brought the camera up. */
  readonly views: readonly { readonly id: string; readonly view: CameraView; readonly hot: boolean }[]
  /** Under everything else: seen ground in blue, blind ground dark red. */
  readonly coverage: MapCoverage | null
}

type Ring = readonly (readonly [number, number])[]

/** Slices by which a view fades with distance. */
const SLICES = 8
const SEEN_ALPHA = 120
const BLIND_ALPHA = 46

/** Draws the ground of one map; the map draws nothing anew when nothing changed, as each change costs a whole picture. */
export function createGround(map: MapLibreMap, sight: Pick<SiteSight, 'rays'>): (ground: Ground) => void {
  let look = ''
  let drawn: MapCoverage | null = null
  return ({ views, coverage }) => {
    const source = map.getSource<GeoJSONSource>(GROUND_SOURCE)
    const next = JSON.stringify(views)
    if (source === undefined || (next === look && coverage === drawn)) return
    look = next
    drawn = coverage
    const features = [
      ...(coverage?.blind ?? []).map((cell) => area(boxRing(cell), rgba(PALETTE.alarm, BLIND_ALPHA))),
      ...(coverage?.views ?? []).map((view) => area(viewRing(view, sight.rays(view), 0, 1), rgba(PALETTE.ok, SEEN_ALPHA))),
      ...views.flatMap(({ view, hot }) => slicesOf(view, hot, sight)),
    ]
    void source.setData({ type: 'FeatureCollection', features })
  }
}

function slicesOf(view: CameraView, hot: boolean, sight: Pick<SiteSight, 'rays'>): GeoJSON.Feature[] {
  const rays = sight.rays(view)
  return Array.from({ length: SLICES }, (_, slice) => {
    const alpha = Math.round(190 * (1 - slice / SLICES) ** 1.1)
    const colour = hot ? rgba(PALETTE.alarm, Math.min(255, Math.round(alpha * 1.4))) : rgba('#49c0ff', alpha)
    return area(viewRing(view, rays, slice / SLICES, (slice + 1) / SLICES), colour)
  })
}

const boxRing = ({ west, south, east, north }: Coverage['blind'][number]): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
]

function area(ring: Ring, [red, green, blue, alpha]: Rgba): GeoJSON.Feature {
  const closed = [...ring, ...ring.slice(0, 1)].map(([lng, lat]) => [lng, lat])
  return {
    type: 'Feature',
    properties: { colour: `rgba(${red},${green},${blue},${alpha / 255})` },
    geometry: { type: 'Polygon', coordinates: [closed] },
  }
}
