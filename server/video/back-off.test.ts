import { expect, test } from 'vitest'
import { backOffMs } from './back-off.ts'

const MINUTE_MS = 60_000

test('waits double from half a second to four while a camera has been gone for under ten minutes', () => {
  expect([0, 1, 2, 3, 4, 50].map((failures) => backOffMs(failures, MINUTE_MS, 'lost', 0))).toEqual([
    500, 1000, 2000, 4000, 4000, 4000,
  ])
})

test('after ten minutes waits grow to fifteen seconds', () => {
  expect(backOffMs(9, 10 * MINUTE_MS, 'timed_out', 0)).toBe(15_000)
})

test('a refused sign-in is tried once a minute, so that the camera does not lock the account', () => {
  expect(backOffMs(0, 0, 'sign_in_refused', 0)).toBe(MINUTE_MS)
})

test('waits are spread by a fifth and never longer than without spreading', () => {
  expect(backOffMs(3, 0, 'lost', 0.5)).toBe(3600)
  expect(backOffMs(3, 0, 'lost', 0.999)).toBeGreaterThanOrEqual(3200)
})
