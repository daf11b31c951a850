import { expect, test } from 'vitest'

import { driftAt, STAND_MS } from './drift.ts'

const round = (unit: number) => Array.from({ length: 14 }, (_, minute) => driftAt(minute * STAND_MS, unit))

test('against burn-in a wall goes two to four pixels from its place and comes back, in steps too small to see', () => {
  for (const unit of [1, 2]) {
    const places = round(unit)
    const far = places.map(([x, y]) => Math.hypot(x, y) / unit)
    expect(Math.max(...far)).toBeLessThanOrEqual(4)
    expect(far.filter((each) => each >= 2).length).toBeGreaterThan(8)
    const steps = places.map(([x, y], index) => {
      const [nextX, nextY] = places[(index + 1) % places.length] ?? [0, 0]
      return Math.hypot(nextX - x, nextY - y) / unit
    })
    expect(Math.max(...steps)).toBeLessThan(2)
    expect(Math.min(...steps)).toBeGreaterThan(0)
  }
})

test('it stands a minute at each place, on whole pixels', () => {
  expect(driftAt(STAND_MS - 1, 1)).toEqual([0, 0])
  expect(driftAt(STAND_MS, 1)).toEqual([1, 0])
  expect(driftAt(14 * STAND_MS, 1)).toEqual([0, 0])
  expect(round(0.71).flat().every(Number.isInteger)).toBe(true)
})
