import { describe, expect, test } from 'vitest'
import { readFragment } from './fmp4-boxes.ts'
import { Fmp4Splitter, type Piece } from './fmp4-splitter.ts'
import type { RtpFault } from './h264-depacketiser.ts'
import { readSequence } from './h264-parameters.ts'
import { H264Stream } from './h264-stream.ts'

/** A 1280x720 High profile stream's own sets. */
const SPS = Buffer.from('Z2QAH6zZQFAFuwEQAAADABAAAAMDIPGDGWA=', 'base64')
const PPS = Buffer.from('aOvjyyLA', 'base64')
const TYPE = 96

interface PacketParts {
  readonly sequence: number
  readonly timestamp: number
  readonly marker?: boolean
  readonly source?: number
}

function rtp(payload: Buffer, { sequence, timestamp, marker = false, source = 7 }: PacketParts): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt8(0x80)
  head.writeUInt8((marker ? 0x80 : 0) | TYPE, 1)
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE(timestamp >>> 0, 4)
  head.writeUInt32BE(source, 8)
  return Buffer.concat([head, payload])
}

const nal = (type: number, ...body: number[]): Buffer => Buffer.from([0x60 | type, ...body])
const IDR = nal(5, 1, 2, 3, 4, 5, 6)
const DELTA = nal(1, 9, 9)

/** A stream and what it made of packets; `frame` sends a picture of one packet 40 ms after the one before. */
function stream(options: { sequence?: number; timestamp?: number; sets?: readonly Buffer[] } = {}) {
  const { sets = [SPS, PPS] } = options
  const pieces: Piece[] = []
  const made = new H264Stream(TYPE, sets, (piece) => pieces.push(piece))
  let sequence = options.sequence ?? 10
  let timestamp = options.timestamp ?? 0
  const send = (payload: Buffer, marker: boolean, more: Partial<PacketParts> = {}): RtpFault | null => {
    const packet = rtp(payload, { sequence: sequence++, timestamp, marker, ...more })
    return made.packet(packet, 0, packet.length)
  }
  const next = (ticks = 3_600): void => {
    timestamp += ticks
  }
  const frame = (unit: Buffer, ticks?: number): RtpFault | null => {
    next(ticks)
    return send(unit, true)
  }
  const frames = (): string[] =>
    pieces.flatMap((piece) => (piece.kind === 'fragment' ? [`${piece.isKey ? 'key' : 'delta'}@${piece.decodeTime}`] : []))
  return { pieces, send, next, frame, frames, lose: () => (sequence += 1) }
}

const payloadOf = (piece: Piece | undefined): string => piece?.bytes.subarray(108).toString('hex') ?? ''

