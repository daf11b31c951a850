/** The decoder record (`avcC` or `hvcC`) of an init segment: `description` of a WebCodecs decoder; null when there is none. */
export function readDescription(init: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const entry = child(init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'])
  if (entry === null) return null
  // 8 bytes of stsd head, 8 of the entry's box head, 78 of a visual sample entry.
  const config = boxesOf(init, entry.start + 8 + 8 + 78, entry.end).find(({ type }) => type === 'avcC' || type === 'hvcC')
  return config === undefined ? null : init.subarray(config.start, config.end)
}

/** The one frame of a fragment: its payload is the sample as a decoder takes it. Times are in units of the track's timescale. */
export interface Frame {
  readonly decodeTime: number
  readonly isKey: boolean
  readonly data: Uint8Array<ArrayBuffer>
}

/** Whether a binary message is an init segment (else it is a fragment). */
export function isInit(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && typeOf(bytes, 0) === 'ftyp'
}

/** Reads one fragment of the hub; null when it is not one. */
export function readFrame(bytes: Uint8Array<ArrayBuffer>): Frame | null {
  const tfdt = child(bytes, ['moof', 'traf', 'tfdt'])
  const mdat = boxesOf(bytes, 0, bytes.length).find(({ type }) => type === 'mdat')
  if (tfdt === null || mdat === undefined) return null
  const view = viewOf(bytes)
  const isWide = view.getUint8(tfdt.start) === 1
  const decodeTime = isWide ? Number(view.getBigUint64(tfdt.start + 4)) : view.getUint32(tfdt.start + 4)
  return { decodeTime, isKey: isKeyFragment(bytes), data: bytes.subarray(mdat.start, mdat.end) }
}

interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function typeOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at + 4, at + 8))
}

function boxesOf(bytes: Uint8Array<ArrayBuffer>, from: number, to: number): Box[] {
  const view = viewOf(bytes)
  const found: Box[] = []
  let at = from
  while (at + 8 <= to) {
    const size = view.getUint32(at)
    if (size < 8 || at + size > to) break
    found.push({ type: typeOf(bytes, at), start: at + 8, end: at + size })
    at += size
  }
  return found
}

function child(bytes: Uint8Array<ArrayBuffer>, path: readonly string[]): Box | null {
  let box: Box = { type: '', start: 0, end: bytes.length }
  for (const type of path) {
    const next = boxesOf(bytes, box.start, box.end).find((each) => each.type === type)
    if (next === undefined) return null
    box = next
  }
  return box
}

/** `sample_is_non_sync_sample` of ISO/IEC 14496-12 8.8.3.1. */
const NON_SYNC = 0x10000

function isKeyFragment(bytes: Uint8Array<ArrayBuffer>): boolean {
  const tfhd = child(bytes, ['moof', 'traf', 'tfhd'])
  const trun = child(bytes, ['moof', 'traf', 'trun'])
  if (tfhd === null || trun === null) return false
  const view = viewOf(bytes)
  const run = view.getUint32(trun.start)
  const first = trun.start + 8 + (run & 1 ? 4 : 0)
  if (run & 0x4) return (view.getUint32(first) & NON_SYNC) === 0
  if (run & 0x400) return (view.getUint32(first + (run & 0x100 ? 4 : 0) + (run & 0x200 ? 4 : 0)) & NON_SYNC) === 0
  const head = view.getUint32(tfhd.start)
  if ((head & 0x20) === 0) return true
  const before = (head & 0x1 ? 8 : 0) + (head & 0x2 ? 4 : 0) + (head & 0x8 ? 4 : 0) + (head & 0x10 ? 4 : 0)
  return (view.getUint32(tfhd.start + 8 + before) & NON_SYNC) === 0
}
