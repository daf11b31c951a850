import { expect, test } from 'vitest'

import { LAYERS, fieldSpecsOf } from '../../../shared/domain/layers.ts'
import { fieldName, fieldText, shownFields } from './field-text.ts'

test('every field of every layer has a name in both languages', () => {
  for (const layer of LAYERS) {
    for (const name of ['name', 'position', ...shownFields(layer)]) {
      expect(fieldName(name, 'zh'), `${layer}.${name}`).toMatch(/[\u4e00-\u9fff]/)
      expect(fieldName(name, 'en'), `${layer}.${name}`).not.toBe(name)
    }
  }
})

test('every choice of every layer is said in Chinese', () => {
  for (const layer of LAYERS) {
    for (const [name, spec] of Object.entries(fieldSpecsOf(layer))) {
      if (spec.kind !== 'choice') continue
      for (const value of spec.values) {
        expect(fieldText(layer, name, value, 'zh', []), `${layer}.${name} ${value}`).toMatch(/[\u4e00-\u9fff]/)
      }
    }
  }
})

test('a reason that is a note is not read from the stream, a code is said in words', () => {
  expect(fieldText('alarms', 'reason', 'code:drill', 'zh', [])).toBe('演练')
  expect(fieldText('alarms', 'reason', 'note:n1:abc', 'zh', [])).toBe('…')
})

test('numbers carry their unit, and a null is unknown, not zero', () => {
  expect(fieldText('cameras', 'rangeMeters', 120, 'en', [])).toBe('120 m')
  expect(fieldText('stations', 'seatsFree', null, 'zh', [])).toBe('未知')
  expect(shownFields('stations')).not.toContain('position')
})
