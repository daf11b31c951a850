import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import { unzipSync, zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD, type RunningServer, type Session } from '../support/server.ts'
import { FFMPEG_PATH } from '../support/video-hub.ts'

/** Software graphics, a camera and a recorder on two cores that others use too. */
const WAIT = { timeout: 60_000 }
const SIZE = { width: 1440, height: 900 }
/** Enough to play a little. */
const RECORDED_MS = 6_000

/** For whoever wants to look: a picture into the folder that EVIDENCE_PICTURES names. */
async function snap(page: Page, name: string): Promise<void> {
  const into = process.env['EVIDENCE_PICTURES']
  if (into !== undefined) await page.screenshot({ path: path.join(into, `${name}.png`) })
}

/** Until something outside is so; the hook's own deadline ends a wait that would never. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 300))
}

describe.skipIf(CHROMIUM_PATH === null || FFMPEG_PATH === null)('evidence in Chromium', () => {
  let server: RunningServer
  let browser: Browser | undefined
  let supervisor: Session
  let open: WatchedPage[] = []
  let folder = ''
  let cameraId = ''
  let range = { from: '', to: '' }

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lookout-bundle-'))
    server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD } })
    const admin = await server.signIn('admin')
    supervisor = await server.signIn('supervisor')
    // The demo's cameras are registered beside everything else.
    const registered = async (): Promise<string> => {
      const { cameras } = (await (await admin.request('GET', '/api/cameras')).json()) as { cameras: { id: string }[] }
      return cameras[0]?.id ?? ''
    }
    await until(async () => (await registered()) !== '')
    cameraId = await registered()
    expect((await admin.request('PATCH', `/api/cameras/${cameraId}`, { recording: 'always' })).status).toBe(200)
    const spanned = async (): Promise<number> => {
      const to = new Date(Date.now() + 60_000).toISOString()
      const asked = await supervisor.request(
        'GET',
        `/api/recordings/${cameraId}?from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${to}`,
      )
      const { spans } = (await asked.json()) as { spans: { from: string; to: string }[] }
      // A camera that was lost for a moment at its start has a short one before.
      const span = spans.find(({ from, to: end }) => Date.parse(end) - Date.parse(from) > RECORDED_MS)
      if (span === undefined) return 0
      range = { from: span.from, to: span.to }
      return Date.parse(span.to) - Date.parse(span.from)
    }
    await until(async () => (await spanned()) > RECORDED_MS)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  afterEach(async () => {
    for (const { context } of open) await context.close()
    open = []
  })

  async function tab(): Promise<WatchedPage> {
    const watched = await openPage(browser as Browser, SIZE, { coarse: true })
    open.push(watched)
    return watched
  }
  const shown = (page: Page) =>
    page.evaluate(() => {
      const [canvas, video] = [document.querySelector('canvas'), document.querySelector('video')]
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return {
        colours: new Set(
          Array.from({ length: 20_000 }, (_, index) => pixels[Math.floor((index * pixels.length) / 80_000) * 4 + 1]),
        ).size,
        videoSeconds: video?.currentTime ?? 0,
        videoReady: (video?.readyState ?? 0) >= 2,
        recorded: document.querySelector('figure')?.dataset['recorded'],
      }
    })

  test('a bundle is unpacked and looked at from its folder, map and video, with nothing installed', async () => {
    const asked = await supervisor.request('POST', '/api/evidence', {
      ...range,
      layers: ['buildings', 'merchants', 'cameras', 'stations', 'alarms', 'cases'],
      cameras: [cameraId],
      reason: '核查回放',
    })
    expect(asked.status).toBe(202)
    const { id } = (await asked.json()) as { id: string }
    const state = async () => ((await (await supervisor.request('GET', `/api/evidence/${id}`)).json()) as { state: string }).state
    await expect.poll(state, WAIT).toBe('ready')
    const zip = new Uint8Array(await (await supervisor.request('GET', `/api/evidence/${id}/bundle.zip`)).arrayBuffer())
    writeFileSync(path.join(folder, 'bundle.zip'), zip)
    writeFileSync(path.join(folder, 'site.pub'), await (await supervisor.request('GET', '/api/evidence/key.pub')).text())
    for (const [name, bytes] of Object.entries(unzipSync(zip))) {
      const target = path.join(folder, 'unpacked', name)
      mkdirSync(path.dirname(target), { recursive: true })
      writeFileSync(target, bytes)
    }
    const { page, faults } = await tab()
    const asks: string[] = []
    page.on('request', (request) => void asks.push(request.url()))
    await page.goto(pathToFileURL(path.join(folder, 'unpacked', 'viewer.html')).href)
    await page.locator('canvas').waitFor(WAIT)
    await expect.poll(async () => Number(await page.locator('#viewer').getAttribute('data-seq')), WAIT).toBeGreaterThan(0)
    await expect.poll(async () => (await shown(page)).videoReady, WAIT).toBe(true)
    expect((await shown(page)).recorded).toBe('true')
    // The community and its records are on the map: many colours, not a blank.
    expect((await shown(page)).colours).toBeGreaterThan(8)
    await page.getByRole('button', { name: '播放' }).click(WAIT)
    await expect.poll(async () => (await shown(page)).videoSeconds, WAIT).toBeGreaterThan(1.5)
    await page.getByRole('button', { name: '暂停' }).click(WAIT)
    const at = Number(await page.locator('#viewer').getAttribute('data-at'))
    await expect
      .poll(
        async () =>
          Math.abs(
            (await shown(page)).videoSeconds -
              (Number(await page.locator('#viewer').getAttribute('data-at')) - Date.parse(range.from)) / 1000,
          ),
        WAIT,
      )
      .toBeLessThan(0.1)
    expect(at).toBeGreaterThan(Date.parse(range.from))
    // Back at the beginning it shows the very state that it began with.
    // The slider goes in tenths of a second from the beginning.
    const from = Date.parse(range.from)
    const seqAt = async (tenths: number): Promise<string | null> => {
      const ms = String(from + tenths * 100)
      await page.locator('input[type=range]').fill(ms)
      await expect.poll(() => page.locator('#viewer').getAttribute('data-at'), WAIT).toBe(ms)
      return page.locator('#viewer').getAttribute('data-seq')
    }
    const late = Math.floor((Date.parse(range.to) - from) / 100) - 3
    const first = await seqAt(5)
    const last = await seqAt(late)
    expect(Number(last)).toBeGreaterThan(Number(first))
    expect(await seqAt(5)).toBe(first)
    await snap(page, 'viewer')
    await page.getByRole('button', { name: 'English' }).click(WAIT)
    await page.getByRole('heading', { name: 'Alarms at this instant' }).waitFor(WAIT)
    expect(asks.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    expect(faults).toEqual([])
  })

  test('anyone checks it at /verify: it holds by the key of the site; a changed bit is named by its part', async () => {
    const { page, faults } = await tab()
    const asks: string[] = []
    await page.goto(`${server.origin}/verify`)
    await page.locator('input[name=bundle]').waitFor(WAIT)
    page.on('request', (request) => void asks.push(`${request.method()} ${new URL(request.url()).pathname}`))
    const check = async (bundle: string, key: string | null): Promise<string> => {
      await page.locator('input[name=bundle]').setInputFiles(path.join(folder, bundle))
      await page.locator('input[name=key]').setInputFiles(key === null ? [] : path.join(folder, key))
      await page.getByRole('button', { name: '核对', exact: true }).click(WAIT)
      const outcome = page.locator('.verify-outcome')
      await outcome.waitFor(WAIT)
      return `${await outcome.getAttribute('data-outcome')} ${(await outcome.textContent()) ?? ''}`
    }
    expect(await check('bundle.zip', 'site.pub')).toMatch(/^holds 完整，且由该站点签名.*核查回放/)
    await snap(page, 'verify')
    expect(await check('bundle.zip', null)).toMatch(/^whole 完整，但签名者未知/)
    // A byte inside a part: one of the zip's own is not what was signed.
    const parts = unzipSync(new Uint8Array(readFileSync(path.join(folder, 'bundle.zip'))))
    const names = Object.keys(parts).toSorted()
    const name = names.find((each) => each.startsWith('log/chunk-community-') || each.startsWith('log/unsealed-community-'))
    const bytes = parts[name ?? ''] ?? new Uint8Array()
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4
    writeFileSync(path.join(folder, 'changed.zip'), zipSync(parts))
    expect(await check('changed.zip', 'site.pub')).toMatch(/^fails 不成立文件被改动.*log\/(chunk|unsealed)-community-\d+\.bin/)
    await snap(page, 'verify-fails')
    expect(await check('bundle.zip', 'bundle.zip')).toMatch(/^fails 不成立所选公钥不是/)
    expect(asks.filter((ask) => !ask.startsWith('GET /assets/'))).toEqual([])
    expect(faults).toEqual([])
  })

  test('all recordings around a place come up together, each of the instant of the clock', async () => {
    const { page, faults } = await tab()
    await signInAs(page, server.origin, 'supervisor')
    // Where they have to be seen without scrolling.
    await page.setViewportSize({ width: 1920, height: 1080 })
    const t = new Date(Date.now() - 8_000).toISOString()
    await page.goto(`${server.origin}/replay?${new URLSearchParams({ t, view: 'place/114.650000,33.620000' })}`)
    await page.getByRole('button', { name: '最多 9 路' }).click(WAIT)
    await page.locator('input[name=watch-reason]').fill('核查各路录像', WAIT)
    await page.locator('input[name=watch-reason]').press('Enter')
    // Whatever a tile shows on the way there, it is never a picture of another instant.
    const offsets = (): Promise<number[]> =>
      page
        .locator('.recorded-tile .camera-tile-figures')
        .evaluateAll((all) => all.map((each) => Number(/-?[\d.]+/.exec(each.textContent)?.[0])))
    await expect
      .poll(async () => {
        for (const offset of await offsets()) expect(Math.abs(offset)).toBeLessThan(1)
        return page.locator('.recorded-tile[data-phase=shown]').count()
      }, WAIT)
      .toBe(8)
    const panel = await page.locator('.replay-cameras').evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)
    expect(panel).toBeLessThanOrEqual(1)
    expect(faults).toEqual([])
  })

  test('a range of the replay is held and filed; the file takes a note and a still; the hold is released with a reason', async () => {
    const { page, faults } = await tab()
    await signInAs(page, server.origin, 'supervisor')
    const at = new Date(Date.parse(range.to) - 1_000)
    await page.goto(`${server.origin}/replay?${new URLSearchParams({ t: at.toISOString(), view: `cameras/${cameraId}` })}`)
    // Recordings are seen for a reason, and carry across the picture who looks and when.
    await page.locator('input[name=watch-reason]').fill('核查回放', WAIT)
    await page.locator('input[name=watch-reason]').press('Enter')
    const tile = page.locator(`.recorded-tile[data-camera="${cameraId}"][data-phase=shown]`)
    await tile.waitFor(WAIT)
    await tile.locator('.watermark', { hasText: /supervisor 20\d\d\/\d/ }).waitFor(WAIT)
    await page.getByRole('button', { name: '设为终点' }).click(WAIT)
    await page.getByRole('button', { name: '保全 / 建卷' }).click(WAIT)
    const dialog = page.locator('.keep-dialog')
    const hold = dialog.getByRole('button', { name: '保全此段' })
    expect(await hold.isDisabled()).toBe(true)
    await dialog.locator('textarea[name=reason]').fill('核查路口拥堵')
    await hold.click(WAIT)
    await dialog.getByText('已保全').waitFor(WAIT)
    await dialog.getByRole('button', { name: '建立卷宗' }).click(WAIT)
    await dialog.getByRole('link', { name: '打开卷宗' }).click(WAIT)
    await page.locator('.incident-file').waitFor(WAIT)
    await page.locator('textarea[name=note]').fill('值班员已通知交警')
    await page.getByRole('button', { name: '添加说明' }).click(WAIT)
    await page.locator('.incident-notes li', { hasText: '值班员已通知交警' }).waitFor(WAIT)
    // Beijing time, as the page says.
    await page.locator('select[name=camera]').selectOption(cameraId)
    const then = new Date(at.getTime() - (at.getUTCSeconds() === 2 ? 3_000 : 2_000) + 8 * 3_600_000)
    await page.locator('input[name=at]').fill(then.toISOString().slice(0, 19))
    await page.getByRole('button', { name: '截取此刻' }).click(WAIT)
    const still = page.locator('.incident-stills img')
    await still.waitFor(WAIT)
    await expect.poll(() => still.evaluate((image: HTMLImageElement) => image.naturalWidth), WAIT).toBeGreaterThan(0)
    await snap(page, 'incident')
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button', { name: '打印' }).isVisible()).toBe(false)
    await snap(page, 'incident-print')
    await page.emulateMedia({ media: 'screen' })
    await page.goto(`${server.origin}/incidents`)
    await page.getByRole('button', { name: '解除' }).click(WAIT)
    await page.locator('input[name=release-reason]').fill('核查结束')
    await snap(page, 'incidents')
    await page.locator('form').getByRole('button', { name: '解除' }).click(WAIT)
    await page.locator('li[data-held=false]', { hasText: '核查结束' }).waitFor(WAIT)
    expect(faults).toEqual([])
  })
})
