import { setTimeout as delay } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { pageHeap, type PageHeap } from '../support/page-heap.ts'
import { startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 200_000 }
/** A page holds by then what it holds for good. */
const WARM_UP_MS = 10_000
const SAMPLES = 11
const APART_MS = 6_000

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
    await page.goto(`${server.origin}/wall`)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    await page.evaluate(() => document.body.setAttribute('data-first-page', ''))
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    // Time is what is tested, so time has to pass.
    await delay(WARM_UP_MS)
    const samples: PageHeap[] = []
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      samples.push(await pageHeap(session))
      await delay(APART_MS)
    }
    await page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
    const middle = (of: (heap: PageHeap) => number, some: readonly PageHeap[]): number =>
      some.map(of).toSorted((a, b) => a - b)[some.length >> 1] ?? Number.NaN
    const grown = (of: (heap: PageHeap) => number): number => middle(of, samples.slice(-3)) - middle(of, samples.slice(0, 3))
    const told = samples.map(({ usedBytes, nodes }) => `${(usedBytes / 1e6).toFixed(2)} MB, ${nodes} nodes`).join('; ')
    // What the community itself gains meanwhile (cases, alarms, tombstones) is far under this; soak says what an hour does.
    expect(
      grown(({ usedBytes }) => usedBytes),
      told,
    ).toBeLessThan(2e6)
    expect(
      grown(({ listeners }) => listeners),
      told,
    ).toBeLessThan(20)
    expect(await page.evaluate(() => document.body.hasAttribute('data-first-page'))).toBe(true)
    expect(faults).toEqual([])
  })
})
