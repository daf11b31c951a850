/** Writes an H.264 payload bit by bit: fixed widths, Exp-Golomb codes and whole bytes. */
export class BitWriter {
  #bytes: Buffer
  #length = 0
  #current = 0
  #free = 8

  constructor(expectedBytes = 1024) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes)
  }

  /** The lowest `width` bits of `value`, at most 32. */
  bits(value: number, width: number): void {
    for (let left = width; left > 0;) {
      const take = Math.min(left, this.#free)
      const part = Math.floor(value / 2 ** (left - take)) & ((1 << take) - 1)
      this.#current = (this.#current << take) | part
      this.#free -= take
      left -= take
      if (this.#free === 0) this.#push()
    }
  }

  /** `ue(v)` of ITU-T H.264 9.1. */
  unsigned(value: number): void {
    const code = value + 1
    const width = 32 - Math.clz32(code)
    this.bits(0, width - 1)
    this.bits(code, width)
  }

  /** `se(v)` of ITU-T H.264 9.1.1. */
  signed(value: number): void {
    this.unsigned(value > 0 ? 2 * value - 1 : -2 * value)
  }

  /** Zero bits up to the next byte. */
  align(): void {
    if (this.#free < 8) this.bits(0, this.#free)
  }

  /** A stop bit, zero bits up to the next byte, and all that was written. */
  finish(): Buffer {
    this.bits(1, 1)
    this.align()
    return this.#bytes.subarray(0, this.#length)
  }

  /** `count` bytes of `source` from `at`; the writer must stand at a byte. */
  copy(source: Uint8Array, at: number, count: number): void {
    this.#reserve(count)
    this.#bytes.set(source.subarray(at, at + count), this.#length)
    this.#length += count
  }

  #push(): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = this.#current
    this.#current = 0
    this.#free = 8
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** Reads what `BitWriter` writes; past the end it reads zeros. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  bits(width: number): number {
    let value = 0
    for (let left = width; left > 0; left--, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
    }
    return value
  }

  unsigned(): number {
    let zeros = 0
    while (zeros < 32 && this.bits(1) === 0) zeros++
    return this.bits(zeros) + 2 ** zeros - 1
  }
}

/** A NAL unit: the header byte and the payload with emulation prevention (ITU-T H.264 7.4.1). */
export function nalUnit(header: number, payload: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([header])]
  let from = 0
  let zeros = 0
  for (let at = 0; at < payload.length; at++) {
    const byte = payload[at] ?? 0
    if (zeros >= 2 && byte <= 3) {
      parts.push(payload.subarray(from, at), EMULATION_PREVENTION)
      from = at
      zeros = 0
    }
    zeros = byte === 0 ? zeros + 1 : 0
  }
  parts.push(payload.subarray(from))
  return Buffer.concat(parts)
}
const EMULATION_PREVENTION = Buffer.from([3])

/** The payload of a NAL unit without emulation prevention; the header byte is left out. */
export function nalPayload(nal: Uint8Array): Buffer {
  const bytes: number[] = []
  let zeros = 0
  for (const byte of nal.subarray(1)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes.push(byte)
  }
  return Buffer.from(bytes)
}

/** The NAL units of an Annex B stream. */
export function splitAnnexB(stream: Buffer): Buffer[] {
  const starts: number[] = []
  for (let at = stream.indexOf(START_CODE); at >= 0; at = stream.indexOf(START_CODE, at + 3)) starts.push(at)
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? stream.length
    const nal = stream.subarray(start + START_CODE.length, end)
    // A start code may be four bytes long: its first zero then trails the unit before.
    return nal.at(-1) === 0 ? nal.subarray(0, -1) : nal
  })
}
const START_CODE = Buffer.from([0, 0, 1])
