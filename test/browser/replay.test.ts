import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { marksAnswerSchema } from '../../shared/protocol/marks.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { ingested, startServer, TEST_PASSWORD, type RunningServer, type Session } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 60_000 }
const SIZE = { width: 1280, height: 720 }
const SHOP = '张记面馆'

describe.skipIf(CHROMIUM_PATH === null)('the replay in Chromium', { timeout: 240_000 }, () => {
  let server: RunningServer
  let browser: Browser
  let supervisor: Session
  let open: WatchedPage[] = []
  /** Opened by a link to the alarm, and left where it is seen. */
  let shift: WatchedPage | null = null
  /** When the log learnt of the hazard. */
  let raisedMs = 0

  beforeAll(async () => {
    server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, FFMPEG_PATH: '/nowhere/ffmpeg' } })
    const source = await server.addSource(await server.signIn('admin'), ['merchants', 'workers', 'cases', 'cameras'])
    supervisor = await server.signIn('supervisor')
    const tell = async (layer: string, id: string, op: string, fields: object): Promise<void> => {
      const line = { layer, id, op, observedAt: new Date().toISOString(), fields }
      expect((await ingested(await server.ingest(source.token, [line]))).rejected).toEqual([])
    }
    await tell('merchants', 't-1', 'put', { name: SHOP, position: [114.65, 33.62], safety: 'ok' })
    await tell('merchants', 't-1', 'patch', { safety: 'hazard' })
    await tell('workers', 't-w', 'put', { duty: 'onDuty', position: [114.65, 33.62] })
    await tell('cases', 't-c', 'put', {
      categoryCode: 'DP01',
      stage: 'dispatched',
      position: [114.651, 33.62],
      assigneeId: 't-w',
    })
    // Outside every house: one looks north, one away.
    const seeing = { position: [114.7, 33.65], fieldOfViewDeg: 60, rangeMeters: 80, state: 'online' }
    await tell('cameras', 't-cam-1', 'put', { ...seeing, name: '北门', ownerKind: 'street', bearingDeg: 0 })
    await tell('cameras', 't-cam-2', 'put', { ...seeing, name: '南门', ownerKind: 'street', bearingDeg: 180 })
    for (const step of [1, 2, 3]) await tell('workers', 't-w', 'patch', { position: [(114_650 + step) / 1_000, 33.62] })
    await tell('workers', 't-w', 'patch', { duty: 'off' })
    const range = 'from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'
    const { marks } = marksAnswerSchema.parse(await (await supervisor.request('GET', `/api/history/marks?${range}`)).json())
    raisedMs = marks.find(({ key }) => key === 'merchant_hazard')?.recordedAtMs ?? 0
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })
  afterEach(async ({ task }) => {
    for (const { context } of open) await context.close()
    open = []
    if (task.result?.state === 'fail') {
      await shift?.context.close()
      shift = null
    }
  })

  async function replay(query: string, username = 'supervisor'): Promise<WatchedPage> {
    const watched = await openReplay(query, username)
    open.push(watched)
    return watched
  }
  async function openReplay(query: string, username: string): Promise<WatchedPage> {
    const watched = await openPage(browser, SIZE, { coarse: true })
    await signInAs(watched.page, server.origin, username)
    await watched.page.goto(`${server.origin}/replay?${query}`)
    return watched
  }
  /** One replay for all that begins at the alarm: a supervisor goes on from where the last look ended. */
  async function atTheAlarm(): Promise<WatchedPage> {
    shift ??= await openReplay(`t=${instant(raisedMs)}`, 'supervisor')
    await row(shift.page).waitFor(WAIT)
    return shift
  }
  const instant = (ms: number) => new Date(ms).toISOString()
  const row = (page: Page) => page.locator('.replay-alarms li button', { hasText: SHOP })
  const shownMs = async (page: Page) => Date.parse((await page.locator('.replay-when time').getAttribute('datetime')) ?? '')

  test('a link opens an instant as the room knew it; a step back is before the alarm, a step on is after it', async () => {
    const { page, faults } = await atTheAlarm()
    expect(await page.locator('.replay-badge').textContent()).toBe('回放')
    await page.getByText('非实时画面').waitFor(WAIT)
    await row(page).click()
    await page.locator('.replay-callout', { hasText: SHOP }).waitFor({ ...WAIT, state: 'attached' })
    await page.keyboard.press(',')
    await row(page).waitFor({ ...WAIT, state: 'detached' })
    expect(await shownMs(page)).toBeLessThan(raisedMs)
    await page.keyboard.press('.')
    await row(page).waitFor(WAIT)
    expect(await shownMs(page)).toBe(raisedMs)
    await expect.poll(() => new URL(page.url()).searchParams.get('view'), WAIT).toMatch(/^alarms\//)
    await expect.poll(() => new URL(page.url()).searchParams.get('t'), WAIT).toBe(instant(raisedMs))
    expect(faults).toEqual([])
  })

  test('bookmarks carry one’s words, and refuse a phone number', async () => {
    const { page } = await atTheAlarm()
    await page.keyboard.press('b')
    const words = page.locator('input[name=bookmark-text]')
    await words.fill('联系 13800138000')
    await words.press('Enter')
    await page.getByText('文字里不能有电话或证件号').waitFor(WAIT)
    await words.fill('第一次发现隐患')
    await words.press('Enter')
    await page.locator('.replay-bookmark[aria-label*="第一次发现隐患"]').waitFor({ ...WAIT, state: 'attached' })
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: '我的书签 1' }).click(WAIT)
    await page.locator('.replay-bookmark-list button', { hasText: '第一次发现隐患' }).click(WAIT)
    await expect.poll(() => shownMs(page), WAIT).toBe(raisedMs)
    await page.getByRole('button', { name: '删除书签' }).click(WAIT)
    await page.getByText('还没有书签').waitFor(WAIT)
    expect(await page.locator('.replay-bookmark').count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.getByText('还没有书签').waitFor({ ...WAIT, state: 'detached' })
  })

  test('two instants stand side by side, with what changed from the one to the other', async () => {
    const { page, faults } = await atTheAlarm()
    const before = [...faults]
    await page.keyboard.press(',')
    await row(page).waitFor({ ...WAIT, state: 'detached' })
    await page.getByRole('button', { name: '对比', exact: true }).click(WAIT)
    await page.getByText('两个时刻的记录相同').waitFor(WAIT)
    await page.keyboard.press('.')
    const found = (layer: string) => page.locator(`.replay-differences [data-layer="${layer}"] li`)
    await found('merchants').filter({ hasText: SHOP }).getByText('合格 → 隐患').waitFor(WAIT)
    expect(await found('alarms').first().getAttribute('data-kind')).toBe('added')
    expect(await page.locator('.replay-pair .replay-stamp').allTextContents()).toEqual([
      expect.stringMatching(/^甲 /),
      expect.stringMatching(/^乙 /),
    ])
    await page.getByRole('button', { name: '结束对比' }).click(WAIT)
    await page.locator('.replay-pair').waitFor({ ...WAIT, state: 'detached' })
    expect(faults).toEqual(before)
  })

  test('a selected range becomes a signed bundle, with a reason', async () => {
    const { page } = await atTheAlarm()
    await page.getByRole('button', { name: '设为终点' }).click(WAIT)
    await page.locator('.replay-range').waitFor({ ...WAIT, state: 'attached' })
    await page.getByRole('button', { name: '导出片段' }).click(WAIT)
    const make = page.getByRole('button', { name: '生成证据包' })
    expect(await make.isDisabled()).toBe(true)
    await page.locator('textarea[name=reason]').fill('核查张记面馆隐患的发现过程')
    await make.click(WAIT)
    const link = page.locator('.replay-download')
    await link.waitFor(WAIT)
    const bundle = await page.request.get(`${server.origin}${await link.getAttribute('href')}`)
    expect([bundle.status(), (await bundle.body()).subarray(0, 2).toString('latin1')]).toEqual([200, 'PK'])
    await page.keyboard.press('Escape')
    await link.waitFor({ ...WAIT, state: 'detached' })
  })

  test('L plays and K stops; the instant moves on by itself and the address with it', async () => {
    const { page } = await atTheAlarm()
    await page.keyboard.press('l')
    await expect.poll(() => shownMs(page), WAIT).toBeGreaterThan(raisedMs)
    await page.keyboard.press('k')
    await page.locator('.replay-key[data-main="true"][aria-label="播放（L）"]').waitFor(WAIT)
    const stoppedMs = await shownMs(page)
    await expect.poll(() => new URL(page.url()).searchParams.get('t'), WAIT).toBe(instant(stoppedMs))
  })

  test('what nobody knows is said, not drawn', async () => {
    const { page } = await atTheAlarm()
    // The range begins with the first change: an hour before it there is nothing to hold on to.
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => shownMs(page), WAIT).toBeLessThan(raisedMs)
    await row(page).waitFor({ ...WAIT, state: 'detached' })
    expect(await page.locator('.replay-lanes rect[fill="url(#replay-unknown)"]').count()).toBeGreaterThan(0)
  })

  test('back to live and into the past again is one control, from the desk too', async () => {
    shift ??= await openReplay(`t=${instant(raisedMs)}`, 'supervisor')
    const { page, faults } = shift
    const before = [...faults]
    await page.getByRole('button', { name: '返回实时' }).click(WAIT)
    await page.locator('.replay[data-mode="live"]').waitFor(WAIT)
    expect(await page.locator('.replay-badge').textContent()).toBe('实时')
    expect(await page.getByText('非实时画面').count()).toBe(0)
    await row(page).waitFor(WAIT)
    await expect.poll(() => new URL(page.url()).searchParams.get('t'), WAIT).toBe('now')
    await page.getByRole('button', { name: '实时中' }).click(WAIT)
    await page.locator('.replay[data-mode="recorded"]').waitFor(WAIT)
    await row(page).waitFor(WAIT)
    expect(await shownMs(page)).toBeGreaterThan(raisedMs)
    expect(faults).toEqual(before)

    await page.goto(`${server.origin}/desk`)
    const strip = page.locator('.timeline-draggable')
    const box = await strip.boundingBox(WAIT)
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 60)
    await page.mouse.down()
    await page.mouse.up()
    await page.locator('.replay[data-mode="recorded"]').waitFor(WAIT)
    expect(new URL(page.url()).pathname).toBe('/replay')
    await expect.poll(() => shownMs(page), WAIT).toBeLessThanOrEqual(raisedMs)
  })

  test('the way of the worker who was sent is shown for a reason, up to the end of that duty; cameras that saw the place come up', async () => {
    const { page } = await replay(`t=now&view=cases/t-c`)
    await page.locator('input[name=trail-reason]').fill('核查处置过程', WAIT)
    await page.getByRole('button', { name: '显示轨迹' }).click(WAIT)
    await page.locator('.replay-trail[data-points="3"]', { hasText: '下班为止' }).waitFor(WAIT)
    const audit = await (await supervisor.request('GET', '/api/audit?subject=workers/t-w')).text()
    expect(audit).toContain('核查处置过程')
    await page.goto(`${server.origin}/replay?t=now&view=place/114.700000,33.650200`)
    await page.locator('.replay[data-mode="live"]').waitFor(WAIT)
    await page.keyboard.press('k')
    const camera = (id: string) => page.locator(`.replay-cameras li[data-camera="${id}"]`)
    await camera('t-cam-1').getByText('可见此处').waitFor(WAIT)
    await camera('t-cam-2').getByText('仅在附近').waitFor(WAIT)
    expect(await page.locator('.replay-cameras li').first().getAttribute('data-camera')).toBe('t-cam-1')
    await camera('t-cam-1').getByText('无录像').waitFor(WAIT)
  })

  test('is not for a duty officer', async () => {
    const { page } = await replay(`t=${instant(raisedMs)}`, 'duty')
    await page.getByText('您的角色不能打开此页面').waitFor(WAIT)
  })
})
