import { describe, expect, test } from 'vitest'
import { seesPoint, sightOutline, type PlanePoint, type Sight } from './sight.ts'

const north: Sight = { bearingDeg: 0, fieldOfViewDeg: 60, rangeMeters: 100 }
const rectangle = (left: number, bottom: number, right: number, top: number): PlanePoint[] => [
  [left, bottom],
  [right, bottom],
  [right, top],
  [left, top],
]

describe('what a camera sees', () => {
  test('is its whole cone where nothing stands in it', () => {
    const [camera, ...ends] = sightOutline(north, [])
    expect(camera).toEqual([0, 0])
    expect(ends).toHaveLength(61)
    for (const end of ends) expect(Math.hypot(...end)).toBeCloseTo(100)
    expect((Math.atan2(ends[0]?.[0] ?? 0, ends[0]?.[1] ?? 0) * 180) / Math.PI).toBeCloseTo(-30)
  })

  test('ends at a house, and goes on beside it', () => {
    const ends = sightOutline(north, [rectangle(-5, 40, 5, 60)]).slice(1)
    expect(ends[30]?.[1]).toBeCloseTo(40)
    expect(Math.hypot(...(ends[0] ?? [0, 0]))).toBeCloseTo(100)
  })

  test('is not cut by the wall that it hangs on, nor by what is behind it', () => {
    const ends = sightOutline(north, [rectangle(-10, -8, 10, 0.2), rectangle(-10, -50, 10, -30)]).slice(1)
    for (const end of ends) expect(Math.hypot(...end)).toBeCloseTo(100)
  })

  test.each([
    ['ahead', [0, 50], true],
    ['too far', [0, 101], false],
    ['beside the cone', [50, 20], false],
    ['behind', [0, -10], false],
    ['behind a house', [0, 80], false, [rectangle(-5, 40, 5, 60)]],
    ['at the house wall', [0, 40], true, [rectangle(-5, 40, 5, 60)]],
    ['where it stands', [0, 0], true],
  ] as [string, PlanePoint, boolean, PlanePoint[][]?][])('a point %s', (_title, point, seen, footprints = []) => {
    expect(seesPoint(north, footprints, point)).toBe(seen)
  })

  test('an outline and a question about a point agree', () => {
    const houses = [rectangle(-20, 30, -2, 45), rectangle(6, 50, 30, 70)]
    const ends = sightOutline(north, houses).slice(1)
    for (const [east, up] of ends) expect(seesPoint(north, houses, [east * 0.98, up * 0.98])).toBe(true)
    for (const [east, up] of ends) {
      if (Math.hypot(east, up) < 99) expect(seesPoint(north, houses, [east * 1.05, up * 1.05])).toBe(false)
    }
  })
})
