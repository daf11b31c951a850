import { expect, test } from 'vitest'

import { gapAround } from './recording-gap.ts'

test('a gap reaches from the recording before to the one after, as far as is known', () => {
  const spans = [
    { from: 100, to: 200 },
    { from: 500, to: 600 },
  ]
  expect(gapAround(spans, 300)).toEqual({ fromMs: 200, toMs: 500 })
  expect(gapAround(spans, 50)).toEqual({ fromMs: null, toMs: 100 })
  expect(gapAround(spans, 700)).toEqual({ fromMs: 600, toMs: null })
  expect(gapAround([], 700)).toEqual({ fromMs: null, toMs: null })
  expect([gapAround(spans, 150), gapAround(null, 300)]).toEqual([null, null])
})
