/** One coded picture. `avcc` is valid only during the call: NAL units with 4-byte lengths. */
export interface AccessUnit {
  readonly avcc: Buffer
  /** RTP time since the first packet, in units of 1/90000 s; wraps of the 32-bit clock are taken out. */
  readonly time: number
  readonly isKey: boolean
}

/** Why a stream cannot be gone on with: the reader ends the run, and another one or ffmpeg begins anew. */
export type RtpFault = 'new_source' | 'time_went_back' | 'time_jumped' | 'unknown_packing'

const RTP_HEAD_BYTES = 12
const LENGTH_BYTES = 4
const FIRST_SCRATCH_BYTES = 64 * 1024
/** No camera's frame is larger; more than this is dropped like one with a lost packet. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** A step of the camera's clock that is no pause between frames. */
const MAX_STEP = 10 * 90_000

const IDR = 5
const SPS = 7
const PPS = 8
const DELIMITER = 9
const FILLER = 12
const STAP_A = 24
const FU_A = 28

/**
 * Joins RTP packets of H.264 (RFC 6184: single units, STAP-A, FU-A) into coded pictures. A lost or broken packet costs the picture
 * and all that follow it up to the next key frame: none that lacks a reference is ever handed on.
 */
export class H264Depacketiser {
  readonly #payloadType: number
  readonly #onUnit: (unit: AccessUnit) => void
  readonly #onParameters: (kind: 'sps' | 'pps', unit: Buffer) => void
  #scratch = Buffer.allocUnsafe(FIRST_SCRATCH_BYTES)
  #length = 0
  /** Where the length of the fragmented unit under way is; -1 when there is none. */
  #unitAt = -1
  #timestamp = -1
  /** Timestamp of the picture that was handed on because of its marker. */
  #doneTimestamp = -1
  #time = 0
  #sequence = -1
  #source = -1
  #hasPicture = false
  #isKey = false
  #isDropped = false
  #needsKey = true
  /** Some cameras mark each slice; then a picture ends when the next one begins. */
  #trustsMarkers = true

  /** @param onParameters each parameter set inside the stream, valid only during the call, before the picture that it comes with */
  constructor(
    payloadType: number,
    onUnit: (unit: AccessUnit) => void,
    onParameters: (kind: 'sps' | 'pps', unit: Buffer) => void,
  ) {
    this.#payloadType = payloadType
    this.#onUnit = onUnit
    this.#onParameters = onParameters
  }

