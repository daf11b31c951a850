import { expect, test } from 'vitest'

import { ALL_CAMERAS, playable } from './use-tours.ts'

const cameras = { ids: ['a', 'b', 'c'], nameOf: (id: string) => id }

test('a tour that names no cameras is all that there are', () => {
  expect(playable(ALL_CAMERAS, cameras)).toEqual({ cameraIds: ['a', 'b', 'c'], dwellMs: 20_000, layout: '4', pinned: {} })
})

test('a camera that was removed or switched off takes no turn and no place', () => {
  const tour = { ...ALL_CAMERAS, cameraIds: ['c', 'gone', 'a'], pinned: { 0: 'gone', 2: 'b' } }
  expect(playable(tour, cameras)).toMatchObject({ cameraIds: ['c', 'a'], pinned: { 2: 'b' } })
})
