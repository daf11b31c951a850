import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'

import type { Position } from '../../shared/domain/field.ts'
import type { SiteLayer } from '../../shared/site/site.ts'
import { LABELS_SOURCE } from './style.ts'

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** How far from its place a label may move to be free of marks, in pixels at 1080 lines. */
const FARTHEST_PX = 140
const STEP_PX = 8

/**
 * Writes place names where no mark covers them: MapLibre's collision does not know deck.gl's icons. Each name takes the
 * nearest free spot; one that finds none is left out rather than printed under a mark.
 */
export function placeLabels(
  map: MapLibreMap,
  labels: SiteLayer<'labels'>,
  marks: readonly { readonly position: Position; readonly sizePx: number }[],
  language: 'zh' | 'en',
  scale: number,
): void {
  const taken: Box[] = marks.map(({ position, sizePx }) => {
    const { x, y } = map.project([position[0], position[1]])
    const half = (sizePx * scale) / 2
    return { left: x - half, top: y - half, right: x + half, bottom: y + half }
  })
  const features = labels.features.flatMap((feature) => {
    const text = language === 'zh' ? feature.properties.name : feature.properties.nameEn
    const size = (feature.properties.kind === 'water' ? 18 : 21) * scale
    const width = text.length * size * (language === 'zh' ? 1.1 : 0.6)
    const spot = freeSpot(map.project(feature.geometry.coordinates), width, size * 1.35, taken, scale)
    if (spot === null) return []
    const { lng, lat } = map.unproject(spot)
    return [{ ...feature, geometry: { type: 'Point' as const, coordinates: [lng, lat] } }]
  })
  const source = map.getSource<GeoJSONSource>(LABELS_SOURCE)
  void source?.setData({ type: 'FeatureCollection', features })
}

function freeSpot(
  wanted: { readonly x: number; readonly y: number },
  width: number,
  height: number,
  taken: Box[],
  scale: number,
): [number, number] | null {
  for (let radius = 0; radius <= FARTHEST_PX * scale; radius += STEP_PX * scale) {
    for (let angle = 0; angle < 360; angle += radius === 0 ? 360 : 15) {
      const x = wanted.x + Math.cos((angle * Math.PI) / 180) * radius * 1.3
      const y = wanted.y + Math.sin((angle * Math.PI) / 180) * radius
      const box = { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 }
      if (taken.some((other) => overlap(other, box))) continue
      taken.push(box)
      return [x, y]
    }
  }
  return null
}
