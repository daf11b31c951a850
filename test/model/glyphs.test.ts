import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from 'vitest'

import { coverageOf } from '../support/font-coverage.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const font = (file: string): ReadonlySet<number> => coverageOf(path.join(ROOT, 'node_modules', '@fontsource', file))
const regular = font('noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2')
const bold = font('noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff2')
const latin = font('noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2')
/** Slices that the style sheet takes one character of. */
const arrows = new Map([
  [0x2190, '105'],
  [0x2192, '109'],
])
const digits = font('barlow-semi-condensed/files/barlow-semi-condensed-latin-600-normal.woff2')

/** Everything that can come onto a screen from our own files: texts, names of the demo, rules, categories. */
const FILES = ['client/**/*.{ts,tsx}', 'shared/**/*.ts', 'server/demo/**/*.ts', 'server/site/default-categories.ts']
/** Written by hand in comments only; what stands in code is looked at. */
const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

test('the fonts that are shipped have a glyph for every character of our texts, in both weights: no box on a machine without fonts', () => {
  const missing: string[] = []
  for (const file of globSync(FILES, { cwd: ROOT })) {
    if (/\.test\.tsx?$/.test(file)) continue
    for (const character of withoutComments(readFileSync(path.join(ROOT, file), 'utf8'))) {
      const code = character.codePointAt(0) ?? 0
      if (code < 0x20 || latin.has(code)) continue
      const slice = arrows.get(code)
      if (
        slice !== undefined &&
        [400, 700].every((weight) => font(`noto-sans-sc/files/noto-sans-sc-${slice}-${weight}-normal.woff2`).has(code))
      )
        continue
      if (!regular.has(code) || !bold.has(code)) missing.push(`${file}: ${character} U+${code.toString(16)}`)
    }
  }
  expect(missing).toEqual([])
})

test('what clocks and figures are made of is in the font for digits', () => {
  expect(Array.from('0123456789:.,-/ ').filter((character) => !digits.has(character.codePointAt(0) ?? 0))).toEqual([])
})
