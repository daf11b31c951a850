import { setTimeout as delay } from 'node:timers/promises'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD } from '../support/server.ts'

const RATES = [1, 20] as const
const WARM_UP_MS = 20_000
const RUN_MS = 20_000

/** Main-thread work of a whole wall (map, panels, players) at the demo's rate and at twenty times life: milliseconds a frame. */
export async function run(): Promise<void> {
  if (CHROMIUM_PATH === null) return console.log('wall: skipped, there is no Chromium on this machine')
  for (const rate of RATES) await measure(rate)
}

async function measure(rate: number): Promise<void> {
  const server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, DEMO_RATE: String(rate) } })
  const browser = await launchChromium()
  try {
    const { page, context } = await openPage(browser, { width: 1920, height: 1080 }, { moves: true })
    await signInAs(page, server.origin, 'wall')
    await page.goto(`${server.origin}/wall`)
    await page.locator('main.wall[data-painted=true]').waitFor({ timeout: 240_000 })
    await delay(WARM_UP_MS)
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    const metric = async (name: string): Promise<number> =>
      (await session.send('Performance.getMetrics')).metrics.find((each) => each.name === name)?.value ?? Number.NaN
    await page.evaluate(() => {
      const count = (): void => {
        document.body.dataset['frames'] = String(Number(document.body.dataset['frames'] ?? '0') + 1)
        requestAnimationFrame(count)
      }
      requestAnimationFrame(count)
    })
    const frames = async (): Promise<number> => Number(await page.locator('body').getAttribute('data-frames'))
    const workedFrom = await metric('ThreadTime')
    const [taskFrom, scriptFrom, framesFrom] = [await metric('TaskDuration'), await metric('ScriptDuration'), await frames()]
    await delay(RUN_MS)
    const count = (await frames()) - framesFrom
    const perFrame = (seconds: number): string => ((seconds * 1_000) / count).toFixed(2)
    const task = (await metric('TaskDuration')) - taskFrom
    const script = (await metric('ScriptDuration')) - scriptFrom
    // By the thread's own clock: without what it waits for a software renderer or for a core.
    const worked = (await metric('ThreadTime')) - workedFrom
    console.log(
      `wall at ${rate}x: the main thread worked ${perFrame(worked)} ms a frame (aim 8; script ${perFrame(script)}, with waiting ${perFrame(task)}), ${(count / (RUN_MS / 1_000)).toFixed(0)} frames a second, busy ${((100 * task * 1_000) / RUN_MS).toFixed(0)} %`,
    )
  } finally {
    await browser.close()
    await server.stop()
  }
}
