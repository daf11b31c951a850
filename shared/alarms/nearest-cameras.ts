import type { Position } from '../domain/field.ts'

/** What is needed of a camera to know what it sees. Without bearing and angle it is taken to see nothing for certain. */
export interface CameraView {
  readonly id: string
  readonly position: Position
  readonly bearingDeg: number | null
  readonly fieldOfViewDeg: number | null
  readonly rangeMeters: number | null
}

export interface NearCamera {
  readonly id: string
  readonly distanceMeters: number
  /** Whether it sees the place. */
  readonly sees: boolean
}

/** Mean earth radius (IUGG), metres. */
const EARTH_RADIUS_METERS = 6_371_008.8
/** How far a camera is taken to see where its registry does not say: a usual street camera. */
export const DEFAULT_RANGE_METERS = 60

/**
 * East and north metres from one place to another on the plane that touches the earth there: better than 0.1 % within a
 * community's few kilometres.
 */
export function offsetMeters(from: Position, to: Position): readonly [east: number, north: number] {
  const radians = Math.PI / 180
  const meanLat = ((from[1] + to[1]) / 2) * radians
  return [
    (to[0] - from[0]) * radians * Math.cos(meanLat) * EARTH_RADIUS_METERS,
    (to[1] - from[1]) * radians * EARTH_RADIUS_METERS,
  ]
}

/** Whether a place lies inside a camera's cone. */
export function seesPlace(camera: CameraView, place: Position): boolean {
  const { bearingDeg, fieldOfViewDeg } = camera
  if (bearingDeg === null || fieldOfViewDeg === null) return false
  const [east, north] = offsetMeters(camera.position, place)
  const distance = Math.hypot(east, north)
  if (distance > (camera.rangeMeters ?? DEFAULT_RANGE_METERS)) return false
  if (distance === 0) return true
  const towards = (Math.atan2(east, north) * 180) / Math.PI
  const off = Math.abs(((((towards - bearingDeg) % 360) + 540) % 360) - 180)
  return off <= fieldOfViewDeg / 2
}

/**
 * The cameras for a place: those that see it first, nearest first in each part; equal ones in order of id.
 * @param sees left out: by the cone alone, where nothing is known of walls
 */
export function nearestCameras(
  cameras: Iterable<CameraView>,
  place: Position,
  count: number,
  sees: (camera: CameraView, place: Position) => boolean = seesPlace,
): NearCamera[] {
  const near: NearCamera[] = []
  for (const camera of cameras) {
    const distanceMeters = Math.hypot(...offsetMeters(camera.position, place))
    near.push({ id: camera.id, distanceMeters, sees: sees(camera, place) })
  }
  near.sort((a, b) => {
    if (a.sees !== b.sees) return a.sees ? -1 : 1
    return a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1)
  })
  return near.slice(0, count)
}