describe('H.264 out of RTP', () => {
  test('a picture of one unit, of an aggregate and of fragments comes out as the same fragment', () => {
    const whole = stream()
    whole.frame(IDR)
    const aggregated = stream()
    aggregated.frame(Buffer.concat([nal(24), Buffer.from([0, IDR.length]), IDR]))
    const fragmented = stream()
    fragmented.next()
    fragmented.send(Buffer.concat([nal(28), Buffer.from([0x85]), IDR.subarray(1, 3)]), false)
    fragmented.send(Buffer.concat([nal(28), Buffer.from([0x05]), IDR.subarray(3, 5)]), false)
    fragmented.send(Buffer.concat([nal(28), Buffer.from([0x45]), IDR.subarray(5)]), true)
    expect(payloadOf(whole.pieces[1])).toBe(`00000007${IDR.toString('hex')}`)
    expect(aggregated.pieces).toEqual(whole.pieces)
    expect(fragmented.pieces).toEqual(whole.pieces)
  })

  test('what is written is read by the same readers as what ffmpeg writes', () => {
    const { pieces, frame } = stream()
    frame(IDR)
    frame(DELTA)
    expect(pieces[0]).toMatchObject({
      kind: 'init',
      track: { codec: 'avc1.64001f', widthPx: 1280, heightPx: 720, timescale: 90_000 },
    })
    const read: Piece[] = []
    const splitter = new Fmp4Splitter((piece) => read.push(piece))
    expect(splitter.push(Buffer.concat(pieces.map(({ bytes }) => bytes)))).toBeNull()
    expect(read).toEqual(pieces)
  })

  test('nothing comes before the first key frame, and parameter sets inside the stream count more than those before it', () => {
    const { pieces, frame, send, next, frames } = stream({ sets: [nal(7, 66, 0, 30, 0), PPS] })
    frame(DELTA)
    expect(pieces).toEqual([])
    next()
    send(SPS, false)
    send(PPS, false)
    send(IDR, true)
    expect(pieces[0]).toMatchObject({ track: { codec: 'avc1.64001f' } })
    expect(frames()).toHaveLength(1)
  })

  test('the sequence number and the clock go over their ends', () => {
    const { frame, frames } = stream({ sequence: 65_535, timestamp: 2 ** 32 - 3_600 - 10 })
    for (const unit of [IDR, DELTA, DELTA]) expect(frame(unit)).toBeNull()
    expect(frames()).toEqual(['key@0', 'delta@3600', 'delta@7200'])
  })

  test('after a lost packet nothing comes until the next key frame that is whole', () => {
    const { frame, frames, lose } = stream()
    frame(IDR)
    lose()
    frame(DELTA)
    frame(DELTA)
    lose()
    frame(IDR)
    frame(IDR)
    frame(DELTA)
    expect(frames()).toEqual(['key@0', 'key@14400', 'delta@18000'])
  })

  test('a camera that marks each slice is found out, and its pictures come whole from the next key frame on', () => {
    const { send, next, frames, pieces } = stream()
    for (const unit of [IDR, DELTA, IDR, DELTA, DELTA]) {
      next()
      send(unit, true)
      send(unit, true)
    }
    expect(frames().slice(1)).toEqual(['key@7200', 'delta@10800'])
    expect(payloadOf(pieces.at(-1))).toBe(`00000003${DELTA.toString('hex')}`.repeat(2))
  })

  test('each frame says the longest of the last distances as its length, so that a slower camera is not cut', () => {
    const { pieces, frame } = stream()
    const duration = (piece: Piece | undefined): number => piece?.bytes.readUInt32BE(88) ?? 0
    frame(IDR)
    expect(duration(pieces.at(-1))).toBe(3_600)
    frame(DELTA, 9_000)
    expect(duration(pieces.at(-1))).toBe(9_000)
    for (let index = 0; index < 70; index++) frame(DELTA, 3_000)
    expect(duration(pieces.at(-1))).toBe(3_000)
  })

  test.each([
    ['another source', (made: ReturnType<typeof stream>) => made.send(DELTA, true, { source: 8 }), 'new_source'],
    ['pictures out of order', (made: ReturnType<typeof stream>) => made.frame(DELTA, -7_200), 'time_went_back'],
    ['a clock that was set', (made: ReturnType<typeof stream>) => made.frame(DELTA, 2 ** 30), 'time_jumped'],
    ['interleaved packing', (made: ReturnType<typeof stream>) => made.frame(nal(26, 1, 2)), 'unknown_packing'],
  ])('%s ends the run', (_what, send, fault) => {
    const made = stream()
    made.frame(IDR)
    expect(send(made)).toBe(fault)
  })

  test('whatever bytes come, nothing is thrown and each frame that goes out is whole units', () => {
    const random = seeded(20_261_126)
    let handedOn = 0
    for (let round = 0; round < 400; round++) {
      const { pieces, send, next } = stream()
      for (let packet = 0; packet < 40; packet++) {
        if (random() < 0.5) next()
        const [type, head] = [
          [1, 5, 24, 28, 28, 28, 7, 12, 25, 0][Math.floor(random() * 10)] ?? 1,
          [0x85, 0x05, 0x45, 0xc5][Math.floor(random() * 4)] ?? 0,
        ]
        const payload = Buffer.from([
          0x60 | type,
          head,
          ...Array.from({ length: Math.floor(random() * 20) }, () => Math.floor(random() * 256)),
        ])
        if (random() < 0.1) payload[Math.floor(random() * payload.length)] = Math.floor(random() * 256)
        const cut = payload.subarray(0, random() < 0.1 ? Math.floor(random() * payload.length) : payload.length)
        send(cut, random() < 0.4, random() < 0.05 ? { sequence: Math.floor(random() * 65_536) } : {})
      }
      for (const piece of pieces.slice(1)) {
        handedOn += 1
        expect(readFragment(piece.bytes)).not.toBeNull()
        let at = 108
        while (at < piece.bytes.length) at += 4 + piece.bytes.readUInt32BE(at)
        expect(at).toBe(piece.bytes.length)
      }
    }
    expect(handedOn).toBeGreaterThan(300)
  })

  test('a parameter set of any bytes is read or refused', () => {
    const random = seeded(4)
    for (let round = 0; round < 2_000; round++) {
      const bytes = Buffer.from(SPS)
      for (let hits = 0; hits < 4; hits++) bytes[1 + Math.floor(random() * (bytes.length - 1))] = Math.floor(random() * 256)
      const facts = readSequence(bytes.subarray(0, 1 + Math.floor(random() * bytes.length)))
      expect(facts === null || (facts.widthPx > 0 && facts.heightPx <= 16_384)).toBe(true)
    }
  })
})

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
