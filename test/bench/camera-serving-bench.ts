import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import { openDatabase } from '../../server/database/open-database.ts'
import { createRecordingIndex } from '../../server/database/recordings.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { Gop } from '../../server/video/recording-index.ts'
import { groupHolding, RecordingReader } from '../../server/video/recording-reader.ts'
import { fragmentBytes, initSegment } from '../support/fmp4-builder.ts'
import { seededRandom } from '../support/random.ts'
import { childrenOf, treeCpuMs } from '../support/process-cpu.ts'
import { FFMPEG_PATH, startHub } from '../support/video-hub.ts'

const VIEWERS = 100
const RECORDED = 8
const WINDOW_MS = 5_000
const SEEKS = 2_000
/** A day of one camera's groups, two seconds each: what a seek has to find its place in. */
const GROUPS = 43_200
const GROUPS_A_MINUTE = 30
/** A group as a 2 Mbit/s camera sends it: a large key frame, then small ones. */
const FRAMES_A_GROUP = 30
const KEY_BYTES = 120_000
const FRAME_BYTES = 13_000

/** Recording cost, one camera to a hundred viewers against raw `ws` sending the same bytes, and seeks in a day's index. */
export async function run(): Promise<void> {
  if (FFMPEG_PATH === null) {
    console.log('camera serving: left out: no ffmpeg')
    return
  }
  const cameras = Array.from({ length: RECORDED }, (_, index) => ({ id: `c${index}`, name: `${index}` }))
  const demo = await startDemoCameras({ ffmpegPath: FFMPEG_PATH, cameras, credentials: null, port: 0, now: Date.now })
  try {
    await recordingCost(demo.port)
    await fanOut(demo.port)
  } finally {
    await demo.close()
  }
  await seeks()
}

async function coresOf(pid: number): Promise<number> {
  const [fromMs, cpuMs] = [performance.now(), treeCpuMs(pid)]
  await wait(WINDOW_MS)
  return (treeCpuMs(pid) - cpuMs) / (performance.now() - fromMs)
}

async function startedHub(records: boolean) {
  const before = new Set(childrenOf(process.pid))
  const running = await startHub({ records })
  const [pid = 0] = childrenOf(process.pid).filter((each) => !before.has(each))
  return { running, pid }
}

async function recordingCost(port: number): Promise<void> {
  const cores: number[] = []
  for (const recording of ['never', 'always'] as const) {
    const { running, pid } = await startedHub(true)
    for (let index = 0; index < RECORDED; index++) {
      const url = `rtsp://127.0.0.1:${port}/c${index}/main`
      running.hub.define({ id: `c${index}`, url, subUrl: null, enabled: true, recording })
    }
    await Promise.all(cameraIds().map((id) => running.until(id, ({ state }) => state === 'online')))
    await wait(2_000)
    cores.push(await coresOf(pid))
    await running.stop()
  }
  const [without = 0, withRecording = 0] = cores
  console.log(`recording: ${((withRecording - without) / RECORDED).toFixed(4)} core a camera of 1280x720, 15 fps`)
}

const cameraIds = (): string[] => Array.from({ length: RECORDED }, (_, index) => `c${index}`)

async function fanOut(port: number): Promise<void> {
  const { running, pid } = await startedHub(false)
  running.hub.define({ id: 'one', url: `rtsp://127.0.0.1:${port}/c0/main`, subUrl: null, enabled: true })
  await running.until('one', ({ state }) => state === 'online')
  const idle = await coresOf(pid)
  const viewers = Array.from({ length: VIEWERS }, () => running.watch({ cameraId: 'one', profile: 'main', format: 'fmp4' }))
  await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.media.length > 1)))
  const ours = (await coresOf(pid)) - idle
  const frames = viewers[0]?.media.slice(-FRAMES_A_SECOND * 2) ?? []
  await running.stop()
  const raw = await rawFanOut(frames)
  console.log(
    `fan-out to ${VIEWERS} viewers: video process ${ours.toFixed(3)} cores, raw ws with the same frames ${raw.toFixed(3)}, ratio ${(ours / raw).toFixed(2)}`,
  )
}

const FRAMES_A_SECOND = 15

/** The same frames at the same rate by nothing but `ws`, whose clients are in this process too. */
async function rawFanOut(frames: readonly Buffer[]): Promise<number> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const clients = Array.from({ length: VIEWERS }, () => new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false }))
  await Promise.all(clients.map((client) => once(client, 'open')))
  let spentUs = 0
  let at = 0
  const fromMs = performance.now()
  const timer = setInterval(() => {
    const before = process.cpuUsage()
    const frame = frames[at++ % frames.length] ?? Buffer.alloc(0)
    for (const socket of sockets.clients) socket.send(frame, { binary: true })
    const { user, system } = process.cpuUsage(before)
    spentUs += user + system
  }, 1000 / FRAMES_A_SECOND)
  await wait(WINDOW_MS)
  clearInterval(timer)
  for (const client of clients) client.terminate()
  server.close()
  return spentUs / 1000 / (performance.now() - fromMs)
}

async function seeks(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lookout-seek-'))
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  try {
    const index = createRecordingIndex(handle.db)
    const startMs = Date.UTC(2026, 10, 23)
    const init = initSegment()
    const group = Buffer.concat(
      Array.from({ length: FRAMES_A_GROUP }, (_, frame) =>
        fragmentBytes(frame * 6_000, frame === 0, frame === 0 ? KEY_BYTES : FRAME_BYTES),
      ),
    )
    // One file stands for every minute; what is read of it is as much as of any.
    await writeFile(join(dataDir, 'minute.mp4'), Buffer.concat([init, ...Array<Buffer>(GROUPS_A_MINUTE).fill(group)]))
    const gops: Gop[] = Array.from({ length: GROUPS }, (_, at) => ({
      cameraId: 'one',
      startMs: startMs + Math.floor(at / GROUPS_A_MINUTE) * 60_000,
      wallMs: startMs + at * 2_000,
      decodeTime: at * 180_000,
      offset: init.length + (at % GROUPS_A_MINUTE) * group.length,
    }))
    const segments = Array.from({ length: GROUPS / GROUPS_A_MINUTE }, (_, minute) => ({
      cameraId: 'one',
      startMs: startMs + minute * 60_000,
      endMs: startMs + minute * 60_000 + 59_933,
      path: 'minute.mp4',
      initBytes: init.length,
      codec: 'avc1.42c01f',
      timescale: 90_000,
      bytes: init.length + GROUPS_A_MINUTE * group.length,
      closed: true,
    }))
    await index.write({ segments, gops })
    const random = seededRandom(1)
    const times: number[] = []
    for (let seek = 0; seek < SEEKS; seek++) {
      const atMs = startMs + random.below(86_400_000)
      const fromMs = performance.now()
      const reader = new RecordingReader(index, dataDir)
      const gop = await groupHolding(index, 'one', atMs)
      const found = gop === null ? null : await reader.group(gop)
      if (found === null) throw new Error('a day without gaps was expected')
      await reader.init(found.segment)
      times.push(performance.now() - fromMs)
      await reader.close()
    }
    times.sort((left, right) => left - right)
    const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
    console.log(`seek in a day of one camera, found and read from its file: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
  } finally {
    await handle.close()
    await rm(dataDir, { recursive: true })
  }
}
