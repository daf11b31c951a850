import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { appendFile, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type DatabaseHandle } from '../../server/database/open-database.ts'
import { createRecordingIndex } from '../../server/database/recordings.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import { Fmp4Splitter } from '../../server/video/fmp4-splitter.ts'
import type { RecordingIndex } from '../../server/video/recording-index.ts'
import { RecordingKeeper } from '../../server/video/recording-keeper.ts'
import { playableBytes, spansOf } from '../../server/video/recording-reader.ts'
import { repairRecordings } from '../../server/video/recording-repair.ts'
import { recordedStill } from '../../server/video/recording-still.ts'
import { scanSegment } from '../../server/video/segment-scan.ts'
import { childrenOf } from '../support/process-cpu.ts'
import { seededRandom } from '../support/random.ts'
import { FFMPEG_PATH, startHub, type RunningHub } from '../support/video-hub.ts'

/** `npm run kill9:video` makes it twenty, or as many as one asks for. */
const KILLS = Number(process.env['RECORDING_KILLS'] ?? 6)
const SEED = Number(process.env['RECORDING_KILLS_SEED'] ?? 20261123)
const CAMERAS = ['one', 'two']

/** Frames that ffmpeg decodes of a file, and what it complains of. */
function decode(input: Buffer | string): { frames: number; complaint: string } {
  const source = typeof input === 'string' ? ['-i', input] : ['-f', 'mp4', '-i', 'pipe:0']
  const run = spawnSync(FFMPEG_PATH ?? '', ['-v', 'error', ...source, '-f', 'framemd5', 'pipe:1'], {
    input: typeof input === 'string' ? Buffer.alloc(0) : input,
    maxBuffer: 64 * 1024 * 1024,
  })
  const lines = run.stdout.toString('utf8').split('\n')
  return { frames: lines.filter((line) => line.startsWith('0,')).length, complaint: run.stderr.toString('utf8') }
}

