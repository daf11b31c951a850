import type { Map as MapLibreMap } from 'maplibre-gl'

import type { Position, Subject } from '../../shared/domain/field.ts'
import type { Mirror } from '../store/mirror.ts'
import type { MapLayerName } from './community-map.ts'
import type { Marks } from './marks.ts'
import type { PointIndex } from './point-index.ts'

const MARK_RADIUS_PX = 22
const POINT_RADIUS_PX = 12

/** What a map shows now, for the pointer. */
export interface Pickable {
  readonly map: MapLibreMap
  readonly mirror: Mirror
  readonly origin: Position
  readonly scale: number
  readonly visible: ReadonlySet<MapLayerName>
  readonly marks: Marks
  /** @param hidden slots that are drawn as part of something else */
  readonly points: readonly {
    readonly name: 'merchants' | 'workers'
    readonly index: PointIndex
    readonly hidden: (slot: number) => boolean
  }[]
}

/** The mark, point or building at a pixel of the map, in this order; null where there is none. */
export function pickAt(from: Pickable, x: number, y: number): Subject | null {
  return pickMark(from, x, y) ?? pickPoint(from, x, y) ?? pickBuilding(from, x, y)
}

function pickMark({ map, scale, visible, marks }: Pickable, x: number, y: number): Subject | null {
  const candidates = (['alarms', 'stations', 'cameras', 'cases'] as const).flatMap((name) =>
    visible.has(name) ? marks[name] : [],
  )
  let best: Subject | null = null
  let bestPx = MARK_RADIUS_PX * scale
  for (const { subject, position } of candidates) {
    const at = map.project([position[0], position[1]])
    const px = Math.hypot(at.x - x, at.y - y)
    if (px < bestPx) [best, bestPx] = [subject, px]
  }
  return best
}

function pickPoint({ map, mirror, origin, scale, visible, points }: Pickable, x: number, y: number): Subject | null {
  let best: Subject | null = null
  let bestPx = POINT_RADIUS_PX * scale
  const here = map.unproject([x, y])
  const aside = map.unproject([x + bestPx, y])
  // Twice the pointer's reach: a tilted map is coarser towards the horizon.
  const radiusDeg = 2 * Math.hypot(aside.lng - here.lng, aside.lat - here.lat)
  for (const { name, index, hidden } of points) {
    if (!visible.has(name)) continue
    const layer = mirror.layer(name)
    const { positions } = layer.columns
    for (const slot of index.within(here.lng - origin[0], here.lat - origin[1], radiusDeg)) {
      if (hidden(slot)) continue
      const lng = origin[0] + (positions[2 * slot] ?? Number.NaN)
      const at = map.project([lng, origin[1] + (positions[2 * slot + 1] ?? Number.NaN)])
      const px = Math.hypot(at.x - x, at.y - y)
      const id = px < bestPx ? layer.idAt(slot) : null
      if (id !== null) [best, bestPx] = [{ layer: name, id }, px]
    }
  }
  return best
}

function pickBuilding({ map, visible }: Pickable, x: number, y: number): Subject | null {
  if (!visible.has('buildings') || map.getLayer('buildings-3d') === undefined) return null
  const [feature] = map.queryRenderedFeatures([x, y], { layers: ['buildings-3d'] })
  const id: unknown = feature?.properties['buildingId']
  return typeof id === 'string' ? { layer: 'buildings', id } : null
}
