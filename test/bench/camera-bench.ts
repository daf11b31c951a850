import { spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Mpeg1Muxer from 'node-rtsp-stream/mpeg1muxer.js'
import { childrenOf, treeCpuMs } from '../support/process-cpu.ts'
import { CLIPS, PEER_MISSING, RtspPeer } from '../support/rtsp-peer.ts'
import { FFMPEG_PATH, startHub } from '../support/video-hub.ts'

/** Cameras on the copy path: enough that one costs more than the clock's 10 ms resolution a window. */
const COPIES = 16
/** Two transcodes are what two cores carry beside the source without slowing each other. */
const TRANSCODES = 2
const WINDOW_MS = 3_000
const WINDOWS = 5
const SETTLE_MS = 2_000

interface Case {
  readonly label: string
  readonly clip: string
}

/**
 * Cores a camera: our pull (ffmpeg copying, and the whole video process around it) against node-rtsp-stream's own muxer
 * transcoding the same foreign RTSP stream, both sides in turn in one run. Prints medians over windows.
 */
export async function run(): Promise<void> {
  if (PEER_MISSING !== null || FFMPEG_PATH === null) {
    console.log(`camera: left out: ${PEER_MISSING ?? 'no ffmpeg'}`)
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'lookout-bench-'))
  try {
    console.log('| picture | copy, cores a camera | node-rtsp-stream, cores a camera | ratio |')
    console.log('|---|---|---|---|')
    for (const each of casesIn(folder, FFMPEG_PATH)) await measure(each, FFMPEG_PATH)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function casesIn(folder: string, ffmpegPath: string): Case[] {
  const clip = CLIPS.find((path) => path.includes('parking-lane')) ?? CLIPS[0] ?? ''
  const large = join(folder, '720p.mp4')
  // 2 Mbit/s at 25 frames, as a common camera is set.
  const encode = '-an -vf scale=1280:720,fps=25 -c:v libx264 -preset veryfast -b:v 2M -g 25 -bf 0'.split(' ')
  spawnSync(ffmpegPath, ['-v', 'error', '-y', '-i', clip, '-t', '10', ...encode, large], { stdio: 'inherit' })
  return [
    { label: '1280x720, 25 fps', clip: large },
    { label: '640x360, 25 fps', clip },
  ]
}

async function measure({ label, clip }: Case, ffmpegPath: string): Promise<void> {
  const peer = await RtspPeer.start(COPIES, [clip])
  try {
    const copy = await copyPath(peer)
    const transcode = await transcodePath(peer, ffmpegPath)
    console.log(`| ${label} | ${copy.toFixed(4)} | ${transcode.toFixed(4)} | ${(transcode / copy).toFixed(1)} |`)
  } finally {
    await peer.kill()
  }
}

async function copyPath(peer: RtspPeer): Promise<number> {
  const before = new Set(childrenOf(process.pid))
  const running = await startHub()
  const [hub] = childrenOf(process.pid).filter((pid) => !before.has(pid))
  if (hub === undefined) throw new Error('the video process was not found')
  const ids = Array.from({ length: COPIES }, (_, index) => `cam${index + 1}`)
  for (const [index, id] of ids.entries()) running.hub.define({ id, url: peer.url(index + 1), subUrl: null, enabled: true })
  await Promise.all(ids.map((id) => running.until(id, ({ state }) => state === 'online')))
  const cores = await medianCores([hub])
  await running.stop()
  return cores / COPIES
}

async function transcodePath(peer: RtspPeer, ffmpegPath: string): Promise<number> {
  const muxers = Array.from({ length: TRANSCODES }, (_, index) => {
    const muxer = new Mpeg1Muxer({ url: peer.url(index + 1), ffmpegPath, ffmpegOptions: { '-r': '25' } })
    muxer.on('mpeg1data', () => undefined)
    muxer.on('ffmpegStderr', () => undefined)
    return muxer
  })
  await Promise.all(muxers.map((muxer) => once(muxer, 'mpeg1data')))
  const cores = await medianCores(muxers.flatMap(({ stream }) => stream.pid ?? []))
  await Promise.all(muxers.map(({ stream }) => ended(stream)))
  return cores / TRANSCODES
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Cores that these process trees use together: the median of some windows, after they settled. */
async function medianCores(roots: readonly number[]): Promise<number> {
  const spent = (): number => roots.reduce((sum, root) => sum + treeCpuMs(root), 0)
  await wait(SETTLE_MS)
  const windows: number[] = []
  for (let index = 0; index < WINDOWS; index++) {
    const [fromMs, cpuMs] = [performance.now(), spent()]
    await wait(WINDOW_MS)
    windows.push((spent() - cpuMs) / (performance.now() - fromMs))
  }
  return windows.sort((left, right) => left - right)[Math.floor(WINDOWS / 2)] ?? 0
}
