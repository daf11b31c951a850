import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { CDPSession, Page } from 'playwright-core'

import { openDatabase } from '../../server/database/open-database.ts'
import { createCommunity, DEMO_SEED } from '../../server/demo/community.ts'
import { writeSite } from '../../server/site/site-folder.ts'
import { CHROMIUM_PATH, launchChromium, openPage } from '../support/chromium.ts'
import { seededRandom } from '../support/random.ts'
import { startServer } from '../support/server.ts'
import { DEMO_SCALE } from './history-data.ts'
import { fillHistory } from './history-bench.ts'

const DAYS = 2
const STEPS = 80
const SEEKS = 90
const HOUR_MS = 3_600_000
const PATIENCE_MS = 300_000

/**
 * The replay screen itself in Chromium over a real server with two days of the demo's rhythm: what dragging the playhead by
 * a pixel costs the main thread, how long a seek to a random instant takes to a redrawn map, and what memory it all holds.
 */
export async function run(): Promise<void> {
  if (CHROMIUM_PATH === null) return console.log('scrub: skipped, there is no Chromium on this machine')
  const folder = mkdtempSync(path.join(tmpdir(), 'lookout-scrub-'))
  try {
    const span = await prepare(folder)
    const server = await startServer({ dataDir: folder })
    const browser = await launchChromium()
    try {
      const supervisor = await server.addUser(await server.setUp(), 'supervisor')
      const { page, context } = await openPage(browser, { width: 1920, height: 1080 })
      page.setDefaultTimeout(PATIENCE_MS)
      const [name = '', value = ''] = supervisor.cookie.split('=')
      await context.addCookies([{ name, value, url: server.origin }])
      const devtools = await context.newCDPSession(page)
      await devtools.send('Performance.enable')
      await page.goto(`${server.origin}/replay?t=${new Date(span.toMs - 5 * HOUR_MS).toISOString()}`)
      await settled(page)
      await measureSteps(page, devtools)
      await measureSeeks(page)
    } finally {
      await browser.close()
      await server.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A data folder as a server would have left it. */
async function prepare(folder: string): Promise<{ readonly fromMs: number; readonly toMs: number }> {
  await writeSite(path.join(folder, 'site'), createCommunity(DEMO_SEED).site, { replace: false })
  let filled = { changes: 0, fromMs: 0, toMs: 0 }
  for await (const each of fillHistory(folder, DEMO_SCALE, [DAYS])) filled = each
  const { db, close } = await openDatabase({ dataDir: folder, databaseUrl: null })
  const { changes: seq, fromMs, toMs } = filled
  await db.insertInto('logHead').values({ id: 1, epoch: crypto.randomUUID(), seq, recordedAt: toMs }).execute()
  await db.insertInto('lifetimes').values({ startedAt: fromMs, lastAliveAt: toMs, stopped: 1 }).execute()
  await close()
  return filled
}

/** Everything loaded and drawn, as far as a page can tell. */
async function settled(page: Page): Promise<void> {
  await page.locator('.replay-lanes .replay-bar').first().waitFor({ state: 'attached' })
  await page.locator('.replay-loading').waitFor({ state: 'detached' })
  await page.locator('.maplibregl-canvas').waitFor({ state: 'attached' })
  await page.waitForTimeout(15_000)
}

const twoFrames = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))

/**
 * Milliseconds of the main thread so far: what it worked, by its own clock; of all its tasks by the clock on the wall, which
 * wait for a software renderer and for a core as well; and of programs among them.
 */
async function mainThreadMs(devtools: CDPSession): Promise<Cost> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const of = (wanted: string): number => 1_000 * (metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN)
  return { workedMs: of('ThreadTime'), taskMs: of('TaskDuration'), scriptMs: of('ScriptDuration') }
}

interface Cost {
  readonly workedMs: number
  readonly taskMs: number
  readonly scriptMs: number
}

/** What two frames cost after doing something, all tasks of the main thread counted. */
async function costOf(page: Page, devtools: CDPSession, work: () => Promise<void>): Promise<Cost> {
  const before = await mainThreadMs(devtools)
  await work()
  await twoFrames(page)
  const after = await mainThreadMs(devtools)
  const since = (of: keyof Cost): number => after[of] - before[of]
  return { workedMs: since('workedMs'), taskMs: since('taskMs'), scriptMs: since('scriptMs') }
}

