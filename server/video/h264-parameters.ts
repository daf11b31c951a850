/** What a sequence parameter set says, as far as an `avcC` record needs it. */
export interface SequenceFacts {
  readonly profile: number
  readonly compatibility: number
  readonly level: number
  readonly widthPx: number
  readonly heightPx: number
  readonly chromaFormat: number
  readonly lumaDepthLess8: number
  readonly chromaDepthLess8: number
}

/** Profiles whose sets tell of chroma and depth: those that have more than 4:2:0 in eight bits. */
export const HIGH_PROFILES: readonly number[] = [100, 110, 122, 144, 244, 44, 83, 86, 118, 128]
const MAX_CYCLE = 255
const MACROBLOCK_PX = 16
const MAX_SIDE_PX = 16_384

/** Reads a sequence parameter set (ITU-T H.264 7.3.2.1.1), its NAL head included; null when it is none or describes no sane picture. */
export function readSequence(unit: Buffer): SequenceFacts | null {
  if (unit.length < 5) return null
  const bits = new Bits(unit.subarray(1))
  const [profile, compatibility, level] = [bits.take(8), bits.take(8), bits.take(8)]
  bits.exp()
  const chroma = HIGH_PROFILES.includes(profile) ? readChroma(bits) : { format: 1, lumaLess8: 0, chromaLess8: 0 }
  bits.exp()
  const orderType = bits.exp()
  if (orderType === 0) bits.exp()
  else if (orderType === 1) {
    bits.take(1)
    bits.exp()
    bits.exp()
    const cycle = bits.exp()
    for (let index = 0; index < Math.min(cycle, MAX_CYCLE); index++) bits.exp()
  }
  bits.exp()
  bits.take(1)
  const columns = bits.exp() + 1
  const rows = bits.exp() + 1
  const fields = 2 - bits.take(1)
  if (fields === 2) bits.take(1)
  bits.take(1)
  const crop = bits.take(1) === 1 ? [bits.exp(), bits.exp(), bits.exp(), bits.exp()] : [0, 0, 0, 0]
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const cropX = chroma.format === 1 || chroma.format === 2 ? 2 : 1
  const cropY = (chroma.format === 1 ? 2 : 1) * fields
  const widthPx = columns * MACROBLOCK_PX - (left + right) * cropX
  const heightPx = rows * MACROBLOCK_PX * fields - (top + bottom) * cropY
  const isSane = widthPx > 0 && heightPx > 0 && widthPx <= MAX_SIDE_PX && heightPx <= MAX_SIDE_PX && !bits.isOver
  if (!isSane) return null
  const { format: chromaFormat, lumaLess8: lumaDepthLess8, chromaLess8: chromaDepthLess8 } = chroma
  return { profile, compatibility, level, widthPx, heightPx, chromaFormat, lumaDepthLess8, chromaDepthLess8 }
}

function readChroma(bits: Bits): { format: number; lumaLess8: number; chromaLess8: number } {
  const format = bits.exp()
  if (format === 3) bits.take(1)
  const [lumaLess8, chromaLess8] = [bits.exp(), bits.exp()]
  bits.take(1)
  if (bits.take(1) === 1) {
    for (let list = 0; list < (format === 3 ? 12 : 8); list++) if (bits.take(1) === 1) skipScaling(bits, list < 6 ? 16 : 64)
  }
  return { format, lumaLess8, chromaLess8 }
}

function skipScaling(bits: Bits, size: number): void {
  let [last, next] = [8, 8]
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + bits.signed() + 256) & 255
    last = next === 0 ? last : next
  }
}

/** The number of a picture parameter set, its NAL head included. */
export function pictureSetId(unit: Buffer): number {
  return new Bits(unit.subarray(1)).exp()
}

/** Reads bits of a NAL unit without its emulation prevention bytes; past the end there are zeros. */
class Bits {
  readonly #bytes: readonly number[]
  #at = 0

  constructor(unit: Buffer) {
    this.#bytes = [...unit].filter((byte, index) => !(byte === 3 && index >= 2 && unit[index - 1] === 0 && unit[index - 2] === 0))
  }

  get isOver(): boolean {
    return this.#at > this.#bytes.length * 8
  }

  take(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
      this.#at += 1
    }
    return value
  }

  /** Unsigned Exp-Golomb; a prefix over 31 zeros is no number and gives the largest. */
  exp(): number {
    let zeros = 0
    while (zeros < 32 && this.take(1) === 0) zeros += 1
    return zeros >= 32 ? 2 ** 32 - 1 : 2 ** zeros - 1 + this.take(zeros)
  }

  signed(): number {
    const value = this.exp()
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2
  }
}
