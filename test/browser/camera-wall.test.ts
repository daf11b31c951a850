import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'
import { FFMPEG_PATH } from '../support/video-hub.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 200_000 }

describe.skipIf(CHROMIUM_PATH === null || FFMPEG_PATH === null)('the camera wall in Chromium', () => {
  let server: RunningServer
  let browser: Browser

  beforeAll(async () => {
    server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD } })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  async function opened(username: string, path: string): Promise<WatchedPage> {
    const watched = await openPage(browser, { width: 1100, height: 620 }, { coarse: true })
    await signInAs(watched.page, server.origin, username)
    await watched.page.goto(`${server.origin}${path}`)
    return watched
  }
  const tours = async (): Promise<{ id: string }[]> => {
    const answer = await (await server.signIn('duty')).request('GET', '/api/camera-tours')
    return ((await answer.json()) as { tours: { id: string }[] }).tours
  }
  const tiles = (page: Page) => page.locator('.camera-wall .camera-tile')
  const playing = (page: Page) => page.locator('.camera-wall .camera-tile[data-phase="playing"]')
  const shown = (page: Page) => tiles(page).evaluateAll((all) => all.map((tile) => tile.dataset['camera'] ?? ''))

  test('the desk tells coverage and the cameras of bare ground, plays a layout with its pin, and saves it as a tour', async () => {
    const admin = await server.signIn('admin')
    expect((await admin.request('PUT', '/api/watermarks/duty', { live: true, recordings: true })).status).toBe(200)
    const { page, faults } = await opened('duty', '/desk')
    await page.locator('.coverage-toggle input').check(WAIT)
    await expect.poll(() => page.locator('.coverage-toggle').textContent(), WAIT).toMatch(/可见 \d+(\.\d)?%/)
    const box = await page.locator('[data-testid=map]').boundingBox()
    if (box === null) throw new Error('the map has a place')
    await expect
      .poll(
        async () => {
          await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.97)
          return await page.locator('.near-cameras li').count()
        },
        { ...WAIT, interval: 1_000 },
      )
      .toBe(4)
    await page.getByRole('button', { name: '视频', exact: true }).click(WAIT)
    await expect.poll(() => playing(page).count(), WAIT).toBe(4)
    expect(await playing(page).first().locator('.camera-tile-figures').textContent()).toMatch(/avc1.*fps.*kbps/)
    // An administrator said so for this role.
    await page
      .locator('.camera-tile .watermark[data-watermark="duty"]')
      .first()
      .waitFor({ ...WAIT, state: 'attached' })
    const before = await shown(page)
    await page.locator('.camera-wall-pin').first().dispatchEvent('click')
    await page.getByRole('button', { name: '编辑轮巡' }).click(WAIT)
    await page.locator('.tour-editor input[type=number]').fill('5')
    await page.locator('.tour-editor input').first().fill('大门')
    await expect.poll(async () => (await shown(page)).slice(1).join(), WAIT).not.toBe(before.slice(1).join())
    expect((await shown(page))[0]).toBe(before[0])
    await page.getByRole('button', { name: '保存轮巡' }).click(WAIT)
    await page.locator('.tour-editor').getByText('已保存').waitFor(WAIT)
    expect(await tours()).toMatchObject([{ name: '大门', layout: '4', dwellSeconds: 5, pinned: { 0: before[0] } }])
    expect(faults).toEqual([])
    await page.context().close()
  }, 240_000)
})
