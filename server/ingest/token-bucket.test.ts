import { expect, test } from 'vitest'

import { createTokenBucket } from './token-bucket.ts'

test('a source keeps to its rate on average, in requests of any size', () => {
  const clock = { ms: 0 }
  const bucket = createTokenBucket(20_000, () => clock.ms)
  let sent = 0
  while (clock.ms < 60_000) {
    const waitMs = bucket.waitMs()
    clock.ms += waitMs
    bucket.spend(10_000)
    sent += 10_000
  }
  expect(sent / 60).toBeGreaterThanOrEqual(20_000)
  expect(sent / 60).toBeLessThan(21_500)
})

test('a pause gives back two seconds’ worth and no more', () => {
  const clock = { ms: 0 }
  const bucket = createTokenBucket(10, () => clock.ms)
  bucket.spend(20)
  expect(bucket.waitMs()).toBe(100)
  clock.ms = 3_600_000
  bucket.spend(19)
  expect(bucket.waitMs()).toBe(0)
  bucket.spend(2)
  expect(bucket.waitMs()).toBe(200)
})
