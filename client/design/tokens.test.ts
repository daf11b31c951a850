import { readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from 'vitest'

const css = readFileSync(path.join(import.meta.dirname, 'tokens.css'), 'utf8')

function token(name: string): string {
  const value = new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(css)?.[1]
  if (value === undefined) throw new Error(`no token ${name}`)
  return value
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['ground-0', 'ground-1', 'ground-2']

test.each(['ink-1', 'ink-2', 'ink-3', 'ink-hot', 'ink-warning', 'accent', 'done', 'warning', 'ok'])(
  '%s is legible on every ground (WCAG AA, 4.5 : 1)',
  (ink) => {
    for (const ground of GROUNDS) expect(contrast(token(ink), token(ground)), ground).toBeGreaterThanOrEqual(4.5)
  },
)

test('white is legible on the fill of an alarm', () => {
  expect(contrast('#ffffff', token('fill-alarm'))).toBeGreaterThanOrEqual(4.5)
})
