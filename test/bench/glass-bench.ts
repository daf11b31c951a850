import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import type { PlayerKind } from '../../client/video/player.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { PlayerProbe } from '../browser/player-entry.ts'
import { CHROMIUM_ARGUMENTS, CHROMIUM_PATH, servePlayerPage } from '../support/player-page.ts'
import { FFMPEG_PATH, startHub } from '../support/video-hub.ts'

declare const probe: PlayerProbe

const TILES = 16
const SETTLE_MS = 3_000
const LOOK_MS = 8_000
/** Of the demo's cameras. */
const SOURCE_FPS = 15

/**
 * From glass to glass: a clock burnt into the picture, read from the screen of a real Chromium, for each kind of player; the first
 * picture of a camera that was pulled already (warm) and of one that nobody watched (cold); and sixteen tiles at once.
 */
export async function run(): Promise<void> {
  if (FFMPEG_PATH === null || CHROMIUM_PATH === null) {
    console.log('glass: left out: no ffmpeg or no Chromium')
    return
  }
  const cameras = Array.from({ length: TILES }, (_, index) => ({ id: `c${index}`, name: `${index}` }))
  const clock = { credentials: null, port: 0, now: Date.now, hasTimecode: true }
  const demo = await startDemoCameras({ ffmpegPath: FFMPEG_PATH, cameras, ...clock })
  const running = await startHub()
  const served = await servePlayerPage(join(import.meta.dirname, '../browser/player-entry.ts'), running.hub)
  const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: CHROMIUM_ARGUMENTS })
  try {
    for (const { id } of cameras) {
      const url = `rtsp://127.0.0.1:${demo.port}/${id}`
      running.hub.define({ id, url: `${url}/sub`, subUrl: `${url}/main`, enabled: true })
    }
    await Promise.all(cameras.map(({ id }) => running.until(id, ({ state }) => state === 'online')))
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    await page.goto(served.origin)
    await page.waitForFunction(() => 'probe' in globalThis)
    console.log('| player, 640x360 at 15 fps | glass to glass p50, ms | p95, ms | first picture warm, ms |')
    console.log('|---|---|---|---|')
    for (const kind of ['webcodecs', 'mse', 'jsmpeg'] as const) await one(page, kind)
    await cold(page)
    await sixteen(page)
  } finally {
    await browser.close()
    await served.close()
    await running.stop()
    await demo.close()
  }
}

async function playing(page: Page, cameraId: string, profile: 'main' | 'sub', kind: PlayerKind): Promise<number> {
  const index = await page.evaluate(([id, each, how]) => probe.play(id, each, how), [cameraId, profile, kind] as const)
  await page.waitForFunction((each) => probe.firstPictureMs(each) !== null, index, { timeout: 60_000 })
  return index
}

const firstOf = (page: Page, index: number): Promise<number | null> => page.evaluate((each) => probe.firstPictureMs(each), index)

async function one(page: Page, kind: PlayerKind): Promise<void> {
  const index = await playing(page, 'c0', 'main', kind)
  const first = await firstOf(page, index)
  await wait(SETTLE_MS)
  const delays = await page.evaluate(([each, forMs]) => probe.glassDelays(each, forMs), [index, LOOK_MS] as const)
  await page.evaluate((each) => probe.stop(each), index)
  const at = quantiles(delays)
  console.log(`| ${kind} | ${at(0.5)} | ${at(0.95)} | ${first?.toFixed(0)} |`)
}

/** The other profile of each camera, which nobody pulls until it is asked for. */
async function cold(page: Page): Promise<void> {
  const times: number[] = []
  for (let camera = 0; camera < 5; camera++) {
    const index = await playing(page, `c${camera}`, 'sub', 'webcodecs')
    times.push((await firstOf(page, index)) ?? Infinity)
    await page.evaluate((each) => probe.stop(each), index)
  }
  const at = quantiles(times)
  console.log(`first picture cold (pull begun, key frame on request): p50 ${at(0.5)} ms, worst ${at(1)} ms`)
}

async function sixteen(page: Page): Promise<void> {
  const begin = Array.from({ length: TILES }, (_, camera) => playing(page, `c${camera}`, 'main', 'webcodecs'))
  const indexes = await Promise.all(begin)
  await wait(SETTLE_MS)
  const rates: number[] = []
  for (let look = 0; look < 4; look++) {
    const each = await page.evaluate((all) => all.map((index) => probe.state(index)?.diagnostics.fps ?? 0), indexes)
    rates.push(...each)
    await wait(2_000)
  }
  const at = quantiles(rates)
  console.log(`${TILES} tiles of 640x360: frames a second p50 ${at(0.5)}, slowest ${at(0)}, of ${SOURCE_FPS}`)
}

function quantiles(values: readonly number[]): (share: number) => string {
  const sorted = values.toSorted((left, right) => left - right)
  return (share) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0)
}
