import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { layCable, type Cable } from '../support/cable.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 200_000 }
const INDEX = path.join(import.meta.dirname, '..', '..', 'dist', 'client', 'index.html')

describe.skipIf(CHROMIUM_PATH === null)('the wall in Chromium', { timeout: 240_000 }, () => {
  let dataDir: string
  let server: RunningServer
  let browser: Browser
  let cable: Cable
  let watched: WatchedPage
  let page: Page

  // Cameras without ffmpeg: these tests are about the wall, and each tile has to say why it is dark.
  const start = (): Promise<RunningServer> =>
    startServer({ demo: true, dataDir, env: { DEMO_PASSWORD: TEST_PASSWORD, FFMPEG_PATH: '/nowhere/ffmpeg' } })

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'lookout-wall-'))
    server = await start()
    cable = await layCable(server.port)
    browser = await launchChromium()
    watched = await openPage(browser, { width: 1280, height: 720 })
    page = watched.page
    await signInAs(page, cable.origin, 'wall')
    await page.goto(`${cable.origin}/wall`)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await page.evaluate(() => document.body.setAttribute('data-first-page', ''))
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await cable.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
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
    // An empty ground is a few hundred bytes of PNG; streets and houses are many thousands.
    const middle = { x: 440, y: 200, width: 400, height: 300 }
    await expect
      .poll(async () => (await page.screenshot({ clip: middle, timeout: WAIT.timeout })).length, WAIT)
      .toBeGreaterThan(30_000)
    expect(await isFirstPage()).toBe(true)
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
