import { BitReader, BitWriter, nalPayload, nalUnit } from './bits.ts'
import { BLOCK, type Picture } from './picture.ts'

/** What our slices must repeat of the encoder's own headers. */
interface HeaderFacts {
  readonly frameNumBits: number
  /** Null when pictures carry no order count (type 2). */
  readonly orderCountBits: number | null
  readonly hasDeblockingControl: boolean
}

const NAL_SLICE = 1
const NAL_IDR = 5
const NAL_SPS = 7
const NAL_PPS = 8
/** `nal_ref_idc` 3: every picture is a reference. */
const REFERENCE = 0x60
const SLICE_P = 5
const SLICE_I = 7
/** Macroblock types, ITU-T H.264 tables 7-11 and 7-13. */
const I_PCM = 25
const I_16X16_HORIZONTAL = 2
const P_I_PCM = 5 + I_PCM
const CHROMA_HORIZONTAL = 1

/** A still picture as x264 coded it, one slice a macroblock row: baseline, CAVLC, no deblocking. */
export interface CodedBackground {
  readonly sps: Buffer
  readonly pps: Buffer
  readonly rows: readonly Buffer[]
}

/** Sorts the NAL units of a coded still picture; throws when they are not one slice a row. */
export function codedBackground(nals: readonly Buffer[], rowCount: number): CodedBackground {
  const ofType = (type: number): Buffer[] => nals.filter((nal) => ((nal[0] ?? 0) & 31) === type)
  const [sps] = ofType(NAL_SPS)
  const [pps] = ofType(NAL_PPS)
  const rows = ofType(NAL_IDR)
  if (sps === undefined || pps === undefined || rows.length !== rowCount) {
    throw new Error(`the encoder gave ${rows.length} slices for ${rowCount} rows`)
  }
  return { sps, pps, rows }
}

/**
 * Codes a picture that is mostly still at next to no cost: key frames reuse the encoder's slices of the still rows, and what
 * moves is sent as plain samples (I_PCM). All other macroblocks of a delta frame are skipped. Exact: nothing is quantised.
 */
export class PictureCoder {
  readonly #background: CodedBackground
  readonly #facts: HeaderFacts
  /** Rows in which things move; these are coded here, from the picture itself, and must be mostly flat. */
  readonly #movingRows: ReadonlySet<number>
  #frameNum = 0

  constructor(background: CodedBackground, movingRows: ReadonlySet<number>) {
    this.#background = background
    this.#movingRows = movingRows
    this.#facts = readHeaders(background)
  }

