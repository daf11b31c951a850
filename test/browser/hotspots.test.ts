import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { io } from 'socket.io-client'
import type { Browser, Page } from 'playwright-core'

import { progressSchema, type AnalysisProgress } from '../../shared/protocol/progress.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 60_000 }
const SIZE = { width: 1440, height: 900 }

/** Past cases of a far city: a lattice, and a heap by one corner; one row is refused, one has whole degrees. */
function pastCases(): string {
  const rows = ['Case ID,Created Date,Type,Latitude,Longitude']
  for (let i = 0; i < 400; i += 1) {
    const near = i % 2 === 0
    const lat = 39.28 + (near ? 0.012 + (i % 12) * 0.0002 : (i % 20) * 0.001)
    const lng = -76.62 + (near ? 0.012 + (i % 14) * 0.0002 : Math.floor(i / 20) * 0.001)
    rows.push(`C${i},2026-0${1 + (i % 6)}-1${i % 9} 10:00,pothole,${lat.toFixed(5)},${lng.toFixed(5)}`)
  }
  rows.push('bad,soon,pothole,39.29,-76.61', 'whole,2026-03-03,pothole,39,-77')
  return rows.join('\n')
}

describe.skipIf(CHROMIUM_PATH === null)('the review of hotspots in Chromium', { timeout: 240_000 }, () => {
  let server: RunningServer
  let browser: Browser
  let open: WatchedPage[] = []
  let office: WatchedPage | null = null

  beforeAll(async () => {
    server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, FFMPEG_PATH: '/nowhere/ffmpeg' } })
    // A review shows what was there when it was asked: the year of past cases comes in after the server is ready.
    const session = await server.signIn('office')
    const told = async (): Promise<number> => {
      const answer = await session.request('GET', '/api/snapshot/cases?format=json')
      return ((await answer.json()) as { records: object[] }).records.length
    }
    await vi.waitFor(async () => expect(await told()).toBeGreaterThan(5_000), { timeout: 100_000, interval: 500 })
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })
  afterEach(async ({ task }) => {
    for (const { context } of open) await context.close()
    open = []
    if (task.result?.state === 'fail') {
      await office?.context.close()
      office = null
    }
  })

  /** The screen as it opens, shared by the tests that leave it so; the last of them may change it. */
  async function opened(): Promise<WatchedPage> {
    office ??= await openReview('office')
    return office
  }
  async function review(role: string): Promise<WatchedPage> {
    const watched = await openReview(role)
    open.push(watched)
    return watched
  }
  async function openReview(role: string): Promise<WatchedPage> {
    const watched = await openPage(browser, SIZE, { coarse: true })
    await signInAs(watched.page, server.origin, role)
    await watched.page.goto(`${server.origin}/hotspots`)
    await watched.page.locator('.hs-kpis').waitFor(WAIT)
    return watched
  }
  const cases = async (page: Page): Promise<number> => Number(await page.locator('.hs-kpis b').first().textContent())
  /** A click on the map at a share of its width and height. */
  async function clickMap(page: Page, across: number, down: number): Promise<void> {
    const box = await page.locator('.hs-map-host').boundingBox()
    if (box === null) throw new Error('the map is there')
    await page.mouse.click(box.x + box.width * across, box.y + box.height * down)
  }
  async function drawSquare(page: Page, west: number, north: number, size: number): Promise<void> {
    await clickMap(page, west, north)
    await clickMap(page, west + size, north)
    await clickMap(page, west + size, north + size)
    await clickMap(page, west, north + size)
  }

  test('steps through the weeks, and back to the whole period', async () => {
    const { page, faults } = await opened()
    await page.locator('.hs-weeks input').fill('30')
    await page.locator('.hs-weeks', { hasText: '第 31 / ' }).waitFor(WAIT)
    await page.locator('.hs-weeks').getByRole('button', { name: '整个时段' }).click()
    expect(await page.locator('.hs-weeks').textContent()).not.toContain('第 31')
    expect(faults).toEqual([])
  })

  test('prints as A4 with map, table, method and parameters, without what is for the screen', async () => {
    const { page, faults } = await opened()
    await page.locator('.hs-ranking tbody tr').first().waitFor(WAIT)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.hs-report-map').isVisible()).toBe(true)
    expect(await page.locator('.hs-report-map path').count()).toBeGreaterThan(5)
    for (const hidden of ['.hs-toolbar', '.hs-map-host', '.hs-weeks', '.hs-primary']) {
      expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false)
    }
    expect(await page.locator('.hs-method-text').textContent()).toMatch(/cellMeters=60.*日志序号 \d+/)
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    // A4 in points.
    await page.emulateMedia({ media: 'screen' })
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][^\]]* 84[12]/)
    expect(faults).toEqual([])
  })

  test('the demo opens on places above chance; category, period and parameters change what is counted, and the change is told', async () => {
    const { page, faults } = await opened()
    await page.locator('.hs-ranking tbody tr').first().waitFor(WAIT)
    const all = await cases(page)
    expect(await page.locator('.hs-finding').textContent()).toMatch(/\d{4}-\d{2}-\d{2} 至 \d{4}-\d{2}-\d{2}/)
    expect(await page.locator('.hs-finding').textContent()).toMatch(/居民 \d+%/)
    await page.getByRole('button', { name: '无照游商' }).click()
    await page.locator('.hs-finding', { hasText: '无照游商共' }).waitFor(WAIT)
    const vendors = await cases(page)
    expect(vendors).toBeLessThan(all)
    await page.locator('.hs-ranking tbody tr', { hasText: '热 99%' }).first().waitFor(WAIT)
    await page.getByRole('button', { name: '90 天' }).click()
    await page.locator('.hs-changed', { hasText: '1 次' }).waitFor(WAIT)
    await expect.poll(() => cases(page), WAIT).toBeGreaterThan(vendors)
    await page.getByRole('button', { name: '更多类别' }).click()
    await page.getByRole('option', { name: /噪声扰民/ }).click()
    await page.locator('.hs-finding', { hasText: '噪声扰民共' }).waitFor(WAIT)
    const from = page.getByLabel('起始日期', { exact: true })
    await from.fill('2026/13/40')
    expect(await from.getAttribute('aria-invalid')).toBe('true')
    await page.getByRole('button', { name: '研判参数' }).click()
    await page.getByRole('button', { name: '100 米' }).click()
    await page.locator('.hs-method', { hasText: '边长 100 米' }).waitFor(WAIT)
    expect(faults).toEqual([])
  })

  test('a place of the table opens its cell with count, expectation and hours; an action is kept for whoever looks next', async () => {
    const { page, faults } = await review('office')
    await page.getByRole('button', { name: '无照游商' }).click()
    await page.locator('.hs-finding', { hasText: '无照游商共' }).waitFor(WAIT)
    await page.locator('.hs-ranking tbody tr').first().click()
    const card = page.locator('.hs-cell')
    for (const name of ['事件数', '邻域合计', '期望值', '超出', 'p 值', '高发时段'])
      await card.getByText(name).first().waitFor(WAIT)
    await card.locator('.hs-hours').waitFor(WAIT)
    await card.locator('li').first().waitFor(WAIT)
    await page.locator('.hs-action input').first().fill('市场科')
    await page.locator('.hs-action .hs-wide input').fill('划线经营')
    await page.locator('.hs-action').getByLabel('期限', { exact: true }).fill('2026-12-31')
    await page.locator('.hs-action').getByRole('button', { name: '保存' }).click()
    await page.locator('.hs-owner', { hasText: '市场科 划线经营 2026-12-31' }).waitFor({ ...WAIT, state: 'attached' })
    const other = await review('duty')
    await other.page.getByRole('button', { name: '无照游商' }).click()
    await other.page.locator('.hs-owner', { hasText: '市场科' }).first().waitFor(WAIT)
    // A click on the map chooses too, where the camera stands after the flight to the place.
    await card.getByRole('button', { name: '关闭' }).click()
    await card.waitFor({ ...WAIT, state: 'detached' })
    await expect
      .poll(async () => {
        await clickMap(page, 0.5, 0.5)
        return card.isVisible()
      }, WAIT)
      .toBe(true)
    expect([...faults, ...other.faults]).toEqual([])
  })

  test('an intervention is drawn with mouse and keys, and its card says what it may say', async () => {
    const { page, faults } = await review('office')
    await page.getByRole('button', { name: '无照游商' }).click()
    await page.locator('.hs-finding', { hasText: '无照游商共' }).waitFor(WAIT)
    await page.getByRole('button', { name: '登记措施' }).click()
    await page.getByRole('button', { name: '在地图上画措施范围' }).click()
    const bar = page.locator('.hs-draw')
    await clickMap(page, 0.3, 0.4)
    await clickMap(page, 0.5, 0.6)
    await bar.getByText('2 个角').waitFor(WAIT)
    await page.keyboard.press('Backspace')
    await bar.getByText('1 个角').waitFor(WAIT)
    await page.keyboard.press('Escape')
    await bar.waitFor({ ...WAIT, state: 'detached' })
    await page.getByRole('button', { name: '在地图上画措施范围' }).click()
    // Crossing sides are no area.
    await clickMap(page, 0.35, 0.35)
    await clickMap(page, 0.55, 0.55)
    await clickMap(page, 0.55, 0.35)
    await clickMap(page, 0.35, 0.55)
    await bar.getByText('边线交叉').waitFor(WAIT)
    expect(await bar.getByRole('button', { name: '完成' }).isDisabled()).toBe(true)
    for (const _ of [1, 2, 3, 4]) await bar.getByRole('button', { name: '撤一点' }).click()
    await drawSquare(page, 0.35, 0.35, 0.2)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /画措施范围 · 已画 4 个角/ }).waitFor(WAIT)
    await page.getByRole('button', { name: '在地图上画对照范围' }).click()
    await drawSquare(page, 0.65, 0.3, 0.2)
    await bar.getByRole('button', { name: '完成' }).click()
    await page.locator('.hs-effects input[name=name]').fill('早市划线')
    const start = new Date(Date.now() - 60 * 24 * 3_600_000).toISOString().slice(0, 10)
    await page.getByLabel('开始日期', { exact: true }).fill(start)
    await page.locator('.hs-effects input[name=weeks]').fill('8')
    await page.locator('.hs-effects input[name=worst]').check()
    await page.locator('.hs-effects form').getByRole('button', { name: '保存' }).click()
    const effect = page.locator('.hs-effect')
    await effect.getByText(/尚不能判断|明显减少|明显增多/).waitFor(WAIT)
    await effect.getByText(/95% 区间/).waitFor(WAIT)
    await effect.getByText('对照区周边带').waitFor(WAIT)
    await effect.getByText('12%–37%').waitFor(WAIT)
    expect(await effect.textContent()).not.toContain('无效')
    await effect.getByRole('button', { name: '删除' }).click()
    await effect.waitFor({ ...WAIT, state: 'detached' })
    expect(faults).toEqual([])
  })

  test('a file is looked through, its area drawn over its cases, taken as a dataset of its own, and undone', async () => {
    const { page, faults } = await review('office')
    await page.getByRole('button', { name: '数据与导入' }).click()
    const panel = page.locator('.hs-data')
    await panel.getByText('新建数据集').click()
    const file = { name: 'far.csv', mimeType: 'text/csv', buffer: Buffer.from(pastCases()) }
    await panel.locator('details input[type=file]').first().setInputFiles(file)
    await panel.getByText('拒绝 1 行').waitFor(WAIT)
    await panel.getByText('坐标只有整度').waitFor(WAIT)
    await panel.getByText('橙点为转换后的位置').waitFor(WAIT)
    await panel.locator('input[name=name]').fill('Far city')
    await panel.locator('input[name=zone]').fill('America/New_York')
    await panel.getByRole('button', { name: '建立' }).click()
    await panel.getByText('请给出范围').waitFor(WAIT)
    await panel.getByRole('button', { name: '在地图上画' }).click()
    // Down into the corner where the legend stands otherwise.
    await drawSquare(page, 0.1, 0.22, 0.7)
    await page.locator('.hs-draw').getByRole('button', { name: '完成' }).click()
    await panel.getByRole('button', { name: '建立' }).click()
    await panel.getByRole('heading', { name: 'Far city' }).waitFor(WAIT)
    // The file that the area was drawn by is opened again by itself.
    await panel.getByRole('button', { name: /^导入 \d+ 件$/ }).click(WAIT)
    await panel.getByRole('link', { name: '下载逐行报告' }).waitFor(WAIT)
    await panel.locator('header').getByRole('button', { name: '关闭' }).click()
    await page.getByRole('button', { name: '365 天' }).click()
    await expect.poll(() => cases(page), WAIT).toBeGreaterThan(100)
    expect(await page.locator('.hs-ranking tbody tr').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: '数据与导入' }).click()
    await panel.getByRole('button', { name: '撤销导入' }).click()
    await expect.poll(() => panel.locator('li').count(), WAIT).toBe(0)
    expect(faults).toEqual([])
  })

  test('those who only read have no forms, small counts stay hidden, and the others do not come in', async () => {
    const { page } = await review('supervisor')
    await page.getByRole('button', { name: '无照游商' }).click()
    await page.locator('.hs-ranking tbody tr').first().click(WAIT)
    await page.locator('.hs-cell').waitFor(WAIT)
    expect(await page.getByRole('button', { name: '数据与导入' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: '登记措施' }).count()).toBe(0)
    expect(await page.locator('.hs-action').count()).toBe(0)
    expect(await page.locator('.hs-cell li').count()).toBe(0)
    expect(await page.locator('.hs-method-text').textContent()).toContain('1–4 件的数字不显示')
    const admin = await server.signIn('admin')
    expect((await admin.request('GET', '/api/hotspots?from=2026-01-01&to=2026-01-31')).status).toBe(403)
  })

  test('whoever asked hears over the socket how far it is, and nobody else', async () => {
    const asker = await openPage(browser, SIZE, { coarse: true })
    const other = await openPage(browser, SIZE, { coarse: true })
    open.push(asker, other)
    for (const { page } of open) await signInAs(page, server.origin, 'office')
    const listen = async ({ context }: WatchedPage): Promise<{ heard: AnalysisProgress[]; stop: () => void }> => {
      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
      const socket = io(`${server.origin}/live`, { transports: ['websocket'], extraHeaders: { cookie, origin: server.origin } })
      const heard: AnalysisProgress[] = []
      socket.on('progress', (told: unknown) => heard.push(progressSchema.parse(told)))
      await new Promise<void>((done, failed) => socket.on('connect', done).on('connect_error', failed))
      return { heard, stop: () => socket.disconnect() }
    }
    const [mine, theirs] = [await listen(asker), await listen(other)]
    const answer = await asker.page.request.get(
      `${server.origin}/api/hotspots?from=2026-02-03&to=2026-05-06&cell=40&watch=my-question-1`,
    )
    expect(answer.ok()).toBe(true)
    await expect.poll(() => mine.heard.at(-1)?.stage, WAIT).toBe('writing')
    const own = mine.heard.filter(({ question }) => question === 'my-question-1')
    expect(own.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['cells', 'counts', 'significance', 'weeks']))
    expect(own.map(({ share }) => share)).toEqual(own.map(({ share }) => share).toSorted((a, b) => a - b))
    expect(theirs.heard.filter(({ question }) => question === 'my-question-1')).toEqual([])
    const again = await asker.page.request.get(
      `${server.origin}/api/hotspots?from=2026-02-03&to=2026-05-06&cell=40&watch=my-question-2`,
    )
    expect(again.headers()['x-cache']).toBe('hit')
    for (const { stop } of [mine, theirs]) stop()
  })
})
