import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type DatabaseHandle } from '../../server/database/open-database.ts'
import { createRecordingIndex } from '../../server/database/recordings.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import type { RecordingIndex } from '../../server/video/recording-index.ts'
import { RecordingKeeper } from '../../server/video/recording-keeper.ts'
import { groupHolding, RecordingReader } from '../../server/video/recording-reader.ts'
import { timecodesOf } from '../support/timecode.ts'
import { FFMPEG_PATH, startHub, type RunningHub } from '../support/video-hub.ts'

const CAMERAS = ['a', 'b', 'c', 'd']

describe.skipIf(FFMPEG_PATH === null)('one source recorded four times, apart', () => {
  let demo: RunningRtspServer
  let running: RunningHub
  let handle: DatabaseHandle
  let index: RecordingIndex
  let keeper: RecordingKeeper
  let folder: string

  beforeAll(async () => {
    const cameras = [{ id: 'one', name: '东门' }]
    demo = await startDemoCameras({
      ffmpegPath: FFMPEG_PATH ?? '',
      cameras,
      credentials: null,
      port: 0,
      now: Date.now,
      hasTimecode: true,
    })
    running = await startHub({ records: true })
    folder = join(running.dataDir, 'recordings')
    handle = await openDatabase({ dataDir: running.dataDir, databaseUrl: null })
    index = createRecordingIndex(handle.db)
    keeper = new RecordingKeeper({
      index,
      folder,
      retention: () => Promise.resolve(new Map()),
      otherDays: 30,
      floorBytes: 0,
      now: Date.now,
      log: () => undefined,
      onFloor: () => undefined,
    })
    running.hub.onRecording((event) => keeper.heard(event))
  })
  afterAll(async () => {
    await running.stop()
    await keeper.stop()
    await handle.close()
    await demo.close()
  })

  /** The burnt-in clocks of the frames of a group up to the one that a camera's recording shows at an instant. */
  async function clocksUntil(cameraId: string, atMs: number): Promise<number[]> {
    const gop = await groupHolding(index, cameraId, atMs)
    if (gop === null) throw new Error(`${cameraId} has nothing at ${atMs}`)
    const reader = new RecordingReader(index, folder)
    const group = await reader.group(gop)
    if (group === null) throw new Error('the group is gone')
    const { segment, fragments } = group
    const wallOf = (decodeTime: bigint): number => gop.wallMs + (Number(decodeTime) - gop.decodeTime) / (segment.timescale / 1000)
    const shown = fragments.filter(({ decodeTime }) => wallOf(decodeTime) <= atMs)
    const movie = Buffer.concat([await reader.init(segment), ...shown.map(({ bytes }) => bytes)])
    await reader.close()
    return timecodesOf(FFMPEG_PATH ?? '', movie, atMs)
  }

  test('shows the same burnt-in clock for the same instant, to within one frame', async () => {
    for (const id of CAMERAS) {
      const url = `rtsp://127.0.0.1:${demo.port}/one/main`
      running.hub.define({ id, url, subUrl: null, enabled: true, recording: 'always' })
    }
    const newest = async (): Promise<number> => {
      const walls = CAMERAS.map(async (id) => (await index.gopAt(id, Number.MAX_SAFE_INTEGER))?.wallMs ?? 0)
      return Math.min(...(await Promise.all(walls)))
    }
    const oldest = async (): Promise<number> => {
      const walls = CAMERAS.map(async (id) => (await index.gopAfter(id, 0))?.wallMs ?? Infinity)
      return Math.max(...(await Promise.all(walls)))
    }
    await expect.poll(async () => (await newest()) - (await oldest()), { timeout: 50_000, interval: 500 }).toBeGreaterThan(6_000)
    const fromMs = await oldest()
    for (const offsetMs of [2_000, 3_333, 4_711]) {
      const clocks = await Promise.all(CAMERAS.map((id) => clocksUntil(id, fromMs + offsetMs)))
      // Counted in frames of the source, which on a busy machine are not evenly apart.
      const frames = [...new Set(clocks.flat())].toSorted((left, right) => left - right)
      const shown = clocks.map((each) => frames.indexOf(each.at(-1) ?? 0))
      expect(Math.max(...shown) - Math.min(...shown)).toBeLessThanOrEqual(1)
    }
  })
})
