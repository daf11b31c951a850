import { expect, test } from 'vitest'

import { ADMIN_TEXTS } from './admin-texts.ts'
import { DESK_TEXTS } from './desk-texts.ts'
import { INCIDENT_TEXTS } from './incident-texts.ts'
import { REPLAY_TEXTS } from './replay-texts.ts'

const dictionaries = { ADMIN_TEXTS, DESK_TEXTS, INCIDENT_TEXTS, REPLAY_TEXTS }

test('both languages of a text name the same values, and neither is empty', () => {
  for (const [dictionary, texts] of Object.entries(dictionaries)) {
    for (const [key, { zh, en }] of Object.entries(texts)) {
      const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted()
      expect(values(en), `${dictionary} ${key}`).toEqual(values(zh))
      expect(zh.trim(), `${dictionary} ${key}`).not.toBe('')
      expect(en.trim(), `${dictionary} ${key}`).not.toBe('')
    }
  }
})

test('the Chinese text of a key is Chinese', () => {
  for (const texts of Object.values(dictionaries)) {
    for (const { zh } of Object.values(texts)) expect(zh.replaceAll(/\{\w+\}/g, '')).toMatch(/[\u4e00-\u9fff]/)
  }
})
