import { expect, test } from 'vitest'

import { reloadDelayMs } from './reload.ts'

test('a page that cannot draw waits longer before each reload, five minutes at most, and forgets after a quarter of an hour', () => {
  const now = 1_000_000_000
  const times = (count: number): number[] => Array.from({ length: count }, (_, index) => now - index * 1_000)
  expect([0, 1, 2, 3, 20].map((count) => reloadDelayMs(times(count), now))).toEqual([3_000, 6_000, 12_000, 24_000, 300_000])
  expect(reloadDelayMs([now - 15 * 60_000], now)).toBe(3_000)
})
