import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { cameraStatusText } from '../../client/video/video-texts.ts'
import { CAMERA_REASONS } from '../../shared/domain/cameras.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs, type WatchedPage } from '../support/chromium.ts'
import { openRoom, type CommunityRoom } from '../support/community-room.ts'
import { coverageOf } from '../support/font-coverage.ts'
import { layoutFaults, type LayoutRules } from '../support/layout-faults.ts'

/** Software graphics on two cores that others use too. */
const WAIT = { timeout: 120_000 }
const FONTS = path.join(import.meta.dirname, '..', '..', 'node_modules', '@fontsource')
/** The map under what has no ground of its own: from the night around to the lightest wall of a house. */
const MAP_GROUNDS = ['#050a13', '#2b5fa4']

const SIZES = [
  { width: 1920, height: 1080, leastTextPx: 18 },
  { width: 3840, height: 2160, leastTextPx: 36 },
  { width: 2560, height: 720, leastTextPx: 18 },
] as const
const LANGUAGES = ['zh', 'en'] as const
/** Every reason with the state that it comes with. */
const STATUSES = CAMERA_REASONS.map((reason) => {
  if (reason === 'switched_off') return { state: 'disabled', reason } as const
  return { state: reason === 'frozen' || reason === 'slow' ? 'degraded' : 'offline', reason } as const
})

