import { expect, test } from 'vitest'

import { createWorld, layerOf } from '../world/world.ts'
import { KEYFRAME_CHANGES } from './chunk-codec.ts'
import { isKeyframeDue } from './keyframe-distance.ts'

test.each([
  [0, 1],
  [13_280, 1],
  [19_999, 1],
  [20_000, 2],
  [39_999, 2],
  [40_000, 4],
  [79_999, 4],
  [100_000, 8],
  [400_000, 8],
])('a world of %i records has a keyframe after every %i times 32,768 changes', (records, times) => {
  const world = createWorld()
  const { records: residents } = layerOf(world, 'residents')
  for (let slot = 0; slot < records; slot += 1) {
    residents.set(`r-${slot}`, { id: `r-${slot}`, slot, seq: slot + 1, observedAt: 0, fields: {} })
  }
  const due = [1, 2, 3, 4, 5, 6, 7, 8].filter((multiple) => {
    world.seq = multiple * KEYFRAME_CHANGES
    return isKeyframeDue(world)
  })
  expect(due).toEqual([1, 2, 3, 4, 5, 6, 7, 8].filter((multiple) => multiple % times === 0))
  world.seq += 1
  expect(isKeyframeDue(world)).toBe(false)
})
