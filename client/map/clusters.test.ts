import { expect, test } from 'vitest'

import { FEWEST_IN_CLUSTER, gatherPoints } from './clusters.ts'

const STEP = 0.0001
/** A block of 5 x 5 stalls a step apart, then a street of thirty shops three steps apart, far away. */
const stalls = Array.from({ length: 25 }, (_, index) => [(index % 5) * STEP, Math.floor(index / 5) * STEP] as const)
const street = Array.from({ length: 30 }, (_, index) => [1 + 3 * index * STEP, 0] as const)
const positions = Float32Array.from([...stalls, ...street].flat())
const never = (): boolean => false

test('stalls that cover each other become one square, a street of shops stays a row', () => {
  const { clusters, gathered } = gatherPoints(positions, 55, never, 6 * STEP, 1)
  expect(clusters).toEqual([
    { count: 25, lngOffset: expect.closeTo(2 * STEP, 7) as number, latOffset: expect.closeTo(2 * STEP, 7) as number },
  ])
  expect([...gathered]).toEqual([...stalls.map(() => 1), ...street.map(() => 0)])
})

test('what is urgent stays by itself, and no point is in two clusters', () => {
  const { clusters, gathered } = gatherPoints(positions, 55, (slot) => slot === 12, 6 * STEP, 1)
  expect(clusters).toHaveLength(1)
  expect(gathered[12]).toBe(0)
  expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe([...gathered].filter((one) => one === 1).length)
})

test('close up nothing is gathered, nor is what is not there', () => {
  expect(gatherPoints(positions, 55, never, STEP / 2, 1).clusters).toEqual([])
  const gone = new Float32Array(2 * FEWEST_IN_CLUSTER).fill(Number.NaN)
  expect(gatherPoints(gone, FEWEST_IN_CLUSTER, never, 1, 1).clusters).toEqual([])
})
