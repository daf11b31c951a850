/** Bytes that are not what this code writes: cut, damaged, or of a later version. */
export class HistoryFormatError extends Error {
  readonly code = 'bad_history_bytes'

  constructor(message: string) {
    super(message)
    this.name = 'HistoryFormatError'
  }
}

/** A growing buffer. Numbers are little-endian base 128, texts are UTF-8 in which lone surrogates keep their place. */
export class ByteWriter {
  #bytes = new Uint8Array(4096)
  #length = 0

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length] = value
    this.#length += 1
  }

  bytes(values: Uint8Array): void {
    this.#reserve(values.length)
    this.#bytes.set(values, this.#length)
    this.#length += values.length
  }

  /** A safe integer from 0. */
  uint(value: number): void {
    let rest = value
    // Division, because bitwise operators end at 32 bits.
    while (rest >= 128) {
      this.byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  text(value: string): void {
    const encoded = encodeText(value)
    this.uint(encoded.length)
    this.bytes(encoded)
  }

  /** What was written so far, as a copy of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** Reads what a {@link ByteWriter} wrote; every method throws {@link HistoryFormatError} where the bytes end too soon. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  byte(): number {
    const value = this.#bytes[this.#offset]
    if (value === undefined) throw new HistoryFormatError('the bytes end too soon')
    this.#offset += 1
    return value
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.remaining) throw new HistoryFormatError('the bytes end too soon')
    const view = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return view
  }

  uint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte % 128) * scale
      if (!Number.isSafeInteger(value)) throw new HistoryFormatError('a number beyond 2^53')
      if (byte < 128) return value
      scale *= 128
    }
  }

  /** A {@link uint} that says how many of something follow, at most `limit`. */
  count(limit: number): number {
    const value = this.uint()
    if (value > limit) throw new HistoryFormatError(`${value} items where at most ${limit} can be`)
    return value
  }

  text(): string {
    return decodeText(this.bytes(this.uint()))
  }

  /** @throws HistoryFormatError when something is left */
  end(): void {
    if (this.remaining > 0) throw new HistoryFormatError('bytes left over')
  }
}

/** UTF-8, written here because this code runs where there is no TextEncoder and must not lose lone surrogates. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  return Uint8Array.from(bytes)
}

export function decodeText(bytes: Uint8Array): string {
  let text = ''
  let offset = 0
  const next = (): number => {
    const byte = bytes[offset]
    offset += 1
    if (byte === undefined || (byte & 0xc0) !== 0x80) throw new HistoryFormatError('not UTF-8')
    return byte & 63
  }
  while (offset < bytes.length) {
    const first = bytes[offset] ?? 0
    offset += 1
    if (first < 0x80) text += String.fromCharCode(first)
    else if (first >= 0xc0 && first < 0xe0) text += String.fromCharCode(((first & 31) << 6) | next())
    else if (first >= 0xe0 && first < 0xf0) text += String.fromCharCode(((first & 15) << 12) | (next() << 6) | next())
    else if (first >= 0xf0 && first < 0xf5) text += codePoint(((first & 7) << 18) | (next() << 12) | (next() << 6) | next())
    else throw new HistoryFormatError('not UTF-8')
  }
  return text
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new HistoryFormatError('not UTF-8')
  return String.fromCodePoint(code)
}
