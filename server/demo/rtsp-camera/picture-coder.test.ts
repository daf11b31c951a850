import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { findFfmpeg } from '../../video/ffmpeg-command.ts'
import { makeBackground, makeDigits } from './background.ts'
import { BitReader, BitWriter, nalPayload, nalUnit, splitAnnexB } from './bits.ts'
import { PictureCoder } from './picture-coder.ts'
import { clockText, MAIN_SIZE, movingRows, MovingScene, SUB_SIZE } from './scene.ts'

const FFMPEG_PATH = findFfmpeg(process.env['FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '')
const START_CODE = Buffer.from([0, 0, 0, 1])
const BLOCK_ROW = 16

test('Exp-Golomb codes are read as they were written', () => {
  const values = [0, 1, 2, 3, 7, 8, 255, 256, 65_535]
  const writer = new BitWriter(1)
  for (const value of values) writer.unsigned(value)
  const reader = new BitReader(writer.finish())
  expect(values.map(() => reader.unsigned())).toEqual(values)
})

test('a payload full of zeros survives emulation prevention and holds no start code', () => {
  const payload = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 9])
  const nal = nalUnit(0x65, payload)
  expect(nal.indexOf(Buffer.from([0, 0, 0]))).toBe(-1)
  expect(nal.indexOf(Buffer.from([0, 0, 1]))).toBe(-1)
  expect(nalPayload(nal).equals(payload)).toBe(true)
})

test('an Annex B stream is cut at three- and four-byte start codes', () => {
  const stream = Buffer.concat([
    START_CODE,
    Buffer.from([0x67, 1]),
    Buffer.from([0, 0, 1, 0x68, 2]),
    START_CODE,
    Buffer.from([0x65, 3]),
  ])
  expect(splitAnnexB(stream).map((nal) => nal.toString('hex'))).toEqual(['6701', '6802', '6503'])
})

test('the clock in the picture is Beijing time', () => {
  expect(clockText(Date.UTC(2026, 10, 23, 16, 0, 1))).toBe('2026-11-24 00:00:01')
})

describe.skipIf(FFMPEG_PATH === null)('the demo picture', () => {
  test.each([
    ['main', MAIN_SIZE],
    ['sub', SUB_SIZE],
  ])('decodes to exactly what was drawn wherever something moves, over two key frames (%s)', async (_profile, size) => {
    const place = { name: '东门', seed: 3 }
    const digits = await makeDigits(FFMPEG_PATH ?? '', size)
    const { still, coded } = await makeBackground(FFMPEG_PATH ?? '', place, size)
    const rows = movingRows(size)
    const scene = new MovingScene(place, size, still, digits)
    const coder = new PictureCoder(coded, rows)
    const stream: Buffer[] = []
    const drawn: Buffer[] = []
    for (let frame = 0; frame < 40; frame++) {
      const picture = scene.draw(Date.UTC(2026, 10, 23, 6, 35, 8) + frame * 66)
      const nals = frame % 30 === 0 ? coder.keyFrame(picture) : coder.deltaFrame(picture)
      picture.clean()
      stream.push(...nals.flatMap((nal) => [START_CODE, nal]))
      drawn.push(picture.toRaw())
    }
    const decoded = spawnSync(FFMPEG_PATH ?? '', '-v warning -f h264 -i pipe:0 -f rawvideo -pix_fmt yuv420p pipe:1'.split(' '), {
      input: Buffer.concat(stream),
      maxBuffer: 256 * 1024 * 1024,
    })
    expect(decoded.stderr.toString('utf8')).toBe('')
    const frameBytes = (size.widthPx * size.heightPx * 3) / 2
    expect(decoded.stdout.length).toBe(drawn.length * frameBytes)
    const rowBytes = BLOCK_ROW * size.widthPx
    for (const [index, raw] of drawn.entries()) {
      const shown = decoded.stdout.subarray(index * frameBytes, (index + 1) * frameBytes)
      for (const row of rows) {
        const [from, to] = [row * rowBytes, (row + 1) * rowBytes]
        expect(shown.subarray(from, to).equals(raw.subarray(from, to)), `frame ${index} row ${row}`).toBe(true)
      }
    }
    expect(drawn[0]?.equals(drawn.at(-1) ?? Buffer.alloc(0))).toBe(false)
  })
})
