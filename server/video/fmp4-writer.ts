import { HIGH_PROFILES, readSequence } from './h264-parameters.ts'

/** Units of decode time a second of a written track: RTP's own clock. */
export const WRITTEN_TIMESCALE = 90_000

/** `default-base-is-moof` of ISO/IEC 14496-12 8.8.7. */
const BASE_IS_MOOF = 0x02_00_00
/** Data offset, and a duration, size and flags for the one sample. */
const RUN_FLAGS = 0x1 | 0x100 | 0x200 | 0x400
/** A key frame depends on nothing; any other depends and is no sync sample. */
const KEY_FLAGS = 0x02_00_00_00
const OTHER_FLAGS = 0x01_01_00_00
const UNITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/** A box of parts: numbers are 32 bits wide. */
function box(type: string, ...parts: readonly (Buffer | number)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? word(part) : part)))
  return Buffer.concat([word(body.length + 8), Buffer.from(type, 'latin1'), body])
}

function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function short(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

/** Init segment of an H.264 track with these parameter sets (NAL heads included); null when the first is not readable. */
export function writeInit(sps: Buffer, pictureSets: readonly Buffer[]): Buffer | null {
  const facts = readSequence(sps)
  if (facts === null) return null
  const { widthPx, heightPx, profile, compatibility, level } = facts
  const high = HIGH_PROFILES.includes(profile)
    ? Buffer.from([0xfc | facts.chromaFormat, 0xf8 | facts.lumaDepthLess8, 0xf8 | facts.chromaDepthLess8, 0])
    : Buffer.alloc(0)
  const avcC = box(
    'avcC',
    Buffer.from([1, profile, compatibility, level, 0xff, 0xe1]),
    short(sps.length),
    sps,
    Buffer.from([pictureSets.length]),
    ...pictureSets.flatMap((set) => [short(set.length), set]),
    high,
  )
  const entry = box(
    'avc1',
    short(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    short(widthPx, heightPx, 72, 0, 72, 0, 0, 0, 1),
    Buffer.alloc(32),
    short(24, 0xffff),
    avcC,
  )
  const tables = [box('stts', 0, 0), box('stsc', 0, 0), box('stsz', 0, 0, 0), box('stco', 0, 0)]
  const stbl = box('stbl', box('stsd', 0, 1, entry), ...tables)
  const dinf = box('dinf', box('dref', 0, 1, box('url ', 1)))
  const minf = box('minf', box('vmhd', 1, 0, 0), dinf, stbl)
  const hdlr = box('hdlr', 0, 0, Buffer.from('vide'), 0, 0, 0, Buffer.from('video\0'))
  const mdhd = box('mdhd', 0, 0, 0, WRITTEN_TIMESCALE, 0, short(0x55c4, 0))
  const tkhd = box('tkhd', 3, 0, 0, 1, 0, 0, 0, 0, short(0, 0), short(0, 0), ...UNITY, widthPx * 0x10000, heightPx * 0x10000)
  const mvhd = box('mvhd', 0, 0, 0, 1000, 0, 0x10000, short(0x100, 0), 0, 0, ...UNITY, 0, 0, 0, 0, 0, 0, 2)
  const mvex = box('mvex', box('trex', 0, 1, 1, 0, 0, 0))
  const ftyp = box('ftyp', Buffer.from('iso5'), 512, Buffer.from('iso5iso6avc1mp41'))
  return Buffer.concat([ftyp, box('moov', mvhd, box('trak', tkhd, box('mdia', mdhd, hdlr, minf)), mvex)])
}

const TEMPLATE = Buffer.concat([
  box(
    'moof',
    box('mfhd', 0, 0),
    box('traf', box('tfhd', BASE_IS_MOOF, 1), box('tfdt', 0x01_00_00_00, 0, 0), box('trun', RUN_FLAGS, 1, 0, 0, 0, 0)),
  ),
  box('mdat'),
])
const SEQUENCE_AT = 20
/** Where the 64-bit decode time is in a written fragment. */
export const DECODE_TIME_AT = 60
const OFFSET_AT = 84
const DURATION_AT = 88
const SIZE_AT = 92
const FLAGS_AT = 96
const MDAT_AT = 100

/** A fragment of one frame. Times are in units of `WRITTEN_TIMESCALE`; `avcc` is copied. */
export function writeFragment(frame: {
  sequence: number
  decodeTime: number
  duration: number
  isKey: boolean
  avcc: Buffer
}): Buffer {
  const { sequence, decodeTime, duration, isKey, avcc } = frame
  const bytes = Buffer.allocUnsafeSlow(TEMPLATE.length + avcc.length)
  TEMPLATE.copy(bytes)
  bytes.writeUInt32BE(sequence >>> 0, SEQUENCE_AT)
  bytes.writeBigUInt64BE(BigInt(decodeTime), DECODE_TIME_AT)
  bytes.writeUInt32BE(TEMPLATE.length, OFFSET_AT)
  bytes.writeUInt32BE(duration, DURATION_AT)
  bytes.writeUInt32BE(avcc.length, SIZE_AT)
  bytes.writeUInt32BE(isKey ? KEY_FLAGS : OTHER_FLAGS, FLAGS_AT)
  bytes.writeUInt32BE(avcc.length + 8, MDAT_AT)
  avcc.copy(bytes, TEMPLATE.length)
  return bytes
}
