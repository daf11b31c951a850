import { expect, test } from 'vitest'

import type { Fields } from '../../../shared/domain/field.ts'
import { hourSeries } from './hour-series.ts'

const change = (observedAtMs: number, fields: Fields) => ({
  seq: observedAtMs,
  op: 'patch' as const,
  observedAtMs,
  recordedAtMs: observedAtMs,
  fields,
})
const window = { fromMs: 1_000, toMs: 2_000 }

test('what a number was when the window began comes from the last change before it', () => {
  const series = hourSeries('stations', [change(10, { seatsFree: 4 }), change(1_500, { seatsFree: 2 })], { seatsFree: 2 }, window)
  expect(series?.steps).toEqual([
    { atMs: 1_000, value: 4 },
    { atMs: 1_500, value: 2 },
    { atMs: 2_000, value: 2 },
  ])
})

test('changes of other fields do not draw anything, and an unknown stretch stays unknown', () => {
  const series = hourSeries(
    'stations',
    [change(1_200, { water: 'cold' }), change(1_500, { seatsFree: null })],
    { seatsFree: null },
    window,
  )
  expect(series?.steps.map(({ value }) => value)).toEqual([null, null])
})

test('layers without a telling number have no curve', () => {
  expect(hourSeries('merchants', [], {}, window)).toBeNull()
})
