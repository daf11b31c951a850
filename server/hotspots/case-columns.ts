import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

import { z } from 'zod'

import type { PastCase } from '../../shared/hotspot/import/past-cases.ts'

/** Cases with a place, as columns: what an analysis reads. Ids are kept as 52-bit hashes, to tell a case sent twice. */
export interface CaseColumns {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly timeMs: Float64Array
  /** Index in `categories`. */
  readonly category: Uint16Array
  /** Index in `sources`. */
  readonly source: Uint16Array
  readonly idHash: Float64Array
  readonly categories: readonly string[]
  readonly sources: readonly string[]
}

/** Categories, or sources, that one dataset may have; more is free text in the wrong column. */
export const MOST_NAMES = 60_000
/** Cases in one block, so that a block of a database stays at about a megabyte. */
const BLOCK_CASES = 50_000
const MAGIC = 'LHC1'

/** A number that stands for an id: 52 bits of SHA-256, so that no id itself is kept. */
export function hashOfId(id: string): number {
  const digest = createHash('sha256').update(id).digest()
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) & 15)
}

/** Columns of cases that have a place; null when there are too many different categories or sources. */
export function columnsOf(cases: readonly PastCase[]): CaseColumns | null {
  const placed = cases.filter((one) => one.lng !== null && one.lat !== null)
  const categories = numbering(placed.map((one) => one.category))
  const sources = numbering(placed.map((one) => one.source ?? ''))
  if (categories.names.length > MOST_NAMES || sources.names.length > MOST_NAMES) return null
  return {
    lng: Float64Array.from(placed, (one) => one.lng ?? 0),
    lat: Float64Array.from(placed, (one) => one.lat ?? 0),
    timeMs: Float64Array.from(placed, (one) => one.timeMs),
    category: Uint16Array.from(categories.numbers),
    source: Uint16Array.from(sources.numbers),
    idHash: Float64Array.from(placed, (one) => hashOfId(one.id ?? `${one.timeMs}|${one.lng}|${one.lat}|${one.category}`)),
    categories: categories.names,
    sources: sources.names,
  }
}

function numbering(texts: readonly string[]): { names: string[]; numbers: number[] } {
  const known = new Map<string, number>()
  const numbers = texts.map((text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    known.set(text, known.size)
    return known.size - 1
  })
  return { names: [...known.keys()], numbers }
}

/** Blocks of compressed columns, as they lie in the database. */
export function blocksOf(columns: CaseColumns): Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let from = 0; from < columns.lng.length; from += BLOCK_CASES)
    blocks.push(blockOf(columns, from, Math.min(columns.lng.length, from + BLOCK_CASES)))
  return blocks
}

function blockOf(columns: CaseColumns, from: number, to: number): Uint8Array {
  const head = Buffer.from(JSON.stringify({ cases: to - from, categories: columns.categories, sources: columns.sources }))
  const size = Buffer.alloc(8)
  size.write(MAGIC, 0, 'latin1')
  size.writeUInt32LE(head.length, 4)
  const parts = [columns.lng, columns.lat, columns.timeMs, columns.idHash, columns.category, columns.source].map((column) => {
    const part = column.slice(from, to)
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength)
  })
  return deflateRawSync(Buffer.concat([size, head, ...parts]))
}

const headSchema = z.object({ cases: z.int().min(0), categories: z.array(z.string()), sources: z.array(z.string()) })

/** Reads blocks back and joins them; the names of all blocks become one list. Throws on bytes that are no block. */
export function columnsFrom(blocks: readonly Uint8Array[]): CaseColumns {
  const read = blocks.map(readBlock)
  const total = read.reduce((sum, { cases }) => sum + cases, 0)
  const categories = new Map<string, number>()
  const sources = new Map<string, number>()
  const joined = {
    lng: new Float64Array(total),
    lat: new Float64Array(total),
    timeMs: new Float64Array(total),
    idHash: new Float64Array(total),
    category: new Uint16Array(total),
    source: new Uint16Array(total),
  }
  let at = 0
  for (const block of read) {
    joined.lng.set(block.lng, at)
    joined.lat.set(block.lat, at)
    joined.timeMs.set(block.timeMs, at)
    joined.idHash.set(block.idHash, at)
    joined.category.set(renumbered(block.category, block.categories, categories), at)
    joined.source.set(renumbered(block.source, block.sources, sources), at)
    at += block.cases
  }
  return { ...joined, categories: [...categories.keys()], sources: [...sources.keys()] }
}

function renumbered(column: Uint16Array, names: readonly string[], all: Map<string, number>): Uint16Array {
  const numbers = names.map((name) => {
    const found = all.get(name) ?? all.size
    all.set(name, found)
    return found
  })
  return column.map((number) => numbers[number] ?? 0)
}

function readBlock(block: Uint8Array): CaseColumns & { cases: number } {
  const bytes = inflateRawSync(block, { maxOutputLength: 256 * 1024 * 1024 })
  if (bytes.toString('latin1', 0, 4) !== MAGIC) throw new Error('not a block of cases')
  const headBytes = bytes.readUInt32LE(4)
  const head = headSchema.parse(JSON.parse(bytes.toString('utf8', 8, 8 + headBytes)))
  let at = 8 + headBytes
  const floats = (): Float64Array => {
    // A copy, because a typed array must begin at a multiple of its element's size.
    const column = new Float64Array(new Uint8Array(bytes.subarray(at, at + head.cases * 8)).buffer)
    at += head.cases * 8
    return column
  }
  const shorts = (): Uint16Array => {
    const column = new Uint16Array(new Uint8Array(bytes.subarray(at, at + head.cases * 2)).buffer)
    at += head.cases * 2
    return column
  }
  const [lng, lat, timeMs, idHash] = [floats(), floats(), floats(), floats()]
  return { ...head, lng, lat, timeMs, idHash, category: shorts(), source: shorts() }
}