  /** A key frame: parameter sets and one slice a row. */
  keyFrame(picture: Picture): Buffer[] {
    this.#frameNum = 0
    const { sps, pps, rows } = this.#background
    const slices = rows.map((still, row) => (this.#movingRows.has(row) ? this.#keyRow(picture, row) : still))
    return [sps, pps, ...slices]
  }

  /** A delta frame with the touched macroblocks of the picture; the caller cleans the picture after it. */
  deltaFrame(picture: Picture): Buffer[] {
    const { frameNumBits } = this.#facts
    this.#frameNum = (this.#frameNum + 1) % 2 ** frameNumBits
    const writer = new BitWriter(16 * 1024)
    this.#header(writer, 0, SLICE_P)
    let skipped = 0
    for (let block = 0; block < picture.touched.length; block++) {
      if (picture.touched[block] === 0) {
        skipped++
        continue
      }
      writer.unsigned(skipped)
      skipped = 0
      writer.unsigned(P_I_PCM)
      writeSamples(writer, picture, block)
    }
    if (skipped > 0) writer.unsigned(skipped)
    return [nalUnit(REFERENCE | NAL_SLICE, writer.finish())]
  }

  #keyRow(picture: Picture, row: number): Buffer {
    const writer = new BitWriter(16 * 1024)
    this.#header(writer, row * picture.columns, SLICE_I)
    let isLeftPlain = false
    for (let column = 0; column < picture.columns; column++) {
      const block = row * picture.columns + column
      if (column === 0 || !continuesLeft(picture, row, column)) {
        writer.unsigned(I_PCM)
        writeSamples(writer, picture, block)
        isLeftPlain = true
        continue
      }
      writer.unsigned(I_16X16_HORIZONTAL)
      writer.unsigned(CHROMA_HORIZONTAL)
      writer.signed(0)
      // coeff_token for no coefficients: its table follows from the left neighbour, 16 of them after plain samples, else none.
      if (isLeftPlain) writer.bits(0b000011, 6)
      else writer.bits(1, 1)
      isLeftPlain = false
    }
    return nalUnit(REFERENCE | NAL_IDR, writer.finish())
  }

  /** Slice header, ITU-T H.264 7.3.3. */
  #header(writer: BitWriter, firstBlock: number, type: typeof SLICE_I | typeof SLICE_P): void {
    const { frameNumBits, orderCountBits, hasDeblockingControl } = this.#facts
    writer.unsigned(firstBlock)
    writer.unsigned(type)
    writer.unsigned(0)
    writer.bits(this.#frameNum, frameNumBits)
    if (type === SLICE_I) writer.unsigned(0)
    if (orderCountBits !== null) writer.bits((2 * this.#frameNum) % 2 ** orderCountBits, orderCountBits)
    if (type === SLICE_P) {
      // One reference, no reordering.
      writer.bits(0, 1)
      writer.bits(0, 1)
      writer.bits(0, 1)
    } else writer.bits(0, 2)
    writer.signed(0)
    if (hasDeblockingControl) writer.unsigned(1)
  }
}

/** Whether a macroblock is what horizontal prediction makes of its left neighbour: each line one value, that of the sample before. */
function continuesLeft(picture: Picture, row: number, column: number): boolean {
  const { stride } = picture
  return (
    isContinued(picture.y, stride, row * BLOCK, column * BLOCK, BLOCK) &&
    isContinued(picture.u, stride / 2, (row * BLOCK) / 2, (column * BLOCK) / 2, BLOCK / 2) &&
    isContinued(picture.v, stride / 2, (row * BLOCK) / 2, (column * BLOCK) / 2, BLOCK / 2)
  )
}

function isContinued(samples: Buffer, stride: number, top: number, left: number, side: number): boolean {
  for (let line = top; line < top + side; line++) {
    const from = line * stride + left
    const before = samples[from - 1]
    for (let at = from; at < from + side; at++) if (samples[at] !== before) return false
  }
  return true
}

function writeSamples(writer: BitWriter, picture: Picture, block: number): void {
  const row = Math.floor(block / picture.columns)
  const column = block % picture.columns
  writer.align()
  for (const [samples, stride, side] of [
    [picture.y, picture.stride, BLOCK],
    [picture.u, picture.stride / 2, BLOCK / 2],
    [picture.v, picture.stride / 2, BLOCK / 2],
  ] as const) {
    for (let line = 0; line < side; line++) writer.copy(samples, (row * side + line) * stride + column * side, side)
  }
}

function readHeaders({ sps, pps }: CodedBackground): HeaderFacts {
  const sequence = new BitReader(nalPayload(sps))
  const profile = sequence.bits(8)
  if (profile !== 66) throw new Error(`the encoder gave profile ${profile} instead of baseline`)
  sequence.bits(16)
  sequence.unsigned()
  const frameNumBits = sequence.unsigned() + 4
  const orderCountType = sequence.unsigned()
  if (orderCountType === 1) throw new Error('the encoder uses an order count that is not written here')
  const orderCountBits = orderCountType === 0 ? sequence.unsigned() + 4 : null
  const set = new BitReader(nalPayload(pps))
  set.unsigned()
  set.unsigned()
  if (set.bits(1) !== 0) throw new Error('the encoder gave CABAC instead of CAVLC')
  set.bits(1)
  set.unsigned()
  set.unsigned()
  set.unsigned()
  set.bits(3)
  set.unsigned()
  set.unsigned()
  set.unsigned()
  return { frameNumBits, orderCountBits, hasDeblockingControl: set.bits(1) === 1 }
}
