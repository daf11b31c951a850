import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { Browser, Page } from 'playwright-core'

import { findFfmpeg } from '../../server/video/ffmpeg-command.ts'
import { layCable } from '../support/cable.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { openRoom, type CommunityRoom } from '../support/community-room.ts'
import { startServer, TEST_PASSWORD } from '../support/server.ts'
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts'

const FOLDER = path.join(import.meta.dirname, '..', '..', 'docs', 'pictures')
/** A processor draws a wall slowly, and the machine may be busy. */
const PATIENCE = { timeout: 240_000 }
const HD = { width: 1920, height: 1080 }
/** A map that flies, icons that come: what is seen after this long is what stays. */
const SETTLE_MS = 7_000

interface Shot {
  readonly name: string
  readonly size: { readonly width: number; readonly height: number }
  readonly user: string
  readonly path: string | ((room: CommunityRoom) => Promise<string>)
  /** What has to be true of the community first. */
  readonly before?: (room: CommunityRoom) => Promise<void>
  /** What has to be seen before the picture is taken. */
  readonly ready: (page: Page) => Promise<void>
  /** What happens before its eyes, and what has to be seen after that. */
  readonly during?: (room: CommunityRoom, page: Page) => Promise<void>
  /** The width that is kept; the whole without. */
  readonly keptWidth?: number
}

const painted = (page: Page) => page.locator('main.wall[data-painted=true]').waitFor(PATIENCE)
const tiles = (page: Page) =>
  page.waitForFunction(
    () => [...document.querySelectorAll('.camera-tile')].every((tile) => tile.getAttribute('data-phase') === 'playing'),
    undefined,
    PATIENCE,
  )
/** The wall goes round its tour again: no alarm has it. */
const onTour = async (page: Page): Promise<void> => {
  await painted(page)
  await page.locator('main.wall[data-shot=scene]').waitFor(PATIENCE)
  await tiles(page)
}
const REPLAYED_AFTER_MS = 40_000
/** The shop's hazard that the room has been told of, and when. */
const hazard = async (room: CommunityRoom): Promise<{ readonly id: string; readonly atMs: number } | null> => {
  const alarm = (await room.records('alarms')).find(({ kind }) => kind === 'merchant_hazard')
  return alarm === undefined ? null : { id: alarm.id, atMs: Date.parse(String(alarm['observedAt'])) }
}
const wall = { size: HD, user: 'wall', path: '/wall?dim=0&takeover=0', ready: onTour } as const

/** In the order in which the community can be in these states. */
const SHOTS: readonly Shot[] = [
  { ...wall, name: 'wall', before: (room) => room.happen('hazard', 'overdue') },
  { ...wall, name: 'wall-3840x2160-half', size: { width: 3840, height: 2160 }, keptWidth: 1920 },
  { ...wall, name: 'wall-2560x720', size: { width: 2560, height: 720 } },
  { ...wall, name: 'wall-english', path: '/wall?dim=0&takeover=0&lang=en' },
  { ...wall, name: 'wall-night', path: '/wall?dim=1&takeover=0' },
  {
    name: 'desk',
    size: HD,
    user: 'duty',
    path: '/desk',
    async ready(page) {
      await page.locator('.link-chip[data-phase=live]').waitFor(PATIENCE)
      await page.locator('.queue-row').first().click(PATIENCE)
      await page.locator('.map-drawing').waitFor({ ...PATIENCE, state: 'detached' })
      await tiles(page)
    },
  },
  {
    name: 'replay',
    size: HD,
    user: 'supervisor',
    async before(room) {
      if ((await hazard(room)) === null) await room.happen('hazard')
    },
    async path(room) {
      const { id, atMs } = (await hazard(room)) ?? { id: '', atMs: Date.now() }
      // Until the recordings of then can be asked for.
      await delay(Math.max(0, atMs + REPLAYED_AFTER_MS - Date.now()))
      return `/replay?${new URLSearchParams({ t: new Date(atMs + REPLAYED_AFTER_MS / 2).toISOString(), view: `alarms/${id}` })}`
    },
    async ready(page) {
      await page.locator('input[name=watch-reason]').fill('核查隐患', PATIENCE)
      await page.locator('input[name=watch-reason]').press('Enter')
      await page.locator('.recorded-tile[data-phase=shown]').nth(3).waitFor(PATIENCE)
      await page.locator('.map-drawing').waitFor({ ...PATIENCE, state: 'detached' })
    },
  },
  {
    name: 'hotspots',
    size: HD,
    user: 'office',
    path: '/hotspots',
    ready: (page) => page.locator('table tbody tr').first().waitFor(PATIENCE),
  },
  {
    ...wall,
    name: 'wall-one-alarm',
    path: '/wall?dim=0',
    before: (room) => room.acknowledgeAll(),
    async during(room, page) {
      await room.happen('sos')
      await page.locator('main.wall[data-shot=alarm]').waitFor(PATIENCE)
      await tiles(page)
    },
  },
  {
    ...wall,
    name: 'wall-camera-lost',
    async before(room) {
      await room.acknowledgeAll()
      const admin = await room.server.signIn('admin')
      const [camera] = (await room.records('cameras')).toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const nowhere = 'rtsp://127.0.0.1:554/gone'
      const answer = await admin.request('PATCH', `/api/cameras/${camera?.id}`, { url: nowhere, subUrl: nowhere })
      if (!answer.ok) throw new Error(await answer.text())
    },
    async ready(page) {
      await painted(page)
      await page.locator('.wall-alarms li', { hasText: '摄像头离线' }).first().waitFor(PATIENCE)
      await page.locator('main.wall[data-shot=scene]').waitFor(PATIENCE)
    },
  },
  {
    ...wall,
    name: 'wall-twelve-alarms',
    async before(room) {
      await room.acknowledgeAll()
      await room.happen(
        ...(['sos', 'overdue', 'hazard', 'hazard'] as const),
        ...Array.from({ length: 8 }, () => 'hazard' as const),
      )
    },
    ready: onTour,
  },
]

