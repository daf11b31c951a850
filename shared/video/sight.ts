/** A point on the plane that touches the earth at the camera: metres east and north of it. */
export type PlanePoint = readonly [east: number, north: number]

/** What a camera sees from the origin: degrees clockwise from north, metres. */
export interface Sight {
  readonly bearingDeg: number
  readonly fieldOfViewDeg: number
  readonly rangeMeters: number
}

/** A ray each degree: at 60 m a metre apart, as fine as footprints are drawn. */
const RAY_STEP_DEG = 1
/** A camera stands on a wall: what is nearer than this is what it hangs on. */
const OWN_WALL_METERS = 0.5

/**
 * The outline of what a camera sees, cut by footprints (closed rings of corners): the camera first, then the ends of its rays in
 * the order of their bearings. A camera inside a footprint sees past that footprint's own walls only where they are behind it.
 */
export function sightOutline(sight: Sight, footprints: readonly (readonly PlanePoint[])[]): readonly PlanePoint[] {
  const ends = sightRays(sight, footprints).map(({ bearingDeg, reachMeters }): PlanePoint => {
    const [east, north] = directionOf(bearingDeg)
    return [east * reachMeters, north * reachMeters]
  })
  return [[0, 0], ...ends]
}

/** One line of sight: how far it goes until a wall, or the end of the range. */
export interface SightRay {
  readonly bearingDeg: number
  readonly reachMeters: number
}

/** The rays of what a camera sees, from its left edge to its right one. */
export function sightRays(sight: Sight, footprints: readonly (readonly PlanePoint[])[]): readonly SightRay[] {
  const { fieldOfViewDeg, rangeMeters } = sight
  const walls = wallsWithin(footprints, rangeMeters)
  const rays = Math.max(1, Math.ceil(fieldOfViewDeg / RAY_STEP_DEG))
  return Array.from({ length: rays + 1 }, (_, ray) => {
    const bearingDeg = sight.bearingDeg - fieldOfViewDeg / 2 + (fieldOfViewDeg * ray) / rays
    const direction = directionOf(bearingDeg)
    const reachMeters = walls.reduce((nearest, wall) => Math.min(nearest, distanceAlong(direction, wall) ?? nearest), rangeMeters)
    return { bearingDeg, reachMeters }
  })
}

/** Whether a camera sees a point: in its cone, in its range, and with no wall between. */
export function seesPoint(sight: Sight, footprints: readonly (readonly PlanePoint[])[], [east, north]: PlanePoint): boolean {
  const distance = Math.hypot(east, north)
  if (distance > sight.rangeMeters) return false
  if (distance === 0) return true
  const towards = (Math.atan2(east, north) * 180) / Math.PI
  const off = Math.abs(((((towards - sight.bearingDeg) % 360) + 540) % 360) - 180)
  if (off > sight.fieldOfViewDeg / 2) return false
  const direction: PlanePoint = [east / distance, north / distance]
  return wallsWithin(footprints, distance).every((wall) => {
    const met = distanceAlong(direction, wall)
    return met === null || met >= distance - OWN_WALL_METERS
  })
}

type Wall = readonly [from: PlanePoint, to: PlanePoint]

function wallsWithin(footprints: readonly (readonly PlanePoint[])[], rangeMeters: number): Wall[] {
  return footprints.flatMap((ring) =>
    ring.flatMap((from, index): Wall[] => {
      const to = ring[(index + 1) % ring.length] ?? from
      const isFar =
        Math.min(from[0], to[0]) > rangeMeters ||
        Math.max(from[0], to[0]) < -rangeMeters ||
        Math.min(from[1], to[1]) > rangeMeters ||
        Math.max(from[1], to[1]) < -rangeMeters
      return isFar ? [] : [[from, to]]
    }),
  )
}

function directionOf(bearingDeg: number): PlanePoint {
  const angle = (bearingDeg * Math.PI) / 180
  return [Math.sin(angle), Math.cos(angle)]
}

/** How far along a ray from the origin a wall is met; null when it is not, or when it is the camera's own. */
function distanceAlong([dx, dy]: PlanePoint, [[ax, ay], [bx, by]]: Wall): number | null {
  const [wx, wy] = [bx - ax, by - ay]
  const across = dx * wy - dy * wx
  if (Math.abs(across) < 1e-12) return null
  const along = (ax * wy - ay * wx) / across
  const share = (ax * dy - ay * dx) / across
  return along > OWN_WALL_METERS && share >= 0 && share <= 1 ? along : null
}