async function measureSteps(page: Page, devtools: CDPSession): Promise<void> {
  const box = await page.locator('.replay-lanes svg').boundingBox()
  if (box === null) throw new Error('the timeline is drawn')
  const [middle, y] = [box.x + box.width / 2, box.y + 110]
  const idle: Cost[] = []
  for (let step = 0; step < STEPS; step += 1) idle.push(await costOf(page, devtools, () => Promise.resolve()))
  await page.mouse.move(middle, y)
  await page.mouse.down()
  await twoFrames(page)
  const measure = async (direction: 1 | -1): Promise<Cost[]> => {
    const costs: Cost[] = []
    for (let step = 1; step <= STEPS; step += 1) {
      costs.push(await costOf(page, devtools, () => page.mouse.move(middle + direction * step, y)))
    }
    return costs
  }
  const forward = await measure(1)
  await page.mouse.move(middle, y)
  const backward = await measure(-1)
  await page.mouse.up()
  console.log(
    `scrub, a pixel of an hour a step (about 2.5 s of the log), the whole screen drawn by software: main thread ` +
      `forward ${told(forward)}, backward ${told(backward)} (aim 16); the same two frames without a step ${told(idle)}`,
  )
}

async function measureSeeks(page: Page): Promise<void> {
  await page.getByRole('button', { name: '24 小时' }).click()
  await page.waitForTimeout(2_000)
  const box = await page.locator('.replay-lanes svg').boundingBox()
  if (box === null) throw new Error('the timeline is drawn')
  const random = seededRandom(7)
  const took: number[] = []
  const heaps: number[] = []
  await page.evaluate(() => {
    const clock = () => document.querySelector('.replay-when time')?.getAttribute('datetime')
    window.addEventListener(
      'pointerdown',
      () => {
        const [began, before] = [performance.now(), clock()]
        let frames = 0
        const look = (): void => {
          frames += 1
          // A click on the instant that is shown already is no seek.
          if (clock() === before && frames > 300) Object.assign(window, { tookMs: Number.NaN })
          else if (clock() === before || document.querySelector('.replay-loading') !== null) requestAnimationFrame(look)
          else requestAnimationFrame(() => Object.assign(window, { tookMs: performance.now() - began }))
        }
        Object.assign(window, { tookMs: null })
        requestAnimationFrame(look)
      },
      true,
    )
  })
  for (let seek = 0; seek < SEEKS; seek += 1) {
    // The last hours of the window are not recorded yet; its first ones are.
    await page.mouse.click(box.x + 90 + random.below(Math.round(box.width * 0.55)), box.y + 110)
    const handle = await page.waitForFunction(() => {
      const { tookMs } = window as unknown as { tookMs: number | null }
      return tookMs === null ? false : { tookMs }
    })
    const { tookMs } = (await handle.jsonValue()) as { tookMs: number }
    if (!Number.isNaN(tookMs)) took.push(tookMs)
    if (seek % 30 === 29) heaps.push(await heapMiB(page))
  }
  console.log(
    `scrub, seek to a random instant of a day, from the click over HTTP to a redrawn map: p50 ${at(took, 0.5)} ms, p90 ${at(took, 0.9)} ms, p99 ${at(took, 0.99)} ms (aim 150); ${SEEKS - took.length} of ${SEEKS} clicks met the instant that was shown`,
  )
  console.log(`scrub, heap after 30, 60 and 90 seeks: ${heaps.map((each) => each.toFixed(0)).join(', ')} MiB`)
}

function heapMiB(page: Page): Promise<number> {
  return page.evaluate(() => {
    ;(globalThis as unknown as { gc(): void }).gc()
    return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 2 ** 20
  })
}

const told = (costs: readonly Cost[]): string =>
  ([0.5, 0.99] as const)
    .map((quantile) => {
      const of = (name: keyof Cost): string =>
        at(
          costs.map((cost) => cost[name]),
          quantile,
        )
      return `p${100 * quantile} worked ${of('workedMs')} ms (programs ${of('scriptMs')}; with waiting ${of('taskMs')})`
    })
    .join(', ')

function at(values: readonly number[], quantile: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(1)
}