describe.skipIf(CHROMIUM_PATH === null)('the layout of wall and desk', { timeout: 300_000 }, () => {
  let room: CommunityRoom
  let browser: Browser
  let wall: WatchedPage
  let desk: WatchedPage | null = null
  let standing: 'zh' | 'en' | null = null

  beforeAll(async () => {
    room = await openRoom({ FFMPEG_PATH: '/nowhere/ffmpeg' })
    // Cameras that nobody can pull: their tiles say why they are dark, which is more text than a picture.
    const admin = await room.server.signIn('admin')
    for (const [index, name] of ['农贸市场 东门', '中街与富民一路口', 'B区 南门', '中心广场'].entries()) {
      const url = 'rtsp://127.0.0.1:554/nowhere'
      const place = { position: [114.65 + index / 1_000, 33.62], bearingDeg: 90, fieldOfViewDeg: 60, ownerKind: 'street' }
      const made = await admin.request('POST', '/api/cameras', { id: `cam-layout-${index}`, name, url, ...place })
      expect(await made.text()).toContain(`cam-layout-${index}`)
    }
    await room.happen('sos', 'overdue', 'overdue', ...Array.from({ length: 9 }, () => 'hazard' as const))
    browser = await launchChromium()
    wall = await openPage(browser, SIZES[0])
    await signInAs(wall.page, room.server.origin, 'wall')
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await room.stop()
  })

  /** The wall in a language; a wall of another size is the same page in another window, as when a display is changed. */
  async function openWall(size: (typeof SIZES)[number], language: 'zh' | 'en'): Promise<Page> {
    const { page } = wall
    await page.setViewportSize(size)
    if (standing !== language) {
      standing = language
      await page.goto(`${room.server.origin}/wall?dim=0&lang=${language}`)
      await page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
      await page.locator('.wall-alarms li').nth(5).waitFor(WAIT)
      await page.locator('.map-card').first().waitFor(WAIT)
      await page.locator('.wall-tiles .camera-tile-notice small').first().waitFor(WAIT)
    }
    // Cards and legend follow the map, which follows the window a frame later.
    const mapWidth = () => page.evaluate(() => document.querySelector('.maplibregl-canvas')?.clientWidth)
    const roomWidth = () => page.evaluate(() => document.querySelector('.maplibregl-map')?.clientWidth)
    await expect.poll(async () => (await mapWidth()) === (await roomWidth()), WAIT).toBe(true)
    await page.evaluate(() => document.fonts.ready.then(() => undefined))
    return page
  }
  async function openDesk(language: 'zh' | 'en'): Promise<WatchedPage> {
    if (desk === null) {
      desk = await openPage(browser, SIZES[0])
      await signInAs(desk.page, room.server.origin, 'duty')
      await desk.page.goto(`${room.server.origin}/desk?lang=zh`)
      await desk.page.locator('.link-chip[data-phase=live]').waitFor(WAIT)
      await desk.page.locator('.acknowledge').waitFor(WAIT)
      await desk.page.locator('.map-drawing').waitFor({ ...WAIT, state: 'detached' })
      await desk.page.locator('.camera-tile-notice').first().waitFor(WAIT)
    }
    if (language === 'en') await desk.page.locator('.desk-header').getByRole('button', { name: 'English' }).click(WAIT)
    await desk.page.evaluate(() => document.fonts.ready.then(() => undefined))
    return desk
  }
  const regular = coverageOf(path.join(FONTS, 'noto-sans-sc', 'files', 'noto-sans-sc-chinese-simplified-400-normal.woff2'))
  const latin = coverageOf(path.join(FONTS, 'noto-sans-sc', 'files', 'noto-sans-sc-latin-400-normal.woff2'))
  const boxes = (characters: string): string[] =>
    Array.from(characters).filter((each) => {
      const code = each.codePointAt(0) ?? 0
      return !regular.has(code) && !latin.has(code)
    })

  const wallRules = (leastTextPx: number): LayoutRules => ({
    leastTextPx,
    panels:
      '.wall-panel, .wall-top, .wall-legend, .wall-drawing, .map-card > div, .wall-stations > li, .wall-alarms li, .wall-tiles > div',
    grounds: MAP_GROUNDS,
    mayBeCut: '.wall-alarm-place, .camera-tile-name',
  })

  test('before any script has come the page is dark: no white flash', async () => {
    const { page, context } = await openPage(browser, SIZES[0])
    await page.route('**/*.js', (route) => route.abort())
    await page.goto(`${room.server.origin}/wall`)
    const grounds = await page.evaluate(() =>
      [document.documentElement, document.body].map((element) => getComputedStyle(element).backgroundColor),
    )
    expect(grounds).toEqual(['rgb(5, 10, 19)', 'rgb(5, 10, 19)'])
    await context.close()
  })

  test('a station tells its state by form as well as by colour', async () => {
    const page = await openWall(SIZES[0], 'zh')
    const forms = await page.evaluate(() => {
      const tile = document.querySelector<HTMLElement>('.wall-stations > li')
      if (tile === null) return []
      return ['ok', 'warning', 'alarm', 'offline', 'stale'].map((status) => {
        tile.dataset['status'] = status
        const { borderStyle } = getComputedStyle(tile)
        const { content, clipPath } = getComputedStyle(tile, '::after')
        return `${borderStyle} ${content} ${clipPath}`
      })
    })
    expect(new Set(forms).size).toBe(5)
  })

  test('alarms of different priorities have different shapes and say their number', async () => {
    const page = await openWall(SIZES[0], 'zh')
    const marks = await page.evaluate(() =>
      [...document.querySelectorAll('.wall-alarms .priority-mark')].map((mark) => ({
        shape: [...mark.querySelectorAll('path, circle, rect')]
          .map((part) => `${part.tagName} ${part.getAttribute('d')} ${part.getAttribute('fill')}`)
          .join(),
        number: mark.textContent?.trim() ?? '',
      })),
    )
    const byNumber = new Map(marks.map(({ number, shape }) => [number, shape]))
    expect([...byNumber.keys()].toSorted()).toEqual(['1', '2'])
    expect(byNumber.get('1')).not.toBe(byNumber.get('2'))
  })

  for (const language of LANGUAGES) {
    for (const size of SIZES) {
      test(`the wall at ${size.width}x${size.height} in ${language}: nothing overlaps, is too small, too faint, cut or a box`, async () => {
        const page = await openWall(size, language)
        const look = () => page.evaluate(layoutFaults, wallRules(size.leastTextPx))
        // The cards follow the map, which is drawn anew for the window.
        await expect.poll(async () => (await look()).faults, { timeout: 30_000 }).toEqual([])
        const { characters } = await look()
        expect(boxes(characters)).toEqual([])
        expect(characters.length).toBeGreaterThan(50)
        expect(wall.faults).toEqual([])
      })

      test(`a tile of the wall at ${size.width}x${size.height} in ${language} has room for every reason that keeps a camera dark`, async () => {
        const page = await openWall(size, language)
        const texts = STATUSES.map((status) => cameraStatusText(language, status))
        const cut = await page.evaluate((all) => {
          const notice = document.querySelector('.wall-tiles .camera-tile-notice small:not(.camera-tile-since)')
          if (notice === null) return ['no tile is dark']
          const before = notice.textContent
          const tooLong = all.filter((text) => {
            notice.textContent = text
            const range = document.createRange()
            range.selectNodeContents(notice)
            const [box, lines] = [notice.getBoundingClientRect(), [...range.getClientRects()]]
            return lines.some((line) => line.right > box.right + 2 || line.bottom > box.bottom + line.height / 4)
          })
          notice.textContent = before
          return tooLong
        }, texts)
        expect(cut).toEqual([])
      })
    }
  }

  for (const language of LANGUAGES) {
    test(`the desk in ${language}: nothing overlaps, is too small, too faint, cut or a box`, async () => {
      const { page, faults: broken } = await openDesk(language)
      const { faults, characters } = await page.evaluate(layoutFaults, {
        leastTextPx: 14,
        panels: '.desk-header, .desk-panel, .search, .layer-toggles, .map-buttons, .coverage-toggle, .near-cameras, .map-data',
        grounds: MAP_GROUNDS,
        mayBeCut: '.queue-what, .near-name, .camera-tile-name, .done-panel, .camera-tile-notice, .change-list',
      })
      expect(faults).toEqual([])
      expect(boxes(characters)).toEqual([])
      expect(characters.length).toBeGreaterThan(50)
      expect(broken).toEqual([])
    })
  }
})
