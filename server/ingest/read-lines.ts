import { TextDecoder } from 'node:util'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { readEntry, type Entry, type Refusal } from '../../shared/domain/entry.ts'
import type { LayerName } from '../../shared/domain/layers.ts'

/** A line longer than this is no record of any layer. */
export const MAX_LINE_BYTES = 64 * 1024
/** Lines read before the event loop gets its turn: a few milliseconds of work. */
const LINES_A_TURN = 500

const NEWLINE = 0x0a

/** One line that holds something, with its number, counted from 1 over all lines. */
export interface ReadLine {
  readonly line: number
  readonly result: { readonly ok: true; readonly entry: Entry } | { readonly ok: false; readonly refusal: Refusal }
}

/** Counts lines as bytes arrive, so that a body with too many is given up early. A last line without newline counts. */
export function createLineCounter(): { add(chunk: Uint8Array): number; total(): number } {
  let newlines = 0
  let open = false
  return {
    add(chunk) {
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) newlines += 1
      if (chunk.length > 0) open = chunk[chunk.length - 1] !== NEWLINE
      return newlines + (open ? 1 : 0)
    },
    total: () => newlines + (open ? 1 : 0),
  }
}

/**
 * Every line of an NDJSON body through the door. Empty lines are skipped but counted. A line that is not UTF-8, not JSON
 * or not an entry is refused alone.
 * @param nowMs the server's clock, for the bound on the future
 */
export async function readLines(body: Uint8Array, allowed: readonly LayerName[], nowMs: number): Promise<ReadLine[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const lines: ReadLine[] = []
  let number = 0
  for (let start = 0; start < body.length;) {
    const newline = body.indexOf(NEWLINE, start)
    const end = newline === -1 ? body.length : newline
    number += 1
    const result = readLine(body.subarray(start, end), decoder, allowed, nowMs)
    if (result !== null) lines.push({ line: number, result })
    start = end + 1
    if (number % LINES_A_TURN === 0) await nextTurn()
  }
  return lines
}

const refused = (code: Refusal['code'], message: string): ReadLine['result'] => ({
  ok: false,
  refusal: { code, field: null, message },
})

function readLine(
  bytes: Uint8Array,
  decoder: TextDecoder,
  allowed: readonly LayerName[],
  nowMs: number,
): ReadLine['result'] | null {
  if (bytes.length > MAX_LINE_BYTES) return refused('bad_line', `a line has at most ${MAX_LINE_BYTES} bytes`)
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return refused('bad_json', 'not UTF-8')
  }
  if (text.trim() === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused('bad_json', 'not JSON')
  }
  return readEntry(value, allowed, nowMs)
}
