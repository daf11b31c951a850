import { decodeText } from './bytes.ts'

/** A file that is read in pieces, so that a bundle of gigabytes is never in memory as a whole. */
export interface ByteSource {
  readonly size: number
  /** Exactly `length` bytes from `from`, which lie inside the file. */
  read(from: number, length: number): Promise<Uint8Array>
}

/** One file of a zip, as its directory tells. */
export interface ZipEntry {
  readonly name: string
  readonly packedBytes: number
  /** What it says to unfold to. */
  readonly bytes: number
  readonly isDeflated: boolean
  readonly headerAt: number
}

/** Why a file is not a zip that can be trusted to be read the same by every tool; `part` is the entry at fault. */
export interface ZipFault {
  readonly ok: false
  readonly code: 'bad_zip' | 'duplicate_part'
  readonly part: string
  readonly message: string
}

export type ZipDirectory = { readonly ok: true; readonly entries: ReadonlyMap<string, ZipEntry> } | ZipFault

/** Unfolds raw DEFLATE to at most `bytes` bytes; throws when it is none, or would be more. */
export type InflateRaw = (packed: Uint8Array, bytes: number) => Uint8Array

const END_BYTES = 22
const ENTRY_BYTES = 46
const HEADER_BYTES = 30
/** More than any bundle has, and 16 MB of directory. */
const MAX_ENTRIES = 65_535
const MAX_DIRECTORY_BYTES = 16 * 2 ** 20
const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1

const fault = (part: string, message: string, code: ZipFault['code'] = 'bad_zip'): ZipFault => ({
  ok: false,
  code,
  part,
  message,
})
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The directory of a plain zip (APPNOTE 6.3.10, no zip64, no encryption): every name once, no entry inside another. */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectory> {
  if (source.size < END_BYTES) return fault('', 'the file is too short for a zip file')
  const end = viewOf(await source.read(source.size - END_BYTES, END_BYTES))
  if (end.getUint32(0, true) !== 0x0605_4b50) return fault('', 'the file does not end as a zip file does: it was cut, or is none')
  const [count, length, start] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)]
  if (count > MAX_ENTRIES || length > MAX_DIRECTORY_BYTES || start + length !== source.size - END_BYTES)
    return fault('', 'the directory of the zip file is not where it should be')
  const bytes = await source.read(start, length)
  const entries = new Map<string, ZipEntry>()
  let at = 0
  for (let index = 0; index < count; index += 1) {
    const read = readEntry(bytes, at)
    if (read === null) return fault('', `entry ${index + 1} of the directory cannot be read`)
    at = read.next
    const { entry } = read
    // A folder of its own, as other tools write them, holds nothing.
    if (entry.name.endsWith('/') && entry.bytes === 0) continue
    if (entries.has(entry.name)) return fault(entry.name, `${entry.name} is there twice`, 'duplicate_part')
    if (entry.headerAt + HEADER_BYTES + entry.packedBytes > start)
      return fault(entry.name, `${entry.name} reaches out of the file`)
    entries.set(entry.name, entry)
  }
  if (at !== length) return fault('', 'there is more in the directory than its entries')
  return overlapping([...entries.values()]) ?? { ok: true, entries }
}

/** Bytes that belong to two entries are how a small file unfolds to a huge one. */
function overlapping(entries: ZipEntry[]): ZipFault | null {
  let free = 0
  for (const { name, headerAt, packedBytes } of entries.toSorted((a, b) => a.headerAt - b.headerAt)) {
    if (headerAt < free) return fault(name, `${name} shares its bytes with another entry`)
    free = headerAt + HEADER_BYTES + packedBytes
  }
  return null
}

function readEntry(directory: Uint8Array, at: number): { entry: ZipEntry; next: number } | null {
  if (at + ENTRY_BYTES > directory.length) return null
  const view = viewOf(directory.subarray(at))
  const [flags, method] = [view.getUint16(8, true), view.getUint16(10, true)]
  const [nameLength, extraLength, commentLength] = [view.getUint16(28, true), view.getUint16(30, true), view.getUint16(32, true)]
  const next = at + ENTRY_BYTES + nameLength + extraLength + commentLength
  if (view.getUint32(0, true) !== 0x0201_4b50 || next > directory.length) return null
  if ((flags & ENCRYPTED) !== 0 || (method !== STORED && method !== DEFLATED)) return null
  const name = nameOf(directory.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength))
  const [packedBytes, bytes] = [view.getUint32(20, true), view.getUint32(24, true)]
  if (name === null || (method === STORED && packedBytes !== bytes)) return null
  return { entry: { name, packedBytes, bytes, isDeflated: method === DEFLATED, headerAt: view.getUint32(42, true) }, next }
}

/** One entry's bytes as they were; null when they cannot be had, or are not as many as the directory says. */
export async function readZipEntry(source: ByteSource, entry: ZipEntry, inflateRaw: InflateRaw): Promise<Uint8Array | null> {
  const { name, packedBytes, bytes, isDeflated, headerAt } = entry
  const header = viewOf(await source.read(headerAt, HEADER_BYTES))
  const nameLength = header.getUint16(26, true)
  const dataAt = headerAt + HEADER_BYTES + nameLength + header.getUint16(28, true)
  if (header.getUint32(0, true) !== 0x0403_4b50 || dataAt + packedBytes > source.size) return null
  // Tools that unpack while they read go by this name.
  if (nameOf(await source.read(headerAt + HEADER_BYTES, nameLength)) !== name) return null
  const packed = await source.read(dataAt, packedBytes)
  if (!isDeflated) return packed
  try {
    const plain = inflateRaw(packed, bytes)
    return plain.length === bytes ? plain : null
  } catch {
    return null // Not DEFLATE, or more than it says.
  }
}

function nameOf(bytes: Uint8Array): string | null {
  try {
    return decodeText(bytes)
  } catch {
    return null // Not UTF-8.
  }
}
