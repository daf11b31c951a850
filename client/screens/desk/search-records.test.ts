import { expect, test } from 'vitest'

import { createMirror } from '../../store/mirror.ts'
import { searchRecords } from './search-records.ts'

function mirrorWith(names: readonly string[]) {
  const mirror = createMirror([114.65, 33.62])
  const records = names.map((name, index) => ({
    id: `st-${index}`,
    observedAt: 0,
    fields: { name, position: [114.65, 33.62] as const },
  }))
  mirror.replaceLayer('stations', records, 1)
  return mirror
}

test('width, case and spaces do not matter', () => {
  const mirror = mirrorWith(['A区 3号驿站', 'B区驿站'])
  expect(searchRecords(mirror, 'ａ区3', 5).map(({ name }) => name)).toEqual(['A区 3号驿站'])
})

test('names that begin with the words come first, and an id is found whole', () => {
  const mirror = mirrorWith(['中心广场驿站', '广场东驿站'])
  expect(searchRecords(mirror, '广场', 5).map(({ name }) => name)).toEqual(['广场东驿站', '中心广场驿站'])
  expect(searchRecords(mirror, 'st-0', 5).map(({ name }) => name)).toEqual(['中心广场驿站'])
})

test('no words find nothing, and there are never more hits than asked for', () => {
  const mirror = mirrorWith(['一号驿站', '二号驿站', '三号驿站'])
  expect(searchRecords(mirror, '  ', 5)).toEqual([])
  expect(searchRecords(mirror, '驿站', 2)).toHaveLength(2)
})