  /** Takes the packet at `[at, end)`. What is malformed counts as lost. */
  packet(bytes: Buffer, at: number, end: number): RtpFault | null {
    if (end - at < RTP_HEAD_BYTES) return this.#lose()
    const first = bytes.readUInt8(at)
    if (first >> 6 !== 2) return this.#lose()
    const second = bytes.readUInt8(at + 1)
    if ((second & 0x7f) !== this.#payloadType) return null
    const source = bytes.readUInt32BE(at + 8)
    if (this.#source !== -1 && source !== this.#source) return 'new_source'
    this.#source = source
    const sequence = bytes.readUInt16BE(at + 2)
    const isGap = this.#sequence !== -1 && sequence !== ((this.#sequence + 1) & 0xffff)
    this.#sequence = sequence
    if (isGap) this.#lose()
    const fault = this.#clock(bytes.readUInt32BE(at + 4))
    if (fault !== null) return fault
    // Nobody knows on which side of the gap the lost packets were: the picture after it is given up too.
    if (isGap) this.#lose()
    let from = at + RTP_HEAD_BYTES + (first & 0x0f) * 4
    if (first & 0x10) from = from + 4 <= end ? from + 4 + bytes.readUInt16BE(from + 2) * 4 : end + 1
    const to = first & 0x20 ? end - bytes.readUInt8(end - 1) : end
    if (from > to) return this.#lose()
    if (from < to && !this.#payload(bytes, from, to)) return 'unknown_packing'
    if (second & 0x80 && this.#hasPicture && this.#trustsMarkers) {
      this.#doneTimestamp = this.#timestamp
      this.#flush()
    }
    return null
  }

  #clock(timestamp: number): RtpFault | null {
    if (timestamp === this.#timestamp) return null
    this.#flush()
    if (this.#timestamp !== -1) {
      const step = (timestamp - this.#timestamp) | 0
      if (step < 0) return step < -MAX_STEP ? 'time_jumped' : 'time_went_back'
      if (step > MAX_STEP) return 'time_jumped'
      this.#time += step
    }
    this.#timestamp = timestamp
    return null
  }

  /** Something of the picture is missing. */
  #lose(): null {
    this.#isDropped = true
    this.#needsKey = true
    this.#unitAt = -1
    return null
  }

  #payload(bytes: Buffer, from: number, to: number): boolean {
    const type = bytes.readUInt8(from) & 31
    if (type === STAP_A) this.#aggregate(bytes, from + 1, to)
    else if (type === FU_A) this.#fragment(bytes, from, to)
    else if (type > 0 && type < STAP_A) this.#unit(bytes, from, to)
    else if (type < 30) return type === 0
    return true
  }

  #aggregate(bytes: Buffer, from: number, to: number): void {
    let at = from
    while (at < to) {
      const length = at + 2 <= to ? bytes.readUInt16BE(at) : 0
      const type = (bytes[at + 2] ?? 0) & 31
      if (length === 0 || at + 2 + length > to || type === 0 || type >= STAP_A) {
        this.#lose()
        return
      }
      this.#unit(bytes, at + 2, at + 2 + length)
      at += 2 + length
    }
  }

  #unit(bytes: Buffer, from: number, to: number): void {
    if (this.#unitAt !== -1) this.#lose()
    const type = bytes.readUInt8(from) & 31
    if (type === SPS || type === PPS) this.#onParameters(type === SPS ? 'sps' : 'pps', bytes.subarray(from, to))
    if (type === DELIMITER || type === FILLER || !this.#begins(type)) return
    if (!this.#room(LENGTH_BYTES + to - from)) return
    this.#scratch.writeUInt32BE(to - from, this.#length)
    this.#copy(bytes, from, to, this.#length + LENGTH_BYTES)
  }

  #fragment(bytes: Buffer, from: number, to: number): void {
    if (to - from < 3) {
      this.#lose()
      return
    }
    const head = bytes.readUInt8(from + 1)
    const type = head & 31
    if (head & 0x80) {
      if (this.#unitAt !== -1) this.#lose()
      if (type === FILLER || !this.#begins(type) || !this.#room(LENGTH_BYTES + 1)) return
      this.#unitAt = this.#length
      this.#scratch[this.#length + LENGTH_BYTES] = (bytes.readUInt8(from) & 0xe0) | type
      this.#length += LENGTH_BYTES + 1
    } else if (this.#unitAt === -1) {
      // The rest of a unit whose beginning was lost, or was left out because it is none of the picture.
      if (type !== FILLER && this.#timestamp !== this.#doneTimestamp) this.#lose()
      return
    }
    if (!this.#room(to - from - 2)) return
    this.#copy(bytes, from + 2, to, this.#length)
    if ((head & 0x40) === 0) return
    this.#scratch.writeUInt32BE(this.#length - this.#unitAt - LENGTH_BYTES, this.#unitAt)
    if (type === SPS || type === PPS) {
      const unit = this.#scratch.subarray(this.#unitAt + LENGTH_BYTES, this.#length)
      this.#onParameters(type === SPS ? 'sps' : 'pps', unit)
    }
    this.#unitAt = -1
  }

  /** Notes what a unit makes of its picture; false when it comes after the picture was handed on. */
  #begins(type: number): boolean {
    const isPicture = type >= 1 && type <= IDR
    if (this.#timestamp === this.#doneTimestamp) {
      if (!isPicture) return false
      // The marker lied: half a picture went out. From the next key frame on, pictures end when the next one begins.
      this.#trustsMarkers = false
      this.#doneTimestamp = -1
      this.#lose()
    }
    if (isPicture) this.#hasPicture = true
    if (type === IDR) this.#isKey = true
    return true
  }

  #room(more: number): boolean {
    const wanted = this.#length + more
    if (wanted > MAX_FRAME_BYTES) {
      this.#lose()
      this.#length = 0
      return false
    }
    if (wanted > this.#scratch.length) {
      const larger = Buffer.allocUnsafe(Math.max(wanted, this.#scratch.length * 2))
      this.#scratch.copy(larger, 0, 0, this.#length)
      this.#scratch = larger
    }
    return true
  }

  #copy(bytes: Buffer, from: number, to: number, target: number): void {
    bytes.copy(this.#scratch, target, from, to)
    this.#length = target + to - from
  }

  #flush(): void {
    if (this.#unitAt !== -1) this.#lose()
    const { avcc, isKey } = { avcc: this.#scratch.subarray(0, this.#length), isKey: this.#isKey }
    const isWhole = this.#hasPicture && !this.#isDropped && (isKey || !this.#needsKey)
    this.#length = 0
    this.#hasPicture = false
    this.#isKey = false
    this.#isDropped = false
    if (!isWhole) return
    this.#needsKey = false
    this.#onUnit({ avcc, time: this.#time, isKey })
  }
}
