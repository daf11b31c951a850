import { roundTo, type Position } from '../../shared/domain/field.ts'

/** A place in the demo's plan: metres east and north of its middle, before the plan is turned. */
export type Spot = readonly [x: number, y: number]

/** Middle of the demo community, WGS-84 degrees. */
export const DEMO_ORIGIN: Position = [114.65, 33.62]
/** The plan is turned a little, as most towns are. */
const TURN_RAD = (-9 * Math.PI) / 180
const COS = Math.cos(TURN_RAD)
const SIN = Math.sin(TURN_RAD)
/** Metres a degree at latitude 33.62 (WGS-84 series). */
const METERS_A_DEGREE_LAT = 110_918
const METERS_A_DEGREE_LNG = 92_771

/** `[lng, lat]` of a spot, to 1e-6 degrees. */
export function positionOf([x, y]: Spot): [number, number] {
  const east = x * COS - y * SIN
  const north = x * SIN + y * COS
  return [roundTo(DEMO_ORIGIN[0] + east / METERS_A_DEGREE_LNG, 6), roundTo(DEMO_ORIGIN[1] + north / METERS_A_DEGREE_LAT, 6)]
}

/** Degrees clockwise from north, to 0.1, of a direction given in the plan's own degrees clockwise from its north. */
export function bearingOf(planDeg: number): number {
  return roundTo((((planDeg - (TURN_RAD * 180) / Math.PI) % 360) + 360) % 360, 1) % 360
}

/** The corners of a rectangle by its middle and size, counter-clockwise. */
export function rectangle(x: number, y: number, width: number, depth: number): Spot[] {
  const [w, d] = [width / 2, depth / 2]
  return [
    [x - w, y - d],
    [x + w, y - d],
    [x + w, y + d],
    [x - w, y + d],
  ]
}

/** A closed GeoJSON ring of spots. */
export function ringOf(spots: readonly Spot[]): [number, number][] {
  const ring = spots.map(positionOf)
  const first = ring[0]
  if (first !== undefined) ring.push([first[0], first[1]])
  return ring
}

/** A way through spots in order; a `closed` one comes back to its beginning. */
export interface Way {
  readonly spots: readonly Spot[]
  readonly closed: boolean
}

/** Length of a way in metres. */
export function lengthOf(way: Way): number {
  return legsOf(way).reduce((sum, leg) => sum + leg.length, 0)
}

/** The spot `meters` along a way, and the plan's direction there in degrees; beyond the end it stays at the end. */
export function alongWay(way: Way, meters: number): { spot: Spot; planDeg: number } {
  let rest = meters
  const legs = legsOf(way)
  for (const [index, { from, to, length }] of legs.entries()) {
    if (rest > length && index < legs.length - 1) {
      rest -= length
      continue
    }
    const share = length === 0 ? 0 : Math.min(1, Math.max(0, rest / length))
    const planDeg = (Math.atan2(to[0] - from[0], to[1] - from[1]) * 180) / Math.PI
    return { spot: [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share], planDeg }
  }
  return { spot: way.spots[0] ?? [0, 0], planDeg: 0 }
}

function legsOf({ spots, closed }: Way): { from: Spot; to: Spot; length: number }[] {
  const legs: { from: Spot; to: Spot; length: number }[] = []
  for (const [index, from] of spots.entries()) {
    const to = spots[index + 1] ?? (closed ? spots[0] : undefined)
    if (to !== undefined) legs.push({ from, to, length: Math.hypot(to[0] - from[0], to[1] - from[1]) })
  }
  return legs
}
