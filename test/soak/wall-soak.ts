import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { pageHeap, slopePerSecond } from '../support/page-heap.ts'
import { startServer, TEST_PASSWORD } from '../support/server.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? '10')
const WARM_UP_MS = 120_000
const EACH_MS = 30_000
const WAIT = { timeout: 240_000 }
/** What the page may grow by in an hour at twenty times life before it is called a leak: its community grows too. */
const MOST_BYTES_PER_HOUR = 30e6

/** A wall and its server at twenty times life, with cameras, for SOAK_MINUTES (10): what they hold, every half minute. */
export async function run(): Promise<void> {
  if (CHROMIUM_PATH === null) throw new Error('there is no Chromium on this machine')
  const server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, DEMO_RATE: '20' } })
  const browser = await launchChromium()
  try {
    const { page, context, faults } = await openPage(browser, { width: 1280, height: 720 }, { moves: true })
    await signInAs(page, server.origin, 'wall')
    await page.goto(`${server.origin}/wall`)
    await page.locator('main.wall[data-painted=true]').waitFor(WAIT)
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    await delay(WARM_UP_MS)
    const fromMs = performance.now()
    const samples: { atMs: number; value: number; server: number }[] = []
    console.log('| minute | page heap, MB | DOM nodes | listeners | server, MB | pictures live |\n|---|---|---|---|---|---|')
    for (;;) {
      const atMs = performance.now() - fromMs
      const heap = await pageHeap(session)
      const residentBytes = residentOf(server.process.pid ?? 0)
      const live = await page.locator('.camera-tile[data-phase=playing]').count()
      samples.push({ atMs, value: heap.usedBytes, server: residentBytes })
      const cells = [atMs / 60_000, heap.usedBytes / 1e6].map((value) => value.toFixed(1))
      console.log(`| ${cells.join(' | ')} | ${heap.nodes} | ${heap.listeners} | ${(residentBytes / 1e6).toFixed(0)} | ${live} |`)
      if (atMs >= MINUTES * 60_000) break
      await page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
      await delay(EACH_MS)
    }
    const perHour = slopePerSecond(samples) * 3_600
    const serverPerHour = slopePerSecond(samples.map(({ atMs, server: value }) => ({ atMs, value }))) * 3_600
    console.log(
      `page heap: ${(perHour / 1e6).toFixed(1)} MB an hour; server: ${(serverPerHour / 1e6).toFixed(1)} MB an hour, at 20x`,
    )
    console.log(`faults in the page: ${faults.length === 0 ? 'none' : faults.join('; ')}`)
    if (perHour > MOST_BYTES_PER_HOUR) throw new Error('the page grows')
    if (faults.length > 0) throw new Error('the page has faults')
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** Memory of a process on Linux; NaN elsewhere. */
function residentOf(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return 1_024 * Number(kilobytes)
  } catch {
    // No /proc on this system.
    return Number.NaN
  }
}