describe.skipIf(FFMPEG_PATH === null)('recordings', () => {
  let demo: RunningRtspServer
  let running: RunningHub
  let handle: DatabaseHandle
  let index: RecordingIndex
  let keeper: RecordingKeeper
  let folder: string

  beforeAll(async () => {
    const cameras = CAMERAS.map((id) => ({ id, name: id }))
    demo = await startDemoCameras({ ffmpegPath: FFMPEG_PATH ?? '', cameras, credentials: null, port: 0, now: Date.now })
    running = await startHub({ records: true, pull: 'ffmpeg' })
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

  const define = (id: string): void =>
    running.hub.define({ id, url: `rtsp://127.0.0.1:${demo.port}/${id}/sub`, subUrl: null, enabled: true, recording: 'always' })
  const groupCount = async (id: string): Promise<number> => {
    const segments = await index.segmentsBetween(id, 0, Number.MAX_SAFE_INTEGER)
    const groups = await Promise.all(segments.map(({ startMs }) => index.gopsOf(id, startMs)))
    return groups.flat().length
  }
  const recorded = async (id: string, atLeast: number): Promise<void> => {
    await expect.poll(() => groupCount(id), { timeout: 30_000 }).toBeGreaterThanOrEqual(atLeast)
  }

  test(`kill -9 of the video process or of ffmpeg, ${KILLS} times: every file plays, and the index agrees with the files`, async () => {
    const random = seededRandom(SEED)
    for (const id of CAMERAS) define(id)
    let hubKills = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const [camera = 'one'] = [CAMERAS[kill % 2]]
      await recorded(camera, (await groupCount(camera)) + 1)
      const hub = childrenOf(process.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('hub-main.ts'))
      if (hub === undefined) continue
      // Cameras that the video process pulls itself have no ffmpeg to kill.
      const children = childrenOf(hub)
      const target = kill % 2 === 0 || children.length === 0 ? hub : random.pick(children)
      try {
        process.kill(target, 'SIGKILL')
      } catch {
        continue // It had just ended by itself.
      }
      if (target === hub) hubKills += 1
    }
    for (const id of CAMERAS) running.hub.define({ id, url: 'rtsp://127.0.0.1:1024/', subUrl: null, enabled: false })
    // Nobody closes what a killed video process had open: one file of each camera.
    const left = hubKills * CAMERAS.length
    await expect.poll(async () => (await index.openSegments()).length <= left, { timeout: 10_000 }).toBe(true)
    await running.until('one', ({ state }) => state === 'disabled')
    await keeper.flush()
    await repairRecordings(folder, index, false)
    expect(await index.openSegments()).toEqual([])
    let files = 0
    for (const id of CAMERAS) {
      for (const segment of await index.segmentsBetween(id, 0, Number.MAX_SAFE_INTEGER)) {
        files += 1
        const path = join(folder, segment.path)
        const scanned = await scanSegment(path, segment)
        expect(scanned?.tornBytes).toBe(0)
        expect((await stat(path)).size).toBe(segment.bytes)
        const groups = await index.gopsOf(id, segment.startMs)
        expect(groups.map(({ offset }) => offset)).toEqual(scanned?.gops.map(({ offset }) => offset))
        const { frames, complaint } = decode(path)
        expect([frames > 0, complaint]).toEqual([true, ''])
      }
    }
    expect(files).toBeGreaterThan(KILLS / 2)
    expect(await repairRecordings(folder, index, true)).toMatchObject({ closed: [], adopted: [], missing: [], reindexed: [] })
  }, 600_000)

  test('spans and gaps are told, and one file of a time plays from the group in which it begins', async () => {
    const [first] = await index.segmentsBetween('one', 0, Number.MAX_SAFE_INTEGER)
    const segments = await index.segmentsBetween('one', 0, Number.MAX_SAFE_INTEGER)
    const last = segments.at(-1)
    if (first === undefined || last === undefined) throw new Error('a recording was expected')
    const { spans, gaps } = await spansOf(index, 'one', first.startMs - 60_000, last.endMs + 60_000)
    expect(spans[0]?.fromMs).toBe(first.startMs)
    expect(gaps[0]).toEqual({ fromMs: first.startMs - 60_000, toMs: first.startMs })
    expect(gaps.at(-1)).toEqual({ fromMs: last.endMs, toMs: last.endMs + 60_000 })
    const movie: Buffer[] = []
    for await (const bytes of playableBytes(index, folder, 'one', first.startMs + 10, last.endMs)) movie.push(bytes)
    const times: bigint[] = []
    const splitter = new Fmp4Splitter((piece) => {
      if (piece.kind === 'fragment') times.push(piece.decodeTime)
    })
    splitter.push(Buffer.concat(movie))
    expect(times[0]).toBe(0n)
    expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0n))).toBe(true)
    // Breaks keep their length: the last frame is as far from the first as it was taken after it.
    expect(Math.abs(Number(times.at(-1)) / 90 - (last.endMs - first.startMs))).toBeLessThan(100)
    expect(decode(Buffer.concat(movie))).toEqual({ frames: times.length, complaint: '' })
  })

  test('a disk that takes nothing is told as the state of the camera, which plays on', async () => {
    await writeFile(join(folder, 'three'), 'a file where the folder of a camera should be')
    const url = `rtsp://127.0.0.1:${demo.port}/one/sub`
    running.hub.define({ id: 'three', url, subUrl: null, enabled: true, recording: 'always' })
    expect(await running.until('three', ({ state }) => state === 'degraded')).toMatchObject({ reason: 'disk_full' })
    const viewer = running.watch({ cameraId: 'three', profile: 'main', format: 'fmp4' })
    await viewer.until(() => viewer.media.length > 30)
    running.hub.remove('three')
    await unlink(join(folder, 'three'))
  })

  test('the still of a past instant is the key frame before it, and there is none where nothing was recorded', async () => {
    const [first] = await index.segmentsBetween('one', 0, Number.MAX_SAFE_INTEGER)
    if (first === undefined) throw new Error('a recording was expected')
    const parts = { index, folder, ffmpegPath: FFMPEG_PATH }
    const still = await recordedStill(parts, 'one', first.startMs + 100)
    expect(still).toMatchObject({ ok: true, atMs: first.startMs })
    expect(await recordedStill(parts, 'one', first.startMs - 60_000)).toEqual({ ok: false, code: 'no_picture' })
  })

  test('a check finds what disagrees: a torn end, a file without a row, a row without a file, groups that are wrong', async () => {
    const [torn, lost, unknown, wrong] = await index.segmentsBetween('two', 0, Number.MAX_SAFE_INTEGER)
    if (torn === undefined || lost === undefined || unknown === undefined || wrong === undefined)
      throw new Error('four were expected')
    const bytes = await readFile(join(folder, torn.path))
    await appendFile(join(folder, torn.path), bytes.subarray(-50))
    await unlink(join(folder, lost.path))
    await index.remove([unknown, wrong])
    await index.write({
      segments: [wrong],
      gops: [{ cameraId: 'two', startMs: wrong.startMs, wallMs: 1, decodeTime: 1, offset: 12 }],
    })
    const found = await repairRecordings(folder, index, true)
    expect(found).toMatchObject({ closed: [torn.path], missing: [lost.path], adopted: [unknown.path], reindexed: [wrong.path] })
    expect((await stat(join(folder, torn.path))).size).toBe(torn.bytes)
    expect(await repairRecordings(folder, index, true)).toMatchObject({ closed: [], missing: [], adopted: [], reindexed: [] })
  })
})
