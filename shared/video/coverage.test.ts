import { describe, expect, test } from 'vitest'

import type { Position } from '../domain/field.ts'
import { coverageOf } from './coverage.ts'
import { createSiteSight, isInside, type SitedView } from './site-sight.ts'

/** Metres east and north of a corner of the world where a degree is a degree. */
const at = (east: number, north: number): Position => [east / 111_195, north / 111_195]
const block = (west: number, south: number, east: number, north: number): Position[] => [
  at(west, south),
  at(east, south),
  at(east, north),
  at(west, north),
]
const boundary = block(0, 0, 100, 100)
const house = block(40, 40, 60, 60)
/** At the middle of the south side, looking north, 90 degrees wide. */
const camera: SitedView = { position: at(50, 0), bearingDeg: 0, fieldOfViewDeg: 90, rangeMeters: 200 }

describe('cameras among houses', () => {
  test('a house hides what stands behind it, and is itself seen', () => {
    const sight = createSiteSight([house])
    expect([at(50, 20), at(50, 50), at(50, 80), at(80, 60), at(50, 39)].map((place) => sight.sees(camera, place))).toEqual([
      true,
      true,
      false,
      true,
      true,
    ])
  })

  test('what is covered and what is blind add up to the open ground, and agree with the question about a point', () => {
    const sight = createSiteSight([house])
    const { blind, seenShare } = coverageOf([boundary], [house], [camera], sight, 2)
    const open = 100 * 100 - 20 * 20
    const blindArea = blind.reduce((sum, { west, east, south, north }) => sum + (east - west) * (north - south) * 111_195 ** 2, 0)
    expect(blindArea / open + seenShare).toBeCloseTo(1, 2)
    for (const { west, east, south, north } of blind) {
      const middle: Position = [(west + east) / 2, (south + north) / 2]
      expect(isInside(house, middle)).toBe(false)
    }
    const isBlind = ([lng, lat]: Position): boolean =>
      blind.some(({ west, east, south, north }) => lng > west && lng < east && lat > south && lat < north)
    for (const place of [at(50.5, 20.5), at(50.5, 80.5), at(10.5, 10.5), at(80.5, 60.5)]) {
      expect(isBlind(place)).toBe(!sight.sees(camera, place))
    }
  })

  test('without cameras everything is blind; a house that is taken away opens what it hid', () => {
    const sight = createSiteSight([house])
    expect(coverageOf([boundary], [house], [], sight, 5).seenShare).toBe(0)
    const before = coverageOf([boundary], [house], [camera], sight, 2).seenShare
    expect(coverageOf([boundary], [], [camera], createSiteSight([]), 2).seenShare).toBeGreaterThan(before)
  })
})
