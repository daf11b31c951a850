import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

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

describe.skipIf(CHROMIUM_PATH === null)('the layout of wall and desk', { timeout: 300_000 }, () => {
  let room: CommunityRoom
  let browser: Browser
  let wall: WatchedPage
  let standing = ''

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

  async function openWall(size: (typeof SIZES)[number], language: 'zh' | 'en'): Promise<Page> {
    const { page } = wall
    // A wall that stands as it is wanted is not opened again.
    const wanted = `${size.width}x${size.height} ${language}`
    if (standing === wanted) return page
    standing = wanted
    await page.setViewportSize(size)
    await page.goto(`${room.server.origin}/wall?dim=0&lang=${language}`)
    await page.locator('.wall-link[data-stale=false]').waitFor(WAIT)
    await page.locator('.wall-alarms li').nth(5).waitFor(WAIT)
    await page.locator('.map-card').first().waitFor(WAIT)
    await page.locator('.camera-tile-notice').first().waitFor(WAIT)
    await page.evaluate(() => document.fonts.ready.then(() => undefined))
    return page
  }
  async function openDesk(desk: WatchedPage, language: 'zh' | 'en'): Promise<Page> {
    const { page } = desk
    await signInAs(page, room.server.origin, 'duty')
    await page.goto(`${room.server.origin}/desk?lang=${language}`)
    await page.locator('.link-chip[data-phase=live]').waitFor(WAIT)
    await page.locator('.acknowledge').waitFor(WAIT)
    await page.locator('.map-drawing').waitFor({ ...WAIT, state: 'detached' })
    await page.locator('.camera-tile-notice').first().waitFor(WAIT)
    await page.evaluate(() => document.fonts.ready.then(() => undefined))
    return page
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

  for (const size of SIZES) {
    for (const language of LANGUAGES) {
      test(`the wall at ${size.width}x${size.height} in ${language}: nothing overlaps, is too small, too faint, cut or a box`, async () => {
        const page = await openWall(size, language)
        const { faults, characters } = await page.evaluate(layoutFaults, wallRules(size.leastTextPx))
        expect(faults).toEqual([])
        expect(boxes(characters)).toEqual([])
        expect(characters.length).toBeGreaterThan(50)
        expect(wall.faults).toEqual([])
      })
    }
  }

  for (const language of LANGUAGES) {
    test(`the desk in ${language}: nothing overlaps, is too small, too faint, cut or a box`, async () => {
      const desk = await openPage(browser, SIZES[0])
      const page = await openDesk(desk, language)
      const { faults, characters } = await page.evaluate(layoutFaults, {
        leastTextPx: 14,
        panels: '.desk-header, .desk-panel, .search, .layer-toggles, .map-buttons, .coverage-toggle, .near-cameras, .map-data',
        grounds: MAP_GROUNDS,
        mayBeCut: '.queue-what, .near-name, .camera-tile-name, .done-panel, .camera-tile-notice, .change-list',
      })
      expect(faults).toEqual([])
      expect(boxes(characters)).toEqual([])
      expect(characters.length).toBeGreaterThan(50)
      expect(desk.faults).toEqual([])
      await desk.context.close()
    })
  }
})
