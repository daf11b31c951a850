import path from 'node:path'

import { CHROMIUM_PATH, launchChromium } from '../support/chromium.ts'
import { serveModule } from '../support/module-page.ts'
import type { MapProbe } from './map-entry.ts'

declare const probe: MapProbe

const RECORDS = 100_000
const CHANGED = 1_000
const TICKS = 20

/** Main-thread milliseconds for 1,000 of 100,000 records changing, by typed arrays and sub-range writes against new arrays each tick. */
export async function run(): Promise<void> {
  if (CHROMIUM_PATH === null) return console.log('map: skipped, there is no Chromium on this machine')
  const served = await serveModule(path.join(import.meta.dirname, 'map-entry.ts'))
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(300_000)
    await page.goto(served.origin)
    await page.waitForFunction(() => 'probe' in globalThis)
    const counts = { records: RECORDS, changed: CHANGED, ticks: TICKS }
    const typed = await page.evaluate(({ records, changed, ticks }) => probe.typed(records, changed, ticks), counts)
    const objects = await page.evaluate(({ records, changed, ticks }) => probe.objects(records, changed, ticks), counts)
    const [fast, slow] = [median(typed), median(objects)]
    console.log(
      `map typed arrays, ${CHANGED} of ${RECORDS} changed: ${fast.toFixed(2)} ms of the main thread a tick (median of ${TICKS})`,
    )
    console.log(`map new arrays each tick: ${slow.toFixed(2)} ms, ${(slow / fast).toFixed(0)} times as much`)
  } finally {
    await browser.close()
    await served.close()
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
