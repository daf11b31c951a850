import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { layCable, type Cable } from '../support/cable.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { ingested, startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 200_000 }
/** Where the server keeps its data, so that it can become full: null where this machine lets tests mount nothing. */
const smallDisk = CHROMIUM_PATH === null ? null : mountSmallDisk(600)
const RESERVE_MB = 16
const INDEX = path.join(import.meta.dirname, '..', '..', 'dist', 'client', 'index.html')

declare global {
  interface Window {
    /** What the page sounded since it was loaded, as frequencies. */
    tonesHz: number[]
  }
}
function listenToTones(): void {
  window.tonesHz = []
  const { start } = OscillatorNode.prototype
  OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
    window.tonesHz.push(this.frequency.value)
    start.call(this, when)
  }
}

describe.skipIf(CHROMIUM_PATH === null)('the wall in Chromium', { timeout: 240_000 }, () => {
  let dataDir: string
  let server: RunningServer
  let browser: Browser
  let cable: Cable
  let watched: WatchedPage
  let page: Page

  // Cameras without ffmpeg: these tests are about the wall, and each tile has to say why it is dark.
  const start = (): Promise<RunningServer> =>
    startServer({
      demo: true,
      dataDir,
      env: {
        DEMO_PASSWORD: TEST_PASSWORD,
        FFMPEG_PATH: '/nowhere/ffmpeg',
        JOURNAL_RESERVE_MB: String(RESERVE_MB),
      },
    })

  beforeAll(async () => {
    dataDir = smallDisk ?? (await mkdtemp(path.join(tmpdir(), 'lookout-wall-')))
    server = await start()
    const at = { position: [114.65, 33.62], bearingDeg: 90, fieldOfViewDeg: 60, ownerKind: 'street' }
    const camera = { id: 'cam-near', name: '路口', url: 'rtsp://127.0.0.1:554/nowhere', ...at }
    const made = await (await server.signIn('admin')).request('POST', '/api/cameras', camera)
    if (!made.ok) throw new Error(await made.text())
    cable = await layCable(server.port)
    browser = await launchChromium()
    watched = await openPage(browser, { width: 1280, height: 720 }, { coarse: true })
    page = watched.page
    await page.addInitScript(listenToTones)
    await signInAs(page, cable.origin, 'wall')
    await page.goto(`${cable.origin}/wall`)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await page.evaluate(() => document.body.setAttribute('data-first-page', ''))
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await cable.close()
    await server.stop()
    if (smallDisk === null) await rm(dataDir, { recursive: true, force: true })
    else unmountSmallDisk(smallDisk)
  })

  const isFirstPage = (): Promise<boolean> => page.evaluate(() => document.body.hasAttribute('data-first-page'))
  const live = (): Promise<void> => page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
  /** Restarts the server as an operator's machine would: killed, and up again after a while. */
  async function restart(): Promise<void> {
    await server.kill()
    server = await start()
    cable.lead(server.port)
  }
  async function loseContext(): Promise<void> {
    await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.maplibregl-canvas:not([data-lost])')
      canvas?.setAttribute('data-lost', '')
      canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext()
    })
  }

  test('it shows the community as it is: 26 stations, counts, and a link that is live', async () => {
    await live()
    expect(await page.locator('.wall-stations > li').count()).toBe(26)
    expect(await page.locator('.wall-counts').innerText()).toMatch(/12,000/)
    await page.getByText('演示数据').first().waitFor(WAIT)
    expect(watched.faults).toEqual([])
  })

  test('with the cable out it says across the screen that the picture is old, and until when it was true', async () => {
    await live()
    cable.pull()
    const banner = page.locator('.stale-banner[data-kind=stale]')
    await banner.waitFor(WAIT)
    expect(await banner.innerText()).toMatch(/数据已中断 .*画面停留在 \d\d:\d\d:\d\d/)
    // Written in letters that were there before: none is fetched over a cable that is out.
    expect(await page.evaluate(() => [...document.fonts].filter(({ status }) => status !== 'loaded').length)).toBe(0)
    cable.plug()
    await banner.waitFor({ ...WAIT, state: 'detached' })
    await live()
    expect(await isFirstPage()).toBe(true)
  })

  test('a server that was killed and came back has the wall live again, without loading the page anew', async () => {
    await live()
    await restart()
    await page.locator('.stale-banner').waitFor({ ...WAIT, state: 'detached' })
    await live()
    expect(await isFirstPage()).toBe(true)
  })

  test('a lost graphics context brings a new map, drawn as before', async () => {
    await live()
    await loseContext()
    await page.locator('.maplibregl-canvas:not([data-lost])').waitFor(WAIT)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    // An empty ground is a few hundred bytes of PNG; streets and houses are many thousands, drawn coarsely too.
    const middle = { x: 440, y: 200, width: 400, height: 300 }
    await expect
      .poll(async () => (await page.screenshot({ clip: middle, timeout: WAIT.timeout })).length, WAIT)
      .toBeGreaterThan(8_000)
    expect(await isFirstPage()).toBe(true)
  })

  test('a resident’s call takes the wall, sounds, brings the nearest cameras, and gives the wall back to the tour', async () => {
    await live()
    const wall = page.locator('main.wall')
    const duty = await server.signIn('duty')
    // At some hours the demo begins with alarms of its own, each of which has the wall for half a minute.
    const acknowledge = async (id: string, reason: string): Promise<number> =>
      (await duty.request('POST', `/api/alarms/${encodeURIComponent(id)}/acknowledge`, { reason })).status
    const waiting = async (): Promise<{ id: string; kind: string }[]> => {
      const { records } = (await (await duty.request('GET', '/api/snapshot/alarms?format=json')).json()) as {
        records: { id: string; kind: string; acknowledgedAt?: string | null }[]
      }
      return records.filter(({ acknowledgedAt }) => acknowledgedAt == null)
    }
    for (const { id } of await waiting()) await acknowledge(id, 'drill')
    await page.locator('main.wall[data-shot=scene]').waitFor(WAIT)
    // Somebody touched this wall once: browsers let it sound from then on.
    await wall.click({ position: { x: 10, y: 10 } })
    const answer = await duty.request('GET', '/api/snapshot/residents?format=json')
    const [resident] = ((await answer.json()) as { records: { id: string }[] }).records
    const admin = await server.signIn('admin')
    const source = await server.addSource(admin, ['residents'])
    const fields = { care: 'sos' }
    const line = { layer: 'residents', id: resident?.id ?? '', op: 'patch', observedAt: new Date().toISOString(), fields }
    expect((await ingested(await server.ingest(source.token, [line]))).rejected).toEqual([])
    // A source that stays would fall silent, which is an alarm of its own.
    await admin.request('DELETE', `/api/sources/${source.id}`)
    await page.locator('main.wall[data-shot=alarm]').waitFor(WAIT)
    const called = page.locator('.wall-alarms li', { hasText: '居民求助' }).first()
    await called.getByText('待确认').waitFor(WAIT)
    await page.locator('.wall-tiles > div[data-linked=true] .camera-tile[data-camera=cam-near]').waitFor(WAIT)
    await page.locator('.map-card', { hasText: '居民求助' }).waitFor(WAIT)
    // Once; what else happens in the community meanwhile sounds by 660 alone.
    const tones = (): Promise<string> => page.evaluate(() => window.tonesHz.join(' '))
    await expect.poll(tones, WAIT).toContain('880 660 880 660')
    expect((await tones()).split('880')).toHaveLength(3)

    const alarm = (await waiting()).find(({ kind }) => kind === 'resident_sos')
    expect(await acknowledge(alarm?.id ?? '', 'real')).toBe(200)
    await page.locator('main.wall[data-shot=scene]').waitFor(WAIT)
    await called.getByText('已确认').waitFor(WAIT)
    expect(await isFirstPage()).toBe(true)
  })

  test.skipIf(smallDisk === null)('a full disk is told across the screen while nothing is recorded', async () => {
    await live()
    const admin = await server.signIn('admin')
    const source = await server.addSource(admin, ['merchants'])
    const free = fillDisk(dataDir, RESERVE_MB / 2)
    const banner = page.locator('.stale-banner[data-kind=journal]')
    await banner.waitFor(WAIT)
    expect(await banner.innerText()).toContain('无法记录')
    const fields = { name: '新店', position: [114.65, 33.62] }
    const line = { layer: 'merchants', id: 'shop-new', op: 'put', observedAt: new Date().toISOString(), fields }
    expect((await server.ingest(source.token, [line])).status).toBe(507)
    free()
    await banner.waitFor({ ...WAIT, state: 'detached' })
    await live()
    expect(await isFirstPage()).toBe(true)
    await admin.request('DELETE', `/api/sources/${source.id}`)
  })

  test('when the graphics are lost again and again the page is loaded anew', async () => {
    await live()
    const lose = async (): Promise<string> => {
      // While the page is on its way to the new one there is nobody to ask.
      const state = await page
        .evaluate(() => {
          if (!document.body.hasAttribute('data-first-page')) return 'new page'
          return document.querySelector('.maplibregl-canvas:not([data-lost])') === null ? 'no map' : 'map'
        })
        .catch(() => 'no page')
      if (state === 'map') await loseContext()
      return state
    }
    await expect.poll(lose, { ...WAIT, interval: 200 }).toBe('new page')
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await live()
  })

  test('a newer client is taken by itself', async () => {
    await live()
    await page.evaluate(() => document.body.setAttribute('data-first-page', ''))
    const before = await readFile(INDEX)
    try {
      await appendFile(INDEX, '\n')
      await restart()
      await expect.poll(isFirstPage, WAIT).toBe(false)
    } finally {
      await writeFile(INDEX, before)
    }
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await live()
  })
})
