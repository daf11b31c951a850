import { expect, it } from 'vitest'

import { createServerClock } from './server-clock.ts'

it('takes the offset from the quickest answer, and forgets a link that is no more', () => {
  const clock = createServerClock()
  expect(clock.offsetMs).toBe(0)
  expect(clock.roundTripMs).toBeNull()
  clock.sample(1_000, 61_010, 1_020)
  clock.sample(2_000, 62_400, 2_500)
  expect(clock.offsetMs).toBe(60_000)
  expect(clock.roundTripMs).toBe(500)
  for (let index = 0; index < 12; index += 1) clock.sample(3_000, 33_050, 3_100)
  expect(clock.offsetMs).toBe(30_000)
})
