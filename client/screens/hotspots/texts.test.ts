import { describe, expect, it } from 'vitest'

import { EMERGING_CATEGORIES } from '../../../shared/hotspot/category.ts'
import { REFUSALS } from '../../../shared/hotspot/import/past-cases.ts'
import { HOTSPOT_TEXTS, isHotspotTextKey } from '../../i18n/hotspot-texts.ts'
import { changeText, classText, countText, pText, typeText } from './texts.ts'

describe('texts of the hotspots screen', () => {
  it('name the same values in both languages', () => {
    for (const [key, { zh, en }] of Object.entries(HOTSPOT_TEXTS)) {
      const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted()
      expect(values(en), key).toEqual(values(zh))
    }
  })

  it('never call a place safe', () => {
    for (const { zh, en } of Object.values(HOTSPOT_TEXTS)) expect(`${zh} ${en}`).not.toMatch(/安全|\bsafe\b/i)
  })

  it('have words for every category and every refusal', () => {
    for (const category of EMERGING_CATEGORIES) expect(typeText('zh', category)).toMatch(/[\u4e00-\u9fff]/)
    for (const code of REFUSALS) expect(isHotspotTextKey(`refusal.${code}`), code).toBe(true)
  })

  it('say an interval over 1 cannot be told yet, not that nothing works', () => {
    expect(HOTSPOT_TEXTS['verdict.unclear'].zh).toBe('尚不能判断')
  })

  it('write classes, counts, p and changes as a report does', () => {
    expect(classText('zh', 3)).toBe('热 99%')
    expect(classText('en', -2)).toBe('Cold 95%')
    expect(countText('zh', null)).toBe('<5')
    expect(pText(0.0004)).toBe('<0.001')
    expect(pText(null)).toBe('—')
    expect(changeText(62, 45)).toBe('+38%')
    expect(changeText(3, 4)).toBe('−25%')
    expect(changeText(3, 0)).toBe('—')
  })
})
