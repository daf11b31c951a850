import { describe, expect, test } from 'vitest'
import { LAYOUTS, tourTiles, type Layout, type Tour } from './tour.ts'

const tour = (part: Partial<Tour>): Tour => ({
  cameraIds: ['a', 'b', 'c', 'd', 'e'],
  dwellMs: 10_000,
  layout: '4',
  pinned: {},
  ...part,
})
const shown = (part: Partial<Tour>, elapsedMs: number): (string | null)[] =>
  tourTiles(tour(part), elapsedMs).map(({ cameraId }) => cameraId)

describe('a tour', () => {
  test('shows a page for its time, then the next, filled from the beginning', () => {
    expect(shown({}, 9_999)).toEqual(['a', 'b', 'c', 'd'])
    expect(shown({}, 10_000)).toEqual(['e', 'a', 'b', 'c'])
    expect(shown({}, 20_000)).toEqual(['d', 'e', 'a', 'b'])
  })

  test('shows every camera equally often', () => {
    const counts = new Map<string, number>()
    for (let page = 0; page < 5; page++) {
      for (const id of shown({}, page * 10_000)) counts.set(id ?? '', (counts.get(id ?? '') ?? 0) + 1)
    }
    expect([...counts.values()]).toEqual([4, 4, 4, 4, 4])
  })

  test('leaves pinned tiles alone and gives their cameras no turn', () => {
    expect(shown({ pinned: { 0: 'c' } }, 0)).toEqual(['c', 'a', 'b', 'd'])
    expect(shown({ pinned: { 0: 'c' } }, 10_000)).toEqual(['c', 'e', 'a', 'b'])
  })

  test('stands still when all its cameras fit', () => {
    expect(shown({ cameraIds: ['a', 'b'] }, 0)).toEqual(['a', 'b', null, null])
    expect(shown({ cameraIds: ['a', 'b'] }, 50_000)).toEqual(['a', 'b', null, null])
  })

  test('names the next camera of a tile five seconds before its turn, and not of one that stays', () => {
    const next = (elapsedMs: number): (string | null)[] => tourTiles(tour({}), elapsedMs).map(({ nextCameraId }) => nextCameraId)
    expect(next(4_000)).toEqual([null, null, null, null])
    expect(next(5_000)).toEqual(['e', 'a', 'b', 'c'])
    expect(tourTiles(tour({ cameraIds: ['a'], layout: '1' }), 9_000)).toEqual([{ cameraId: 'a', nextCameraId: null }])
  })

  test.each(Object.keys(LAYOUTS) as Layout[])('layout %s has as many tiles as it says', (layout) => {
    expect(tourTiles(tour({ layout }), 0)).toHaveLength(LAYOUTS[layout].tiles)
  })
})
