import { nameHvc1, readFragment, readTrack, type FragmentFacts, type TrackFacts } from './fmp4-boxes.ts'

/** One piece of a live stream, in whole boxes. A fragment's bytes are `moof` + `mdat` and hold one frame. */
export type Piece =
  | { readonly kind: 'init'; readonly bytes: Buffer; readonly track: TrackFacts }
  | ({ readonly kind: 'fragment'; readonly bytes: Buffer } & FragmentFacts)

export type SplitFault = 'box_too_large' | 'bad_box' | 'bad_init'

/** Largest box taken: an uncompressed 4K frame is 12 MB, so anything larger is not a camera's frame. */
const MAX_BOX_BYTES = 16 * 1024 * 1024
const HEADER_BYTES = 8

/**
 * Cuts ffmpeg's output, in any chunks, into the init segment and whole fragments. After a fault it takes nothing more.
 * It copies each piece once, so that a kept fragment does not keep the pipe's larger buffers alive.
 */
export class Fmp4Splitter {
  #chunks: Buffer[] = []
  #held = 0
  #wanted = HEADER_BYTES
  #pending: Buffer[] = []
  #fault: SplitFault | null = null
  readonly #onPiece: (piece: Piece) => void

  constructor(onPiece: (piece: Piece) => void) {
    this.#onPiece = onPiece
  }

  /** Takes the next bytes; calls back for each piece that they complete. Returns the first fault, else null. */
  push(chunk: Buffer): SplitFault | null {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    while (this.#fault === null && this.#held >= this.#wanted) this.#step()
    return this.#fault
  }

  #step(): void {
    const all = this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#chunks = [all]
    const size = all.readUInt32BE(0)
    if (size < HEADER_BYTES) this.#fault = 'bad_box'
    else if (size > MAX_BOX_BYTES) this.#fault = 'box_too_large'
    if (this.#fault !== null) return
    if (this.#held < size) {
      this.#wanted = size
      return
    }
    const rest = all.subarray(size)
    this.#chunks = [rest]
    this.#held = rest.length
    this.#wanted = HEADER_BYTES
    this.#box(all.toString('latin1', 4, 8), all.subarray(0, size))
  }

  #box(type: string, bytes: Buffer): void {
    if (type === 'ftyp' || type === 'moof') this.#pending = [bytes]
    else if (type === 'moov') this.#init(Buffer.concat([...this.#pending, bytes]))
    else if (type === 'mdat') this.#fragment(Buffer.concat([...this.#pending, bytes]))
    // Anything else (styp, sidx, mfra at the end) carries no frame.
  }

  #init(bytes: Buffer): void {
    this.#pending = []
    nameHvc1(bytes)
    const track = readTrack(bytes)
    if (track === null) this.#fault = 'bad_init'
    else this.#onPiece({ kind: 'init', bytes, track })
  }

  #fragment(bytes: Buffer): void {
    this.#pending = []
    const facts = readFragment(bytes)
    if (facts === null) this.#fault = 'bad_box'
    else this.#onPiece({ kind: 'fragment', bytes, ...facts })
  }
}
