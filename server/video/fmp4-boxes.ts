/** What a track of a fragmented MP4 says about itself. */
export interface TrackFacts {
  /** As in `video/mp4; codecs="…"`: `avc1.PPCCLL` or `hvc1.…`. */
  readonly codec: string
  readonly widthPx: number
  readonly heightPx: number
  /** Units of decode time a second. */
  readonly timescale: number
}

/** What a fragment says about its one frame. Times are in units of the track's timescale. */
export interface FragmentFacts {
  readonly decodeTime: bigint
  readonly isKey: boolean
  /** Where the 64-bit decode time lies in the fragment, so that it can be moved; -1 when it is 32 bits wide. */
  readonly decodeTimeOffset: number
}

interface Box {
  readonly start: number
  readonly end: number
}

const HEADER_BYTES = 8

/** A path such as `moov/trak/mdia` as the numbers that the types are in a file: compared for each frame of each camera. */
const pathOf = (path: string): readonly number[] => path.split('/').map((type) => Buffer.from(type, 'latin1').readUInt32BE(0))

const MDHD = pathOf('moov/trak/mdia/mdhd')
const STSD = pathOf('moov/trak/mdia/minf/stbl/stsd')
const AVCC = pathOf('avcC')
const HVCC = pathOf('hvcC')
const TRAF = pathOf('moof/traf')
const TFHD = pathOf('tfhd')
const TFDT = pathOf('tfdt')
const TRUN = pathOf('trun')

/** The box at a path inside another; null when any step is missing. */
function find(bytes: Buffer, within: Box, path: readonly number[]): Box | null {
  let { start, end } = within
  for (const type of path) {
    let at = start
    for (;;) {
      if (at + HEADER_BYTES > end) return null
      const size = bytes.readUInt32BE(at)
      if (size < HEADER_BYTES || at + size > end) return null
      if (bytes.readUInt32BE(at + 4) === type) {
        start = at + HEADER_BYTES
        end = at + size
        break
      }
      at += size
    }
  }
  return { start, end }
}

const whole = (bytes: Buffer): Box => ({ start: 0, end: bytes.length })

/** Bytes of a sample entry before its boxes: 6 reserved, 2 reference, 70 of VisualSampleEntry. */
const VISUAL_ENTRY_BYTES = 78

/** Reads codec, size and timescale from an init segment; null when it is not one with an H.264 or H.265 track. */
export function readTrack(init: Buffer): TrackFacts | null {
  const mdhd = find(init, whole(init), MDHD)
  const stsd = find(init, whole(init), STSD)
  if (mdhd === null || stsd === null || stsd.start + 8 + HEADER_BYTES > stsd.end) return null
  const timescale = init.readUInt32BE(mdhd.start + (init.readUInt8(mdhd.start) === 1 ? 20 : 12))
  const size = init.readUInt32BE(stsd.start + 8)
  if (size < HEADER_BYTES + VISUAL_ENTRY_BYTES || stsd.start + 8 + size > stsd.end) return null
  const entry: Box = { start: stsd.start + 8 + HEADER_BYTES, end: stsd.start + 8 + size }
  const configs: Box = { start: entry.start + VISUAL_ENTRY_BYTES, end: entry.end }
  const avcC = find(init, configs, AVCC)
  const config = avcC ?? find(init, configs, HVCC)
  if (config === null) return null
  const body = init.subarray(config.start, config.end)
  const codec = avcC === null ? hevcCodec(body) : `avc1.${body.toString('hex', 1, 4)}`
  return { codec, timescale, widthPx: init.readUInt16BE(entry.start + 24), heightPx: init.readUInt16BE(entry.start + 26) }
}

/**
 * Makes the entry of an H.265 track `hvc1` in place: ffmpeg copies as `hev1`, which Apple's players refuse, and the parameter
 * sets are in its `hvcC` all the same.
 */
export function nameHvc1(init: Buffer): void {
  const stsd = find(init, whole(init), STSD)
  if (stsd !== null && init.toString('latin1', stsd.start + 12, stsd.start + 16) === 'hev1') init.write('hvc1', stsd.start + 12)
}

/** RFC 6381 form of an `hvcC` record: profile, compatibility bits reversed, tier and level, constraint bytes. */
function hevcCodec(record: Buffer): string {
  const profile = record.readUInt8(1)
  const space = ['', 'A', 'B', 'C'][profile >> 6] ?? ''
  let reversed = 0
  const compatibility = record.readUInt32BE(2)
  for (let bit = 0; bit < 32; bit++) if ((compatibility >>> bit) & 1) reversed = (reversed | (1 << (31 - bit))) >>> 0
  const constraints = [...record.subarray(6, 12)]
  while (constraints.at(-1) === 0) constraints.pop()
  const tail = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join('')
  return `hvc1.${space}${profile & 31}.${reversed.toString(16).toUpperCase()}.${profile & 32 ? 'H' : 'L'}${record.readUInt8(12)}${tail}`
}

const TRUN_DATA_OFFSET = 0x1
const TRUN_FIRST_FLAGS = 0x4
const TRUN_DURATION = 0x100
const TRUN_SIZE = 0x200
const TRUN_FLAGS = 0x400
const TFHD_BASE_OFFSET = 0x1
const TFHD_DESCRIPTION = 0x2
const TFHD_DURATION = 0x8
const TFHD_SIZE = 0x10
const TFHD_FLAGS = 0x20
/** `sample_is_non_sync_sample` of ISO/IEC 14496-12 8.8.3.1. */
const NON_SYNC = 0x10000

/** Reads a `moof` (with or without its `mdat`); null when it has no track fragment. */
export function readFragment(bytes: Buffer): FragmentFacts | null {
  const traf = find(bytes, whole(bytes), TRAF)
  if (traf === null) return null
  const tfhd = find(bytes, traf, TFHD)
  const tfdt = find(bytes, traf, TFDT)
  const trun = find(bytes, traf, TRUN)
  if (tfhd === null || tfdt === null || trun === null) return null
  const isWide = bytes.readUInt8(tfdt.start) === 1
  const decodeTime = isWide ? bytes.readBigUInt64BE(tfdt.start + 4) : BigInt(bytes.readUInt32BE(tfdt.start + 4))
  const isKey = (sampleFlags(bytes, tfhd, trun) & NON_SYNC) === 0
  return { decodeTime, isKey, decodeTimeOffset: isWide ? tfdt.start + 4 : -1 }
}

function sampleFlags(bytes: Buffer, tfhd: Box, trun: Box): number {
  const runFlags = bytes.readUInt32BE(trun.start) & 0xffffff
  const runHead = trun.start + 8 + (runFlags & TRUN_DATA_OFFSET ? 4 : 0)
  if (runFlags & TRUN_FIRST_FLAGS) return bytes.readUInt32BE(runHead)
  if (runFlags & TRUN_FLAGS) {
    return bytes.readUInt32BE(runHead + (runFlags & TRUN_DURATION ? 4 : 0) + (runFlags & TRUN_SIZE ? 4 : 0))
  }
  const headFlags = bytes.readUInt32BE(tfhd.start) & 0xffffff
  if ((headFlags & TFHD_FLAGS) === 0) return 0
  const before =
    (headFlags & TFHD_BASE_OFFSET ? 8 : 0) +
    (headFlags & TFHD_DESCRIPTION ? 4 : 0) +
    (headFlags & TFHD_DURATION ? 4 : 0) +
    (headFlags & TFHD_SIZE ? 4 : 0)
  return bytes.readUInt32BE(tfhd.start + 8 + before)
}
