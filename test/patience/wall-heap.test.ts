import { setTimeout as delay } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { pageDataBytes, pageHeap } from '../support/page-heap.ts'
import { startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 200_000 }
/** A short tour, so that every stop has been seen, and its part of the map kept, before the minute begins. */
const STOP_SECONDS = 5
const SCENES = [
  { kind: 'community', dwellSeconds: STOP_SECONDS },
  { kind: 'stations', dwellSeconds: STOP_SECONDS },
]
/** A page holds by then what it holds for good. */
const WARM_UP_MS = 20_000
const MINUTE_MS = 60_000

describe.skipIf(CHROMIUM_PATH === null)('the memory of a wall', { timeout: 240_000 }, () => {
  let server: RunningServer
  let browser: Browser

  beforeAll(async () => {
    const env = { DEMO_PASSWORD: TEST_PASSWORD, DEMO_RATE: '20', FFMPEG_PATH: '/nowhere/ffmpeg' }
    server = await startServer({ demo: true, env })
    browser = await launchChromium()
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  test('a minute at twenty times life leaves nothing behind in the page', async () => {
    const { page, context, faults } = await openPage(browser, { width: 1280, height: 720 }, { coarse: true })
    await signInAs(page, server.origin, 'wall')
    const duty = await server.signIn('duty')
    expect((await duty.request('PUT', '/api/scenes', { scenes: SCENES })).status).toBe(200)
    // Alarms would lead the map to places that it has not seen yet.
    await page.goto(`${server.origin}/wall?takeover=0`)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await page.evaluate(() => document.body.setAttribute('data-first-page', ''))
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    // Time is what is tested, so time has to pass.
    await delay(WARM_UP_MS)
    const look = async () => ({ dataBytes: await pageDataBytes(session), listeners: (await pageHeap(session)).listeners })
    // At two instants that are a stop apart: one stop may hold more than the other.
    const looks = async () => {
      const first = await look()
      await delay(STOP_SECONDS * 1_000)
      return [first, await look()]
    }
    const before = await looks()
    await delay(MINUTE_MS)
    const after = await looks()
    await page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
    type Look = (typeof before)[number]
    // The less of two: what only happens to be there in one of them does not stay.
    const grown = (of: (heap: Look) => number): number => Math.min(...after.map(of)) - Math.min(...before.map(of))
    const told = [...before, ...after].map(({ dataBytes }) => `${(dataBytes / 1e6).toFixed(2)} MB`).join('; ')
    // What the community itself gains meanwhile (cases, alarms, tombstones) is far under this; soak says what an hour does.
    expect(
      grown(({ dataBytes }) => dataBytes),
      told,
    ).toBeLessThan(1e6)
    expect(grown(({ listeners }) => listeners)).toBeLessThan(20)
    expect(await page.evaluate(() => document.body.hasAttribute('data-first-page'))).toBe(true)
    expect(faults).toEqual([])
  })
})
