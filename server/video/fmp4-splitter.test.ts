import { describe, expect, test } from 'vitest'
import { box, fragmentBytes, initSegment, words } from '../../test/support/fmp4-builder.ts'
import { Fmp4Splitter, type Piece } from './fmp4-splitter.ts'

function split(stream: Buffer, chunkBytes: number): { pieces: Piece[]; fault: string | null } {
  const pieces: Piece[] = []
  const splitter = new Fmp4Splitter((piece) => pieces.push(piece))
  let fault: string | null = null
  for (let at = 0; at < stream.length; at += chunkBytes) fault = splitter.push(stream.subarray(at, at + chunkBytes))
  return { pieces, fault }
}

describe('a fragmented MP4 stream', () => {
  const stream = Buffer.concat([
    initSegment(),
    fragmentBytes(0, true),
    fragmentBytes(3_600, false),
    fragmentBytes(7_200, false),
    fragmentBytes(10_800, true),
  ])

  test('gives its init segment with codec, size and timescale, then whole fragments with their times and keys', () => {
    const { pieces, fault } = split(stream, stream.length)
    expect(fault).toBeNull()
    expect(pieces[0]).toMatchObject({
      kind: 'init',
      track: { codec: 'avc1.4d4016', widthPx: 640, heightPx: 360, timescale: 90_000 },
    })
    expect(pieces.slice(1).map((piece) => (piece.kind === 'fragment' ? [piece.decodeTime, piece.isKey] : null))).toEqual([
      [0n, true],
      [3_600n, false],
      [7_200n, false],
      [10_800n, true],
    ])
  })

  test.each([1, 2, 3, 7, 8, 9, 61, 64, 100])('is the same in chunks of %d bytes, and joined it is the stream', (chunkBytes) => {
    const { pieces } = split(stream, chunkBytes)
    expect(pieces).toHaveLength(5)
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(stream)).toBe(true)
  })

  test('tells where the decode time lies, so that it can be moved', () => {
    const [, piece] = split(stream, stream.length).pieces
    if (piece?.kind !== 'fragment') throw new Error('a fragment was expected')
    expect(piece.bytes.readBigUInt64BE(piece.decodeTimeOffset)).toBe(0n)
    piece.bytes.writeBigUInt64BE(99n, piece.decodeTimeOffset)
    expect(split(piece.bytes, 10).pieces[0]).toMatchObject({ decodeTime: 99n })
  })

  test.each([
    ['a box smaller than its head', words(4, 0x6d6f6f66), 'bad_box'],
    ['a box larger than any frame', words(0x4000_0000, 0x6d646174), 'box_too_large'],
    ['an init segment without a track', box('moov', box('mvhd', words(0))), 'bad_init'],
    ['a fragment without a time', Buffer.concat([box('moof'), box('mdat')]), 'bad_box'],
  ])('%s is a fault, and nothing is taken after it', (_title, bytes, expected) => {
    const { pieces, fault } = split(Buffer.concat([bytes, stream]), 16)
    expect(fault).toBe(expected)
    expect(pieces).toEqual([])
  })
})
