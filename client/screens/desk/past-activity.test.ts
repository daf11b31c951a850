import { expect, test } from 'vitest'

import { pastActivity } from './past-activity.ts'

const MINUTE = 60_000
const index = {
  epoch: 'e',
  firstAt: 10 * MINUTE,
  head: { seq: 9, at: 30 * MINUTE },
  now: 31 * MINUTE,
  keyframes: [],
  chunks: [],
  lifetimes: [
    { from: 10 * MINUTE, to: 15 * MINUTE },
    { from: 20 * MINUTE, to: 31 * MINUTE },
  ],
  density: [
    { minute: 10 * MINUTE, changes: 8 },
    { minute: 30 * MINUTE, changes: 3 },
  ],
  days: ['1970-01-01'],
}

test('a minute that is not over is told by the part of it that is', () => {
  expect(pastActivity(index, 0, 30.5 * MINUTE).bars).toEqual([
    { fromMs: 10 * MINUTE, toMs: 11 * MINUTE, perBucket: 2 },
    { fromMs: 30 * MINUTE, toMs: 30.5 * MINUTE, perBucket: 1.5 },
  ])
  expect(pastActivity(index, 0, 30.1 * MINUTE).bars).toHaveLength(1)
})

test('nothing is known before the first change and while the server was down', () => {
  expect(pastActivity(index, 0, 31 * MINUTE).unknown).toEqual([
    { fromMs: 0, toMs: 10 * MINUTE },
    { fromMs: 15 * MINUTE, toMs: 20 * MINUTE },
  ])
  expect(pastActivity(index, 21 * MINUTE, 31 * MINUTE).unknown).toEqual([])
  expect(pastActivity({ ...index, firstAt: null, lifetimes: [] }, 0, MINUTE).unknown).toEqual([{ fromMs: 0, toMs: MINUTE }])
})
