import { expect, test } from 'vitest'

import { createLineCounter, MAX_LINE_BYTES, readLines } from './read-lines.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const NOW = Date.parse('2026-01-01T00:00:00Z')
const line = JSON.stringify({
  layer: 'residents',
  id: 'r',
  op: 'put',
  observedAt: '2026-01-01T00:00:00Z',
  fields: { buildingId: 'b', care: 'ok' },
})

test('lines are counted as an editor counts them, however the bytes arrive', () => {
  for (const [text, count] of [
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
    ['a\n\n', 2],
  ] as const) {
    const whole = createLineCounter()
    whole.add(bytes(text))
    const single = createLineCounter()
    for (const byte of bytes(text)) single.add(new Uint8Array([byte]))
    expect([whole.total(), single.total()], JSON.stringify(text)).toEqual([count, count])
  }
})

test('numbers start at 1, empty lines take one, and CRLF is fine', async () => {
  const read = await readLines(bytes(`\n${line}\r\n\r\n  \n${line}`), ['residents'], NOW)
  expect(read.map(({ line: number, result }) => [number, result.ok])).toEqual([
    [2, true],
    [5, true],
  ])
})

test('a line that is too long, or no object, is refused alone', async () => {
  const long = JSON.stringify({ layer: 'x'.repeat(MAX_LINE_BYTES) })
  const read = await readLines(bytes([long, '[]', '1', 'null', '"x"', line].join('\n')), ['residents'], NOW)
  expect(read.map(({ result }) => (result.ok ? 'ok' : result.refusal.code))).toEqual([
    'bad_line',
    'bad_line',
    'bad_line',
    'bad_line',
    'bad_line',
    'ok',
  ])
})

test('a byte order mark before the first line does no harm', async () => {
  const read = await readLines(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes(line)]), ['residents'], NOW)
  expect(read[0]?.result.ok).toBe(true)
})
