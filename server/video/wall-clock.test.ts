import { expect, test } from 'vitest'
import { seededRandom } from '../../test/support/random.ts'
import { WallClock } from './wall-clock.ts'

const FRAME_MS = 40
const START_MS = 1_795_000_000_000
const decodeTime = (frame: number): bigint => BigInt(frame * FRAME_MS * 90)

/** Frames of one source as one pull sees them: each late by its own jitter, 2 to 300 ms. */
function pull(seed: number, frames: number, driftPpm = 0): WallClock {
  const random = seededRandom(seed)
  const clock = new WallClock(90_000)
  for (let frame = 0; frame < frames; frame++) {
    const takenAtMs = START_MS + frame * FRAME_MS * (1 + driftPpm / 1e6)
    clock.observe(decodeTime(frame), takenAtMs + 2 + random.next() ** 3 * 300)
  }
  return clock
}

test('independent pulls of one source agree on an instant to within a frame, and with the truth', () => {
  const times = [1, 2, 3, 4, 5, 6].map((seed) => pull(seed, 500).wallMs(decodeTime(400)))
  const truth = START_MS + 400 * FRAME_MS
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(FRAME_MS)
  for (const time of times) expect(Math.abs(time - truth)).toBeLessThan(FRAME_MS)
})

test('a burst of old frames at the beginning is forgotten as soon as live ones come', () => {
  const clock = new WallClock(90_000)
  for (let frame = 0; frame < 50; frame++) clock.observe(decodeTime(frame), START_MS + 50 * FRAME_MS)
  for (let frame = 50; frame < 60; frame++) clock.observe(decodeTime(frame), START_MS + frame * FRAME_MS + 5)
  expect(clock.wallMs(decodeTime(10))).toBe(START_MS + 10 * FRAME_MS + 5)
})

test('a camera whose clock drifts is followed over a day', () => {
  const frames = 86_400
  const clock = new WallClock(90_000)
  for (let second = 0; second < frames; second++) {
    clock.observe(BigInt(second * 90_000), START_MS + second * 1000 * (1 + 50 / 1e6) + 3)
  }
  const truth = START_MS + (frames - 1) * 1000 * (1 + 50 / 1e6)
  expect(Math.abs(clock.wallMs(BigInt((frames - 1) * 90_000)) - truth)).toBeLessThan(FRAME_MS)
})
