import type { Position } from '../../shared/domain/field.ts'
import type { SightRay } from '../../shared/video/sight.ts'
import type { SitedView } from '../../shared/video/site-sight.ts'

/** Where a camera stands and looks: degrees clockwise from north, metres. */
export type CameraView = SitedView

/** Metres a degree of latitude (WGS-84 mean radius 6,371,008.8 m). */
const METERS_A_DEGREE = 111_195

/** The point a distance and bearing away, on a plane that is right to centimetres within a community. */
function pointAt([lng, lat]: Position, bearingDeg: number, meters: number): Position {
  const angle = (bearingDeg * Math.PI) / 180
  return [
    lng + (Math.sin(angle) * meters) / (METERS_A_DEGREE * Math.cos((lat * Math.PI) / 180)),
    lat + (Math.cos(angle) * meters) / METERS_A_DEGREE,
  ]
}

/** A ring of the view between two shares (0 to 1) of its range: a slice of the cone, cut where a wall ends each ray. */
export function viewRing(
  { position, rangeMeters }: CameraView,
  rays: readonly SightRay[],
  fromShare: number,
  toShare: number,
): Position[] {
  const at = ({ bearingDeg, reachMeters }: SightRay, share: number): Position =>
    pointAt(position, bearingDeg, Math.min(reachMeters, rangeMeters * share))
  const outer = rays.map((ray) => at(ray, toShare))
  return [...outer, ...(fromShare === 0 ? [position] : rays.toReversed().map((ray) => at(ray, fromShare)))]
}
