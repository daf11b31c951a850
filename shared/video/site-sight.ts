import { offsetMeters } from '../alarms/nearest-cameras.ts'
import type { Position } from '../domain/field.ts'
import { seesPoint, sightRays, type PlanePoint, type Sight, type SightRay } from './sight.ts'

/** A camera on the map: where it stands, and what it would see with nothing in the way. */
export interface SitedView extends Sight {
  readonly position: Position
}

/** What cameras see among a site's buildings. */
export interface SiteSight {
  /** The rays of a view, cut by walls; the same view is worked out once. */
  rays(view: SitedView): readonly SightRay[]
  /** Whether a camera sees a place with no wall between; a place inside a house is seen where its outer wall is. */
  sees(view: SitedView, place: Position): boolean
}

interface Footprint {
  readonly ring: readonly Position[]
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Views that are kept worked out: more than any community has cameras. */
const MOST_KEPT = 2_000
/** A degree of latitude in metres, rounded down, so that a box is rather too large than too small. */
const METERS_A_DEGREE = 111_000

/** @param rings outer rings of everything that is built, `[lng, lat]` */
export function createSiteSight(rings: readonly (readonly Position[])[]): SiteSight {
  const footprints = rings.map(boxed)
  const kept = new Map<string, readonly SightRay[]>()
  const near = ({ position: [lng, lat], rangeMeters }: SitedView): Footprint[] => {
    const dLat = rangeMeters / METERS_A_DEGREE
    const dLng = dLat / Math.cos((lat * Math.PI) / 180)
    return footprints.filter(
      ({ west, south, east, north }) => west <= lng + dLng && east >= lng - dLng && south <= lat + dLat && north >= lat - dLat,
    )
  }
  const onPlane = (view: SitedView, { ring }: Footprint): PlanePoint[] =>
    ring.map((corner) => offsetMeters(view.position, corner))
  return {
    rays(view) {
      const key = [...view.position, view.bearingDeg, view.fieldOfViewDeg, view.rangeMeters].join()
      const before = kept.get(key)
      if (before !== undefined) return before
      if (kept.size >= MOST_KEPT) kept.clear()
      const rays = sightRays(
        view,
        near(view).map((footprint) => onPlane(view, footprint)),
      )
      kept.set(key, rays)
      return rays
    },
    sees(view, place) {
      const walls = near(view).filter(({ ring }) => !isInside(ring, place))
      return seesPoint(
        view,
        walls.map((footprint) => onPlane(view, footprint)),
        offsetMeters(view.position, place),
      )
    },
  }
}

function boxed(ring: readonly Position[]): Footprint {
  const [lngs, lats] = [ring.map(([lng]) => lng), ring.map(([, lat]) => lat)]
  return { ring, west: Math.min(...lngs), south: Math.min(...lats), east: Math.max(...lngs), north: Math.max(...lats) }
}

/** Whether a place lies in a ring, by the even-odd rule. */
export function isInside(ring: readonly Position[], [lng, lat]: Position): boolean {
  let inside = false
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [[aLng, aLat], [bLng, bLat]] = [ring[at] ?? [0, 0], ring[before] ?? [0, 0]]
    if (aLat > lat !== bLat > lat && lng < ((bLng - aLng) * (lat - aLat)) / (bLat - aLat) + aLng) inside = !inside
  }
  return inside
}
