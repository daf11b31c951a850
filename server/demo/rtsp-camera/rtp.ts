/** Payload type 96: the first dynamic one, named H264 in the session description. */
export const PAYLOAD_TYPE = 96
/** Room for a payload in an Ethernet frame, as cameras send it. */
const MAX_PAYLOAD_BYTES = 1400
const FU_A = 28
const STAP_A = 24

/** Packs a frame's NAL units into RTP packets (RFC 6184, packetization-mode 1) behind interleaved headers (RFC 2326 10.12). */
export class RtpPacketizer {
  readonly #channel: number
  readonly #ssrc: number
  #sequence: number

  constructor(channel: number, ssrc: number, firstSequence: number) {
    this.#channel = channel
    this.#ssrc = ssrc
    this.#sequence = firstSequence
  }

  get nextSequence(): number {
    return this.#sequence
  }

  frame(nals: readonly Buffer[], rtpTime: number): Buffer {
    const payloads = payloadsOf(nals)
    return Buffer.concat(
      payloads.flatMap((payload, index) => [this.#head(payload.length, rtpTime, index === payloads.length - 1), payload]),
    )
  }

  #head(payloadBytes: number, rtpTime: number, isLast: boolean): Buffer {
    const head = Buffer.allocUnsafe(16)
    head[0] = 0x24
    head[1] = this.#channel
    head.writeUInt16BE(12 + payloadBytes, 2)
    head[4] = 0x80
    head[5] = PAYLOAD_TYPE | (isLast ? 0x80 : 0)
    head.writeUInt16BE(this.#sequence, 6)
    head.writeUInt32BE(rtpTime >>> 0, 8)
    head.writeUInt32BE(this.#ssrc, 12)
    this.#sequence = (this.#sequence + 1) & 0xffff
    return head
  }
}

/** Small units together, large ones in fragments. */
function payloadsOf(nals: readonly Buffer[]): Buffer[] {
  const payloads: Buffer[] = []
  let group: Buffer[] = []
  let groupBytes = 1
  const flush = (): void => {
    const [first] = group
    if (group.length === 1 && first !== undefined) payloads.push(first)
    else if (group.length > 1) payloads.push(aggregated(group))
    group = []
    groupBytes = 1
  }
  for (const nal of nals) {
    if (groupBytes + 2 + nal.length > MAX_PAYLOAD_BYTES) flush()
    if (nal.length > MAX_PAYLOAD_BYTES) payloads.push(...fragments(nal))
    else {
      group.push(nal)
      groupBytes += 2 + nal.length
    }
  }
  flush()
  return payloads
}

function aggregated(nals: readonly Buffer[]): Buffer {
  const reference = Math.max(...nals.map((nal) => (nal[0] ?? 0) & 0x60))
  const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
  return Buffer.concat([Buffer.from([reference | STAP_A]), ...parts])
}

function fragments(nal: Buffer): Buffer[] {
  const header = nal[0] ?? 0
  const parts: Buffer[] = []
  const room = MAX_PAYLOAD_BYTES - 2
  for (let at = 1; at < nal.length; at += room) {
    const isFirst = at === 1
    const isLast = at + room >= nal.length
    const type = (header & 31) | (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0)
    parts.push(Buffer.concat([Buffer.from([(header & 0x60) | FU_A, type]), nal.subarray(at, at + room)]))
  }
  return parts
}
