import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/** Where `cmap` stands in WOFF2's list of known tags. */
const KNOWN_TAG_CMAP = 0
const KNOWN_TAGS_WITH_TRANSFORM = new Set([10, 11]) // glyf, loca: transformed unless they say version 3
const ARBITRARY_TAG = 63

/** The code points that a WOFF2 file has a glyph for. */
export function coverageOf(file: string): ReadonlySet<number> {
  const bytes = readFileSync(file)
  if (bytes.toString('latin1', 0, 4) !== 'wOF2') throw new Error(`${file} is no WOFF2`)
  const tableCount = bytes.readUInt16BE(12)
  let at = 48
  const base128 = (): number => {
    let value = 0
    for (let byte = 0; byte < 5; byte += 1) {
      const next = bytes[at++] ?? 0
      value = value * 128 + (next & 0x7f)
      if ((next & 0x80) === 0) break
    }
    return value
  }
  let offset = 0
  let cmap: { readonly offset: number; readonly length: number } | null = null
  for (let table = 0; table < tableCount; table += 1) {
    const flags = bytes[at++] ?? 0
    const tag = flags & 0x3f
    const version = flags >> 6
    if (tag === ARBITRARY_TAG) at += 4
    let length = base128()
    const isTransformed = KNOWN_TAGS_WITH_TRANSFORM.has(tag) ? version !== 3 : version !== 0
    if (isTransformed) length = base128()
    if (tag === KNOWN_TAG_CMAP) cmap = { offset, length }
    offset += length
  }
  if (cmap === null) throw new Error(`${file} has no cmap`)
  const tables = brotliDecompressSync(bytes.subarray(at, at + bytes.readUInt32BE(20)))
  return readCmap(tables.subarray(cmap.offset, cmap.offset + cmap.length))
}

function readCmap(cmap: Buffer): ReadonlySet<number> {
  const covered = new Set<number>()
  const subtables = cmap.readUInt16BE(2)
  for (let index = 0; index < subtables; index += 1) {
    const subtable = cmap.subarray(cmap.readUInt32BE(8 + 8 * index))
    const format = subtable.readUInt16BE(0)
    if (format === 4) readSegments(subtable, covered)
    else if (format === 12) {
      const groups = subtable.readUInt32BE(12)
      for (let group = 0; group < groups; group += 1) {
        const from = 16 + 12 * group
        for (let code = subtable.readUInt32BE(from); code <= subtable.readUInt32BE(from + 4); code += 1) covered.add(code)
      }
    }
  }
  return covered
}

function readSegments(subtable: Buffer, covered: Set<number>): void {
  const count = subtable.readUInt16BE(6) / 2
  const ends = 14
  const starts = ends + 2 * count + 2
  const deltas = starts + 2 * count
  const offsets = deltas + 2 * count
  for (let segment = 0; segment < count; segment += 1) {
    const start = subtable.readUInt16BE(starts + 2 * segment)
    const end = subtable.readUInt16BE(ends + 2 * segment)
    const delta = subtable.readUInt16BE(deltas + 2 * segment)
    const rangeOffset = subtable.readUInt16BE(offsets + 2 * segment)
    for (let code = start; code <= end && code !== 0xffff; code += 1) {
      const at = offsets + 2 * segment + rangeOffset + 2 * (code - start)
      const glyph = rangeOffset === 0 ? code + delta : subtable.readUInt16BE(at) === 0 ? 0 : subtable.readUInt16BE(at) + delta
      if ((glyph & 0xffff) !== 0) covered.add(code)
    }
  }
}
