import { expect, test } from 'vitest'

import { isNight } from './night.ts'

test('a wall is dim from ten in the evening to six in the morning in Beijing, by the clock of the server', () => {
  const at = (hour: number, minute: number): boolean => isNight(Date.UTC(2026, 10, 26, hour - 8, minute))
  expect([at(21, 59), at(22, 0), at(23, 59), at(0, 0), at(5, 59), at(6, 0), at(14, 0)]).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
    false,
  ])
})
