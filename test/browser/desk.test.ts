import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { ingested, startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 60_000 }
const SIZE = { width: 1440, height: 700 }

describe.skipIf(CHROMIUM_PATH === null)('the desk in Chromium', { timeout: 240_000 }, () => {
  let server: RunningServer
  let browser: Browser
  let open: WatchedPage[] = []
  let officer: WatchedPage | null = null
  let source: { readonly id: string; readonly token: string }

  beforeAll(async () => {
    server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, FFMPEG_PATH: '/nowhere/ffmpeg' } })
    const admin = await server.signIn('admin')
    source = await server.addSource(admin, ['stations', 'merchants', 'residents', 'buildings', 'cameras'])
    await hazard('shop-first', '测试早餐店')
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })
  afterEach(async ({ task }) => {
    for (const { context } of open) await context.close()
    open = []
    // What a failed test leaves behind is not the next one's.
    if (task.result?.state === 'fail') await leave()
  })

  async function leave(): Promise<void> {
    await officer?.context.close()
    officer = null
  }
  /** An officer's desk stays open from test to test, as on a shift; whoever leaves it in a dialog closes that. */
  async function desk(): Promise<WatchedPage> {
    officer ??= await openDesk('duty')
    return officer
  }
  async function openDesk(user: 'duty' | 'supervisor'): Promise<WatchedPage> {
    const watched = await openPage(browser, SIZE, { coarse: true })
    await signInAs(watched.page, server.origin, user)
    await watched.page.goto(`${server.origin}/desk`)
    await watched.page.locator('.link-chip[data-phase="live"]').waitFor(WAIT)
    return watched
  }
  const row = (page: Page, text: string) => page.locator('.queue-row', { hasText: text })
  const line = (layer: string, id: string, op: string, fields: object) => ({
    layer,
    id,
    op,
    observedAt: new Date().toISOString(),
    fields,
  })
  /** A shop with a hazard: a rule of its own raises an alarm at once. */
  async function hazard(id: string, name: string): Promise<void> {
    const fields = { name, position: [114.65, 33.62], category: 'F5211', open: true, safety: 'hazard', pointsPartner: false }
    const answer = await ingested(await server.ingest(source.token, [line('merchants', id, 'put', fields)]))
    expect(answer.rejected).toEqual([])
  }

  test('a person signs in with the form and arrives at the desk; a wrong password is told in Chinese', async () => {
    const watched = await openPage(browser, SIZE, { coarse: true })
    officer = watched
    const { page } = watched
    await page.goto(`${server.origin}/desk`)
    await page.locator('input[name=username]').fill('duty')
    await page.locator('input[name=password]').fill('not the password')
    await page.locator('form button:not([type=button])').click()
    await page.getByText('用户名或密码不正确').waitFor(WAIT)
    await page.locator('input[name=password]').fill(TEST_PASSWORD)
    await page.locator('form button:not([type=button])').click()
    await page.getByRole('heading', { name: '值班台' }).waitFor(WAIT)
    await page.locator('.link-chip[data-phase="live"]').waitFor(WAIT)
    expect(watched.faults).toEqual([])
  })

  test('the first alarm is chosen by itself, what comes later does not take its place, and closing tells what to do', async () => {
    const { page, faults } = await desk()
    const chosen = page.locator('.queue-row[aria-current=true]')
    await chosen.waitFor(WAIT)
    const id = await chosen.getAttribute('data-alarm')
    await page.locator('.detail .acknowledge, .detail .acknowledged-at').waitFor(WAIT)
    await hazard('shop-later', '测试干洗店')
    await row(page, '测试干洗店').waitFor(WAIT)
    expect(await chosen.getAttribute('data-alarm')).toBe(id)
    await page.locator('.detail .close').click()
    await page.getByText('左侧队列：点选告警').waitFor(WAIT)
    expect(faults).toEqual([])
  })

  test('a duty officer is told whose the past is, and that the activity before is not known', async () => {
    const { page, faults } = await desk()
    await page.getByText('回看需督导账号').waitFor(WAIT)
    await page.locator('.timeline-unknown').waitFor({ ...WAIT, state: 'attached' })
    expect(await page.locator('.timeline-rewind').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('a search opens the record with its fields and its last day, and layers go off and on', async () => {
    const { page, faults } = await desk()
    await page.keyboard.press('/')
    await page.keyboard.type('21号')
    await page.locator('.search-hits button', { hasText: '21号暖心驿站' }).click(WAIT)
    const panel = page.locator('[data-record="stations/st-21"]')
    await panel.getByText('空座', { exact: true }).waitFor(WAIT)
    await panel.locator('.change-list li').first().waitFor(WAIT)
    // The map goes there; what lies under the mouse is named, and a click opens it again.
    const place = { x: 0, y: 0 }
    const hovered = async (): Promise<string> => {
      const ring = await page.locator('.chosen-ring i').boundingBox()
      if (ring === null) return ''
      Object.assign(place, { x: ring.x + ring.width / 2, y: ring.y + ring.height / 2 })
      await page.mouse.move(place.x, place.y)
      return (await page.locator('.hover-card').allInnerTexts()).join()
    }
    await expect.poll(hovered, WAIT).toContain('21号暖心驿站')
    await panel.locator('.close').click()
    await panel.waitFor({ ...WAIT, state: 'detached' })
    await page.mouse.click(place.x, place.y)
    await panel.waitFor(WAIT)
    const stations = page.locator('.layer-toggles [data-layer=stations] input')
    await stations.uncheck()
    expect(await stations.isChecked()).toBe(false)
    await stations.check()
    expect(faults).toEqual([])
  })

  test('an alarm comes into the queue by itself and is acknowledged with a reason', async () => {
    const { page, faults } = await desk()
    await hazard('shop-queue', '测试粮油店')
    await row(page, '测试粮油店').click(WAIT)
    const submit = page.locator('.acknowledge button[type=submit]')
    expect(await submit.isDisabled()).toBe(true)
    await page.getByRole('button', { name: '属实' }).click()
    await submit.click()
    await page.locator('.acknowledged-at').waitFor(WAIT)
    // The queue shows what the log says, which comes with the next delta.
    await page.locator('[data-alarm][data-state=acknowledged]', { hasText: '测试粮油店' }).waitFor(WAIT)
    expect(faults).toEqual([])
  })

  test('the map’s tools turn, tilt and come back; a camera near the chosen place opens in a pop-up', async () => {
    const camera = { name: '测试路口', ownerKind: 'street', position: [114.6501, 33.6201], state: 'offline', reason: 'timed_out' }
    await ingested(await server.ingest(source.token, [line('cameras', 'cam-test', 'put', camera)]))
    await hazard('shop-camera', '测试理发店')
    const { page, faults } = await desk()
    const tool = (name: string) => page.getByRole('button', { name, exact: true })
    for (const name of ['正北朝上', '平面']) {
      await tool(name).click(WAIT)
      expect(await tool(name).getAttribute('aria-pressed')).toBe('true')
    }
    await tool('放大').click()
    await tool('缩小').click()
    await tool('全景').click()
    expect(await tool('平面').getAttribute('aria-pressed')).toBe('false')
    await row(page, '测试理发店').click(WAIT)
    await page.locator('.near-cameras button[data-camera=cam-test]').click(WAIT)
    await page.locator('.camera-popup .camera-tile[data-camera=cam-test]').waitFor(WAIT)
    await page.locator('.camera-popup .close').click()
    await page.locator('.camera-popup').waitFor({ ...WAIT, state: 'detached' })
    expect(faults).toEqual([])
  })

  test('a supervisor sees the activity of the hour before the page was opened, and may look back', async () => {
    const watched = await openDesk('supervisor')
    open.push(watched)
    const { page, faults } = watched
    await page.locator('.timeline-rewind').waitFor(WAIT)
    // The log of this server began a moment ago: that is said, and what it has is drawn, from before the page was opened.
    await page.locator('.timeline-note', { hasText: '开始记录' }).waitFor(WAIT)
    await page
      .locator('.timeline-bar')
      .first()
      .waitFor({ ...WAIT, state: 'attached' })
    expect(faults).toEqual([])
  })

  test('the tour of the walls is edited at the desk and kept on the server', async () => {
    const { page, faults } = await desk()
    await page.getByRole('button', { name: '大屏巡游' }).click()
    const dialog = page.locator('dialog[open]', { hasText: '大屏巡游' })
    const stops = dialog.locator('.scene-list li')
    await stops.first().waitFor(WAIT)
    const before = await stops.count()
    await dialog.getByRole('button', { name: '添加一站' }).click()
    await stops.nth(before).locator('select').selectOption({ index: 3 })
    const dwell = stops.nth(before).locator('input[type=number]')
    const save = dialog.getByRole('button', { name: '保存' })
    await dwell.fill('2')
    expect(await save.isDisabled()).toBe(true)
    await dwell.fill('15')
    await stops.nth(before).getByRole('button', { name: '上移' }).click()
    await save.click()
    await dialog.getByText('已保存').waitFor(WAIT)
    const wall = await server.signIn('wall')
    const kept = (await (await wall.request('GET', '/api/scenes')).json()) as { scenes: { kind: string; dwellSeconds: number }[] }
    expect(kept.scenes).toHaveLength(before + 1)
    expect(kept.scenes[before - 1]).toMatchObject({ kind: 'compound', dwellSeconds: 15 })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ ...WAIT, state: 'detached' })
    expect(faults).toEqual([])
  })

  test('the second officer to acknowledge is told by whom it was done', async () => {
    const { page } = await desk()
    await hazard('shop-second', '测试修车铺')
    await row(page, '测试修车铺').click(WAIT)
    const alarmId = await row(page, '测试修车铺').getAttribute('data-alarm')
    const supervisor = await server.signIn('supervisor')
    // Between this officer's press of the button and its arrival somebody else was quicker.
    await page.route('**/acknowledge', async (route) => {
      const target = `/api/alarms/${encodeURIComponent(alarmId ?? '')}/acknowledge`
      const first = await supervisor.request('POST', target, { reason: 'real' })
      expect(first.status).toBe(200)
      await route.continue()
    })
    await page.getByRole('button', { name: '误报' }).click()
    const answer = page.waitForResponse('**/acknowledge', WAIT)
    await page.locator('.acknowledge button[type=submit]').click()
    const refused = await answer
    expect(refused.status()).toBe(409)
    expect(await refused.json()).toMatchObject({ code: 'already_acknowledged', by: 'supervisor' })
    await page.locator('.acknowledged-at').waitFor(WAIT)
    await page.unroute('**/acknowledge')
  })

  test('a note that looks like a phone number is not sent', async () => {
    const { page } = await desk()
    await hazard('shop-note', '测试五金店')
    await row(page, '测试五金店').click(WAIT)
    await page.locator('.acknowledge input').fill('打电话 13800138000')
    await page.getByText('说明中疑似含电话或证件号').waitFor(WAIT)
    expect(await page.locator('.acknowledge button[type=submit]').isDisabled()).toBe(true)
  })

  test('names are text, whatever a source sends', async () => {
    const watched = await desk()
    await hazard('shop-markup', '<img src=x onerror=alert(1)>')
    await row(watched.page, '<img src=x').click(WAIT)
    await watched.page.locator('.detail-where', { hasText: '<img src=x' }).waitFor(WAIT)
    expect(await watched.page.locator('img[src="x"]').count()).toBe(0)
    expect(watched.faults).toEqual([])
  })

  test('a code typed at the desk lets that wall in, and takes it away again', async () => {
    const { page, faults } = await desk()
    const asked = await page.request.post(`${server.origin}/api/pairings`, { data: {}, headers: { origin: server.origin } })
    const { id, code } = (await asked.json()) as { id: string; code: string }
    await page.getByRole('button', { name: '大屏', exact: true }).click()
    await page.locator('input[name=code]').fill(code)
    await page.locator('input[name=name]').fill('一楼大厅')
    await page.getByRole('button', { name: '配对', exact: true }).click()
    await page.getByText('已配对：一楼大厅').waitFor(WAIT)
    // The wall asks again and gets its cookie; here it is kept apart from the desk's.
    const wall = await fetch(`${server.origin}/api/pairings/${id}`, { headers: { cookie: pairingCookie(asked.headers()) } })
    expect(await wall.json()).toMatchObject({ state: 'paired' })
    const listed = page.locator('.walls-list li', { hasText: '一楼大厅' })
    await listed.getByRole('button').click(WAIT)
    await listed.getByRole('button').click()
    await listed.waitFor({ ...WAIT, state: 'detached' })
    await page.keyboard.press('Escape')
    expect(faults).toEqual([])
  })

  test('a wall that nobody let in shows a code, and comes up by itself once it is approved', async () => {
    const wall = await openPage(browser, { width: 1280, height: 720 }, { coarse: true })
    open.push(wall)
    await wall.page.goto(`${server.origin}/wall`)
    const code = await wall.page.locator('.pair-wall-code').innerText(WAIT)
    // Whoever stands here hears once what an alarm will sound like.
    await wall.page.getByRole('button', { name: '试听告警声' }).click()
    await wall.page.getByText('已播放').waitFor(WAIT)
    const duty = await server.signIn('duty')
    const approved = await duty.request('POST', `/api/pairings/${encodeURIComponent(code)}/approve`, { name: '二楼大厅' })
    expect(approved.status).toBe(200)
    await wall.page.locator('main.wall').waitFor(WAIT)
    expect(wall.faults).toEqual([])
  })

  function pairingCookie(headers: Record<string, string>): string {
    return headers['set-cookie']?.split(';', 1)[0] ?? ''
  }
})
