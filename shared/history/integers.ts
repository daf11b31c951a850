import { HistoryFormatError, type ByteReader, type ByteWriter } from './bytes.ts'

/** A safe integer needs no more bytes than this. */
const MAX_WIDTH = 7
/** Values in a column of a keyframe, far more than any has. */
const MAX_COUNT = 1 << 22
/** What a value costs beside the planes when it does not fit in them. */
const ESCAPE_BYTES = 4

/**
 * Writes safe integers from 0 as byte planes: all lowest bytes, then all second ones, and so on, which compress well
 * because like stands by like. The width is the cheapest for this column; what does not fit is marked by all ones and
 * follows as a list.
 */
export function writeUints(writer: ByteWriter, values: readonly number[]): void {
  const width = cheapestWidth(values)
  writer.byte(width)
  if (width === 0) return
  const escape = 256 ** width - 1
  let scale = 1
  for (let plane = 0; plane < width; plane += 1) {
    const bytes = new Uint8Array(values.length)
    for (const [index, value] of values.entries()) {
      bytes[index] = value >= escape ? 255 : Math.floor(value / scale) % 256
    }
    writer.bytes(bytes)
    scale *= 256
  }
  for (const value of values) if (value >= escape) writer.uint(value)
}

/** Numbers in a typed array: a chunk has hundreds of thousands of them, and boxed ones take several times as long. */
export function readUints(reader: ByteReader, count: number): Float64Array {
  const width = reader.byte()
  if (width > MAX_WIDTH) throw new HistoryFormatError(`a column of ${width} bytes a value`)
  if (count > MAX_COUNT) throw new HistoryFormatError(`a column of ${count} values`)
  const values = new Float64Array(count)
  if (width === 0) return values
  const escape = 256 ** width - 1
  let scale = 1
  for (let plane = 0; plane < width; plane += 1) {
    const bytes = reader.bytes(count)
    for (let index = 0; index < count; index += 1) values[index] = (values[index] as number) + (bytes[index] as number) * scale
    scale *= 256
  }
  for (let index = 0; index < count; index += 1) if (values[index] === escape) values[index] = reader.uint()
  return values
}

/** The same for integers of both signs, up to 2^52. */
export function writeInts(writer: ByteWriter, values: readonly number[]): void {
  writeUints(
    writer,
    values.map((value) => (value < 0 ? -2 * value - 1 : 2 * value)),
  )
}

export function readInts(reader: ByteReader, count: number): Float64Array {
  const values = readUints(reader, count)
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number
    values[index] = value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }
  return values
}

function cheapestWidth(values: readonly number[]): number {
  // How many values need each number of bytes.
  const needs = Array.from<number>({ length: MAX_WIDTH + 2 }).fill(0)
  for (const value of values) {
    let width = 0
    for (let limit = 0; width <= MAX_WIDTH && value > limit; limit = 256 ** width - 2) width += 1
    needs[width] = (needs[width] as number) + 1
  }
  if (needs[0] === values.length) return 0
  let best = 1
  let bestCost = Infinity
  for (let width = 1; width <= MAX_WIDTH; width += 1) {
    const escapes = needs.slice(width + 1).reduce((total, count) => total + count, 0)
    const cost = values.length * width + escapes * ESCAPE_BYTES
    if (cost < bestCost) {
      best = width
      bestCost = cost
    }
  }
  return best
}
