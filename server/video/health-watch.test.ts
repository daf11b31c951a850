import { expect, test } from 'vitest'
import { HealthWatch, type PictureFault } from './health-watch.ts'

const START_MS = 1_795_000_000_000
const GROUP = 10

/** Feeds a camera of some rate from a second on; sizes vary as a sensor's do, unless told otherwise. */
function camera() {
  const verdicts: (PictureFault | null)[] = []
  const watch = new HealthWatch((fault) => verdicts.push(fault))
  let frame = 0
  let atMs = START_MS
  return {
    verdicts,
    watch,
    feed(
      seconds: number,
      { fps = 10, size = (n: number) => 1000 + ((n * 7919) % 401) }: { fps?: number; size?: (n: number) => number } = {},
    ) {
      const end = atMs + seconds * 1000
      for (; atMs < end; atMs += 1000 / fps, frame++) {
        const isKey = frame % GROUP === 0
        watch.fragment({ bytes: Buffer.alloc(size(frame)), decodeTime: BigInt(frame), isKey, atMs })
      }
    },
  }
}

test('a camera that stays as it was is well', () => {
  const { feed, verdicts } = camera()
  feed(3600)
  expect(verdicts).toEqual([])
})

test('under half of the frames of its own last hour it is slow, and well again when they are back', () => {
  const { feed, verdicts } = camera()
  feed(1200)
  feed(120, { fps: 4 })
  expect(verdicts).toEqual(['slow'])
  feed(120)
  expect(verdicts).toEqual(['slow', null])
})

test('under half of its bits it is slow too, however many frames come', () => {
  const { feed, verdicts } = camera()
  feed(1200)
  feed(120, { size: (n) => 300 + ((n * 7919) % 101) })
  expect(verdicts).toEqual(['slow'])
})

test('a slow start is not held against a camera that was never faster', () => {
  const { feed, verdicts } = camera()
  feed(300, { fps: 2 })
  feed(60, { fps: 10 })
  expect(verdicts).toEqual([])
})

test('frame sizes that repeat exactly are a frozen picture, after twenty seconds; the first change ends it', () => {
  const { feed, verdicts } = camera()
  feed(60)
  feed(19, { size: (n) => (n % GROUP === 0 ? 9000 : 50) })
  expect(verdicts).toEqual([])
  feed(10, { size: (n) => (n % GROUP === 0 ? 9000 : 50) })
  expect(verdicts).toEqual(['frozen'])
  feed(10)
  expect(verdicts).toEqual(['frozen', null])
})

test('a clip that loops is not frozen, because its groups differ', () => {
  const { feed, verdicts } = camera()
  feed(600, { size: (n) => 1000 + (((n % 270) * 7919) % 401) })
  expect(verdicts).toEqual([])
})
