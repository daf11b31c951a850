import { decodeText, encodeText, HistoryFormatError, type ByteReader, type ByteWriter } from './bytes.ts'
import { readInts, readUints, writeInts, writeUints } from './integers.ts'

/** Digits at the end that still make a safe integer. */
const TRAILING_NUMBER = /[0-9]{1,15}$/

interface Split {
  readonly prefix: string
  /** How many digits follow; 0 for none. */
  readonly width: number
  readonly value: number
}

function split(text: string): Split {
  const digits = TRAILING_NUMBER.exec(text)?.[0] ?? ''
  return { prefix: text.slice(0, text.length - digits.length), width: digits.length, value: Number(digits) }
}

/** An order in which ids that count up stand next to each other: by prefix, number of digits, number. */
export function byCountingOrder(a: string, b: string): number {
  const left = split(a)
  const right = split(b)
  if (left.prefix !== right.prefix) return left.prefix < right.prefix ? -1 : 1
  return left.width - right.width || left.value - right.value
}

/**
 * Writes texts in the given order. Ids count up more often than not, so a text is a template (what stands before the
 * digits at its end, and how many digits) and a number, which is kept as the step from the one before.
 */
export function writeStrings(writer: ByteWriter, texts: readonly string[]): void {
  writer.uint(texts.length)
  if (texts.length === 0) return
  const templates: Split[] = []
  const templateOf = new Map<string, number>()
  const parts = texts.map(split)
  const indexes = parts.map((part) => {
    const key = `${part.width}:${part.prefix}`
    const known = templateOf.get(key)
    if (known !== undefined) return known
    templateOf.set(key, templates.length)
    return templates.push(part) - 1
  })
  writeTemplates(writer, templates)
  // A text of a new template most often follows one of the template before it.
  writeInts(writer, steps(indexes))
  const last = Array.from<number>({ length: templates.length }).fill(0)
  const numbers = parts.map(({ value }, index) => {
    const template = indexes[index] as number
    const step = value - (last[template] as number)
    last[template] = value
    return step
  })
  writeInts(writer, numbers)
}

export function readStrings(reader: ByteReader, limit: number): string[] {
  const count = reader.count(limit)
  if (count === 0) return []
  const templates = readTemplates(reader, limit)
  const indexes = sums(readInts(reader, count))
  const numbers = readInts(reader, count)
  const last = Array.from<number>({ length: templates.length }).fill(0)
  return Array.from(indexes, (index, position) => {
    const template = templates[index]
    if (template === undefined) throw new HistoryFormatError('a text without its template')
    const value = (last[index] as number) + (numbers[position] as number)
    last[index] = value
    return template.width === 0 ? template.prefix : template.prefix + String(value).padStart(template.width, '0')
  })
}

/** Each prefix is what it shares with the one before, and the rest. */
function writeTemplates(writer: ByteWriter, templates: readonly Split[]): void {
  writer.uint(templates.length)
  const encoded = templates.map(({ prefix }) => encodeText(prefix))
  const shared = encoded.map((bytes, index) => sharedBytes(encoded[index - 1] ?? new Uint8Array(), bytes))
  writeUints(
    writer,
    templates.map(({ width }) => width),
  )
  writeUints(writer, shared)
  writeUints(
    writer,
    encoded.map((bytes, index) => bytes.length - (shared[index] as number)),
  )
  for (const [index, bytes] of encoded.entries()) writer.bytes(bytes.subarray(shared[index]))
}

function readTemplates(reader: ByteReader, limit: number): { prefix: string; width: number }[] {
  const count = reader.count(limit)
  const widths = readUints(reader, count)
  const shared = readUints(reader, count)
  const lengths = readUints(reader, count)
  let before: Uint8Array = new Uint8Array()
  return Array.from(widths, (width, index) => {
    const kept = shared[index] as number
    if (width > 15 || kept > before.length) throw new HistoryFormatError('a template that cannot be')
    const rest = reader.bytes(lengths[index] as number)
    const bytes = new Uint8Array(kept + rest.length)
    bytes.set(before.subarray(0, kept))
    bytes.set(rest, kept)
    before = bytes
    return { prefix: decodeText(bytes), width }
  })
}

function sharedBytes(a: Uint8Array, b: Uint8Array): number {
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared += 1
  return shared
}

/** Each number as the step from the one before. */
export function steps(values: readonly number[]): number[] {
  return values.map((value, index) => value - (values[index - 1] ?? 0))
}

/** The inverse of {@link steps}, in place. */
export function sums(values: Float64Array): Float64Array {
  let total = 0
  for (let index = 0; index < values.length; index += 1) {
    total += values[index] as number
    values[index] = total
  }
  return values
}
