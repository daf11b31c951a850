import { describe, expect, it } from 'vitest'

import type { Position } from '../domain/field.ts'
import { nearestCameras, offsetMeters, seesPlace, type CameraView } from './nearest-cameras.ts'

const PLACE: Position = [114.65, 33.62]
/** Degrees of one metre at the place. */
const NORTH = 1 / 111_195.08
const EAST = NORTH / Math.cos((33.62 * Math.PI) / 180)

const camera = (id: string, east: number, north: number, view: Partial<CameraView> = {}): CameraView => ({
  id,
  position: [PLACE[0] + east * EAST, PLACE[1] + north * NORTH],
  bearingDeg: null,
  fieldOfViewDeg: null,
  rangeMeters: null,
  ...view,
})

describe('the cameras for a place', () => {
  it('are measured in metres east and north', () => {
    const [east, north] = offsetMeters(PLACE, camera('c', 30, -40).position)
    expect(east).toBeCloseTo(30, 2)
    expect(north).toBeCloseTo(-40, 2)
  })

  it('see what lies in their cone: angle, range, and across north', () => {
    const looking = (bearingDeg: number, fieldOfViewDeg: number, rangeMeters: number | null) =>
      seesPlace(camera('c', 0, -50, { bearingDeg, fieldOfViewDeg, rangeMeters }), PLACE)
    expect(looking(0, 60, 80)).toBe(true)
    expect(looking(359, 60, 80)).toBe(true)
    expect(looking(29, 60, 80)).toBe(true)
    expect(looking(31, 60, 80)).toBe(false)
    expect(looking(180, 60, 80)).toBe(false)
    expect(looking(180, 360, 80)).toBe(true)
    expect(looking(0, 60, 49)).toBe(false)
    expect(looking(0, 60, null)).toBe(true)
    expect(seesPlace(camera('c', 0, -50), PLACE)).toBe(false)
  })

  it('come with those that see it first, nearest first, and no more than asked for', () => {
    const cameras = [
      camera('near-blind', 5, 0),
      camera('far-seeing', 0, -70, { bearingDeg: 0, fieldOfViewDeg: 90, rangeMeters: 100 }),
      camera('mid-seeing', 0, 40, { bearingDeg: 180, fieldOfViewDeg: 90, rangeMeters: 100 }),
      camera('away', 500, 0),
    ]
    expect(nearestCameras(cameras, PLACE, 3).map(({ id, sees }) => [id, sees])).toEqual([
      ['mid-seeing', true],
      ['far-seeing', true],
      ['near-blind', false],
    ])
    expect(nearestCameras(cameras, PLACE, 1)[0]?.distanceMeters).toBeCloseTo(40, 1)
  })
})