/** Takes the pictures of docs/pictures from a demo of its own: those that the command names, all without. */
export async function run(): Promise<void> {
  const wanted = process.argv.slice(2)
  if (CHROMIUM_PATH === null) throw new Error('there is no Chromium on this machine')
  await mkdir(FOLDER, { recursive: true })
  const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
  const scratch = await mkdtemp(path.join(tmpdir(), 'lookout-pictures-'))
  const browser = await launchChromium()
  const room = await openRoom()
  try {
    for (const shot of SHOTS) {
      if (!wants(shot.name)) continue
      await shot.before?.(room)
      const { page, context } = await openPage(browser, shot.size)
      await signInAs(page, room.server.origin, shot.user)
      await page.goto(room.server.origin + (typeof shot.path === 'string' ? shot.path : await shot.path(room)))
      await shot.ready(page)
      await shot.during?.(room, page)
      await take(page, shot.name, scratch, shot.keptWidth)
      await context.close()
    }
    if (wants('wall-deuteranopia')) await withoutGreen(browser, room, scratch)
    if (wants('wall-stale')) await withCableOut(browser, room, scratch)
    if (wants('wall-empty') || wants('wall-not-recorded')) await withoutData(browser, room, scratch, wants)
  } finally {
    await browser.close()
    await room.stop()
    await rm(scratch, { recursive: true, force: true })
  }
}

/** As an eye without green cones sees it. */
async function withoutGreen(browser: Browser, room: CommunityRoom, scratch: string): Promise<void> {
  const { page, context } = await openPage(browser, HD)
  await signInAs(page, room.server.origin, 'wall')
  await page.goto(`${room.server.origin}/wall?dim=0&takeover=0`)
  await onTour(page)
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' })
  await take(page, 'wall-deuteranopia', scratch)
  await context.close()
}

async function withCableOut(browser: Browser, room: CommunityRoom, scratch: string): Promise<void> {
  const cable = await layCable(room.server.port)
  const { page, context } = await openPage(browser, HD)
  await signInAs(page, cable.origin, 'wall')
  await page.goto(`${cable.origin}/wall?dim=0&takeover=0`)
  await onTour(page)
  cable.pull()
  await page.locator('.stale-banner[data-kind=stale]').waitFor(PATIENCE)
  await take(page, 'wall-stale', scratch)
  await context.close()
  // What still waits for the other end is let go, or the wire would never close.
  cable.plug()
  await cable.close()
}

/** The same place on a server that nobody has told anything; then on one whose disk is full, where tests may have a small one. */
async function withoutData(
  browser: Browser,
  room: CommunityRoom,
  scratch: string,
  wants: (name: string) => boolean,
): Promise<void> {
  const smallDisk = mountSmallDisk(400)
  const dataDir = smallDisk ?? path.join(scratch, 'empty')
  await mkdir(dataDir, { recursive: true })
  await cp(path.join(room.server.dataDir, 'site'), path.join(dataDir, 'site'), { recursive: true })
  const server = await startServer({ dataDir, env: { JOURNAL_RESERVE_MB: '16' } })
  const { page, context } = await openPage(browser, HD)
  const admin = await server.setUp()
  const made = await admin.request('POST', '/api/users', { username: 'duty', password: TEST_PASSWORD, role: 'duty' })
  if (!made.ok) throw new Error(await made.text())
  await signInAs(page, server.origin, 'duty')
  await page.goto(`${server.origin}/wall?dim=0`)
  await painted(page)
  if (wants('wall-empty')) await take(page, 'wall-empty', scratch)
  if (smallDisk !== null && wants('wall-not-recorded')) {
    const { token } = await server.addSource(admin, ['stations'])
    fillDisk(smallDisk, 8)
    const fields = { name: '1号暖心驿站', position: [114.65, 33.62], state: 'open' }
    const line = { layer: 'stations', id: 'st-1', op: 'put', observedAt: new Date().toISOString(), fields }
    const refused = await server.ingest(token, [line])
    if (refused.status !== 507) throw new Error(`recorded on a full disk: ${refused.status}`)
    await page.locator('.stale-banner[data-kind=journal]').waitFor(PATIENCE)
    await take(page, 'wall-not-recorded', scratch)
  }
  await context.close()
  await server.stop()
  if (smallDisk !== null) unmountSmallDisk(smallDisk)
}

/** Keeps a picture in 256 colours: a third of the bytes, and nobody sees it. */
async function take(page: Page, name: string, scratch: string, keptWidth?: number): Promise<void> {
  await page.waitForTimeout(SETTLE_MS)
  const whole = path.join(scratch, `${name}.png`)
  await page.screenshot({ path: whole, timeout: PATIENCE.timeout })
  const scale = keptWidth === undefined ? '' : `scale=${keptWidth}:-1:flags=lanczos,`
  const filter = `${scale}split[whole][same];[whole]palettegen=max_colors=256[palette];[same][palette]paletteuse=dither=none`
  const kept = path.join(FOLDER, `${name}.png`)
  const ffmpeg = findFfmpeg(process.env['FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '')
  if (ffmpeg === null) throw new Error('there is no ffmpeg on this machine')
  await promisify(execFile)(ffmpeg, ['-y', '-v', 'error', '-i', whole, '-vf', filter, '-frames:v', '1', kept])
  process.stdout.write(`${name}\n`)
}
