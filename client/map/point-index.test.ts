import { expect, test } from 'vitest'

import { createMirror } from '../store/mirror.ts'
import { createPointIndex } from './point-index.ts'

const shop = (id: string, lng: number, lat: number) => ({
  id,
  observedAt: 0,
  fields: { name: id, position: [lng, lat] as const, open: true, safety: 'ok' },
})

test('finds the points near a place, none that is gone, and sees moves within a second', () => {
  const mirror = createMirror([114, 33])
  const layer = mirror.layer('merchants')
  let nowMs = 0
  const index = createPointIndex(layer, () => nowMs)
  expect(index.within(0, 0, 1)).toEqual([])
  mirror.replaceLayer('merchants', [shop('near', 114.001, 33), shop('far', 114.1, 33)], 1)
  nowMs = 1_000
  const ids = () => index.within(0, 0, 0.01).map((slot) => layer.idAt(slot))
  expect(ids()).toEqual(['near'])
  mirror.replaceLayer('merchants', [shop('far', 114.002, 33)], 2)
  nowMs = 2_000
  expect(ids()).toEqual(['far'])
})
