import { DECODE_TIME_AT, writeFragment, writeInit } from './fmp4-writer.ts'
import { readTrack } from './fmp4-boxes.ts'
import type { Piece } from './fmp4-splitter.ts'
import { H264Depacketiser, type AccessUnit, type RtpFault } from './h264-depacketiser.ts'
import { pictureSetId } from './h264-parameters.ts'

/** A frame's length before two of them are known: 25 a second. */
const FIRST_DURATION = 3_600
/** Frames whose longest distance is taken for the next one's length. */
const KNOWN_DURATIONS = 32
const MAX_DURATION = 90_000
const MOST_SETS = 32
/** No real parameter set is larger. */
const MAX_SET_BYTES = 4_096

const SPS = 7
const PPS = 8

/** RTP packets of H.264 in, the pieces of a fragmented MP4 out: each frame at once, not when the next one tells its length. */
export class H264Stream {
  readonly #onPiece: (piece: Piece) => void
  readonly #packets: H264Depacketiser
  readonly #pictureSets = new Map<number, Buffer>()
  #sps: Buffer | null = null
  #isBegun = false
  #sequence = 0
  #lastTime: number | null = null
  #longest = 0
  #longestBefore = 0
  #measured = 0
  #duration = FIRST_DURATION

  /** @param parameterSets those of the camera's description; what the stream itself brings counts more */
  constructor(payloadType: number, parameterSets: readonly Buffer[], onPiece: (piece: Piece) => void) {
    this.#onPiece = onPiece
    this.#packets = new H264Depacketiser(
      payloadType,
      (unit) => this.#unit(unit),
      (kind, set) => this.#learn(kind, set),
    )
    for (const set of parameterSets) {
      const type = (set[0] ?? 0) & 31
      if (type === SPS || type === PPS) this.#learn(type === SPS ? 'sps' : 'pps', set)
    }
  }

  /** Takes the packet at `[at, end)`. */
  packet(bytes: Buffer, at: number, end: number): RtpFault | null {
    return this.#packets.packet(bytes, at, end)
  }

  #learn(kind: 'sps' | 'pps', set: Buffer): void {
    if (this.#isBegun || set.length > MAX_SET_BYTES) return
    if (kind === 'sps') {
      if (this.#sps?.equals(set) === true) return
      this.#sps = Buffer.from(set)
      return
    }
    const id = pictureSetId(set)
    if (this.#pictureSets.size < MOST_SETS || this.#pictureSets.has(id)) this.#pictureSets.set(id, Buffer.from(set))
  }

  #unit({ avcc, time, isKey }: AccessUnit): void {
    if (!this.#isBegun && !(isKey && this.#begin())) return
    if (this.#lastTime !== null) this.#measure(time - this.#lastTime)
    this.#lastTime = time
    this.#sequence += 1
    const bytes = writeFragment({ sequence: this.#sequence, decodeTime: time, duration: this.#duration, isKey, avcc })
    this.#onPiece({ kind: 'fragment', bytes, decodeTime: BigInt(time), isKey, decodeTimeOffset: DECODE_TIME_AT })
  }

  /** Writes the init segment; false while the parameter sets are not there. */
  #begin(): boolean {
    if (this.#sps === null || this.#pictureSets.size === 0) return false
    const bytes = writeInit(this.#sps, [...this.#pictureSets.values()])
    const track = bytes === null ? null : readTrack(bytes)
    if (bytes === null || track === null) return false
    this.#isBegun = true
    this.#onPiece({ kind: 'init', bytes, track })
    return true
  }

  /**
   * The longest of the last distances: a frame said to be longer than it is is cut by the next one, and one said to be far too
   * short makes MediaSource drop what follows up to the next key frame.
   */
  #measure(distance: number): void {
    this.#longest = Math.max(this.#longest, Math.min(distance, MAX_DURATION))
    this.#measured += 1
    this.#duration = Math.max(this.#longest, this.#longestBefore)
    if (this.#measured < KNOWN_DURATIONS) return
    this.#longestBefore = this.#longest
    this.#longest = 0
    this.#measured = 0
  }
}
