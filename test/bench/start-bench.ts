import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { TEST_PASSWORD } from '../support/server.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
/** Each is timed this often; the median counts. The first start makes the demo community, the others find it. */
const ROUNDS = 3
const LOOK_EACH_MS = 20
const PATIENCE = { timeout: 120_000 }

/** Milliseconds from `readyz` to what a wall shows, sign-in included. */
interface WallTiming {
  /** The browser's own first-contentful-paint: the product's mark, until the screen's program is there. */
  readonly firstPaintMs: number
  /** The wall itself: title, clock, panels and tiles, two pictures after they were made. */
  readonly wallPaintMs: number
  /** The 26 stations and a link that is live. */
  readonly liveMs: number
  /** The map with every house and mark. */
  readonly wholeMs: number
}

/** From `npm start` (installed, built) to `readyz`, and from there to the painted wall, in a browser that is already open. */
export async function run(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'lookout-start-'))
  const ready: number[] = []
  const walls: WallTiming[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const timing = await startOnce(dataDir)
      ready.push(timing.readyMs)
      if (timing.wall !== null) walls.push(timing.wall)
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
  console.log(`start, first time (makes the demo community): ${Math.round(ready[0] ?? Number.NaN)} ms to readyz`)
  console.log(`start, again: ${Math.round(median(ready.slice(1)))} ms to readyz`)
  if (walls.length === 0) console.log('wall: skipped, there is no Chromium on this machine')
  else {
    const of = (name: keyof WallTiming): number => Math.round(median(walls.map((wall) => wall[name])))
    console.log(
      `wall after readyz: first paint ${of('firstPaintMs')} ms (aim 2,000), the wall itself ${of('wallPaintMs')} ms, live ${of('liveMs')} ms, whole map ${of('wholeMs')} ms`,
    )
  }
}

async function startOnce(dataDir: string): Promise<{ readyMs: number; wall: WallTiming | null }> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const browser = CHROMIUM_PATH === null ? null : await launchChromium()
  // A wall's browser is there before its server is.
  const opened = browser === null ? null : await openPage(browser, { width: 1920, height: 1080 })
  const from = performance.now()
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts', 'start.ts')], {
    cwd: dataDir,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: dataDir,
      DATA_DIR: path.join(dataDir, 'data'),
      PORT: String(port),
      DEMO_PASSWORD: TEST_PASSWORD,
    },
  })
  try {
    while (!(await isReady(origin))) await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS))
    const readyMs = performance.now() - from
    const readyAtMs = Date.now()
    if (opened === null) return { readyMs, wall: null }
    const { page } = opened
    await page.addInitScript(noteWallPaint)
    await signInAs(page, origin, 'wall')
    await page.goto(`${origin}/wall`)
    await page.locator('.wall-stations > li').nth(25).waitFor(PATIENCE)
    await page.locator('.wall-link[data-stale=false]').waitFor(PATIENCE)
    const liveMs = Date.now() - readyAtMs
    await page.locator('main.wall[data-painted=true]').waitFor(PATIENCE)
    const wholeMs = Date.now() - readyAtMs
    const [paintedAtMs = Number.NaN, wallAtMs = Number.NaN] = await page.evaluate(() =>
      ['first-contentful-paint', 'wall-painted'].map(
        (name) => performance.timeOrigin + (performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN),
      ),
    )
    return { readyMs, wall: { firstPaintMs: paintedAtMs - readyAtMs, wallPaintMs: wallAtMs - readyAtMs, liveMs, wholeMs } }
  } finally {
    await browser?.close()
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
}

/** In the page: marks when the wall was painted. */
function noteWallPaint(): void {
  const seen = new MutationObserver(() => {
    if (document.querySelector('main.wall .wall-stations') === null) return
    seen.disconnect()
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('wall-painted')))
  })
  seen.observe(document, { childList: true, subtree: true })
}

async function isReady(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/readyz`)).ok
  } catch {
    // Nobody listens yet.
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
