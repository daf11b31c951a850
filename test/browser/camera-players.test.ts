import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlayerKind, PlayerState } from '../../client/video/player.ts'
import { MEDIA_CLOSE } from '../../shared/protocol/media.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import { CHROMIUM_ARGUMENTS, CHROMIUM_PATH, servePlayerPage, type PlayerPage } from '../support/player-page.ts'
import { FFMPEG_PATH, startHub, type RunningHub } from '../support/video-hub.ts'
import type { PlayerProbe } from './player-entry.ts'

declare const probe: PlayerProbe

const WAIT = { timeout: 30_000, interval: 100 }

describe.skipIf(CHROMIUM_PATH === null || FFMPEG_PATH === null)('live players in Chromium', () => {
  let demo: RunningRtspServer
  let running: RunningHub
  let served: PlayerPage
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const cameras = [{ id: 'one', name: '东门' }]
    demo = await startDemoCameras({ ffmpegPath: FFMPEG_PATH ?? '', cameras, credentials: null, port: 0, now: Date.now })
    running = await startHub()
    define()
    served = await servePlayerPage(join(import.meta.dirname, 'player-entry.ts'), running.hub)
    browser = await chromium.launch({ executablePath: CHROMIUM_PATH ?? '', args: CHROMIUM_ARGUMENTS })
    page = await browser.newPage()
    await page.goto(served.origin)
    await page.waitForFunction(() => 'probe' in globalThis)
  })
  afterAll(async () => {
    await browser.close()
    await served.close()
    await running.stop()
    await demo.close()
  })

  function define(): void {
    const address = `rtsp://127.0.0.1:${demo.port}/one`
    running.hub.define({ id: 'one', url: `${address}/main`, subUrl: `${address}/sub`, enabled: true })
  }
  const play = (kind: PlayerKind): Promise<number> => page.evaluate((each) => probe.play('one', 'sub', each), kind)
  const stateOf = async (index: number): Promise<PlayerState> => {
    const state = await page.evaluate((each) => probe.state(each), index)
    if (state === null) throw new Error('no such player')
    return state
  }
  const phaseOf = async (index: number): Promise<string> => (await stateOf(index)).phase

  test('here WebCodecs comes first, then MediaSource, then JSMpeg', async () => {
    expect(await page.evaluate(() => probe.kinds)).toEqual(['webcodecs', 'mse', 'jsmpeg'])
  })

  test.each(['webcodecs', 'mse', 'jsmpeg'] as const)('%s plays a picture that moves, and tells its figures', async (kind) => {
    const index = await play(kind)
    await expect.poll(() => phaseOf(index), WAIT).toBe('playing')
    await expect.poll(async () => (await stateOf(index)).diagnostics.fps ?? 0, WAIT).toBeGreaterThan(10)
    const first = await page.evaluate((each) => probe.picture(each), index)
    expect(new Set(first).size).toBeGreaterThan(20)
    await expect.poll(async () => String(await page.evaluate((each) => probe.picture(each), index)), WAIT).not.toBe(String(first))
    const { camera, diagnostics } = await stateOf(index)
    expect(camera).toMatchObject({ state: 'online', reason: null })
    expect(diagnostics).toMatchObject(
      kind === 'jsmpeg' ? { kind, mode: 'mpeg1' } : { kind, mode: 'copy', codec: 'avc1.42c01e', widthPx: 640, heightPx: 360 },
    )
    if (kind !== 'jsmpeg') expect(diagnostics.delayMs).toBeTypeOf('number')
    await page.evaluate((each) => probe.stop(each), index)
  })

  test('a tile changes from main to sub and back without going black', async () => {
    const slot = () => page.evaluate(() => probe.slot())
    for (const [profile, widthPx] of [
      ['main', 1280],
      ['sub', 640],
      ['main', 1280],
    ] as const) {
      await page.evaluate((each) => probe.showInSlot('one', each), profile)
      await expect.poll(slot, WAIT).toMatchObject({ phase: 'playing', widthPx })
    }
    expect((await slot()).blackFrames).toBe(0)
  })

  test('a picture that is no longer live says so, and lives again by itself', async () => {
    const index = await play('webcodecs')
    await expect.poll(() => phaseOf(index), WAIT).toBe('playing')
    running.hub.define({ id: 'one', url: 'rtsp://127.0.0.1:1024/gone', subUrl: null, enabled: true })
    await expect.poll(() => phaseOf(index), WAIT).toBe('frozen')
    expect((await stateOf(index)).camera).toMatchObject({ state: 'offline', reason: 'refused' })
    define()
    await expect.poll(() => phaseOf(index), WAIT).toBe('playing')
    await page.evaluate((each) => probe.stop(each), index)
  })

  test('a viewer whose right ended is told and does not come back', async () => {
    const index = await play('mse')
    await expect.poll(() => phaseOf(index), WAIT).toBe('playing')
    const count = served.handles.length
    served.handles.at(-1)?.close(MEDIA_CLOSE.ended, 'ended')
    await expect.poll(() => phaseOf(index), WAIT).toBe('ended')
    expect(served.handles).toHaveLength(count)
  })
})
