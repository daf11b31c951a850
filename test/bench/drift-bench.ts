import { existsSync } from 'node:fs'

import { z } from 'zod'

import { TIMECODE, TIMECODE_BITS } from '../../server/demo/rtsp-camera/scene.ts'
import { startDemoCameras } from '../../server/demo/rtsp-camera/demo-camera-server.ts'
import type { RunningRtspServer } from '../../server/demo/rtsp-camera/rtsp-server.ts'
import { CHROMIUM_PATH, launchChromium, openPage, signInAs } from '../support/chromium.ts'
import { startServer, TEST_PASSWORD, type Session } from '../support/server.ts'

/** Long enough that all cameras have come up, and for the samples to be played. */
const RECORDED_MS = 75_000
const BACK_MS = 40_000
const SAMPLES = 160
const PATIENCE_MS = 180_000
const FFMPEG_PATH = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg'].find((path) => existsSync(path)) ?? null
const camerasSchema = z.object({ cameras: z.array(z.looseObject({ id: z.string() })) })

/**
 * How far each recording is from the clock of the replay at 1x, read off the pictures themselves: the demo's cameras burn the
 * instant into each frame when they are asked to. DRIFT_TILES: cameras at once (4, or 9: all eight that the demo has).
 */
export async function run(): Promise<void> {
  if (CHROMIUM_PATH === null || FFMPEG_PATH === null) return console.log('drift: skipped, there is no Chromium or no ffmpeg')
  const most = Number(process.env['DRIFT_TILES'] ?? 4)
  const server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, FFMPEG_PATH } })
  const browser = await launchChromium()
  let demo: RunningRtspServer | null = null
  try {
    demo = await recordAll(await server.signIn('admin'))
    await new Promise((resolve) => setTimeout(resolve, RECORDED_MS))
    const { page } = await openPage(browser, { width: 1920, height: 1080 })
    page.setDefaultTimeout(PATIENCE_MS)
    await signInAs(page, server.origin, 'supervisor')
    const from = new Date(Date.now() - BACK_MS).toISOString()
    await page.goto(`${server.origin}/replay?t=${from}&view=place/114.650000,33.620000`)
    await page.locator('input[name=watch-reason]').fill('测量画面与时钟的偏差')
    await page
      .locator(`.replay-cameras h2 button`)
      .nth(most > 4 ? 1 : 0)
      .click()
    await page.locator('.replay-cameras button[type=submit]').click()
    await page
      .locator('.recorded-tile[data-phase="shown"]')
      .nth(most > 4 ? 7 : 3)
      .waitFor()
    await page.keyboard.press('l')
    await page.waitForTimeout(4_000)
    const found = await page.evaluate(sample, { ...TIMECODE, bits: TIMECODE_BITS, samples: SAMPLES })
    const off = found.map(Math.abs).toSorted((a, b) => a - b)
    const at = (quantile: number): number => Math.round(off[Math.floor((off.length - 1) * quantile)] ?? Number.NaN)
    console.log(
      `drift of ${most > 4 ? 8 : 4} recordings from the clock at 1x, from ${off.length} pictures: ` +
        `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms (aim 100)`,
    )
  } finally {
    await browser.close()
    await server.stop()
    await demo?.close()
  }
}

/** The demo's cameras, pulled from a server of the same pictures that also burns the instant in as squares, and all recorded. */
async function recordAll(admin: Session): Promise<RunningRtspServer> {
  const registered = async () => camerasSchema.parse(await (await admin.request('GET', '/api/cameras')).json()).cameras
  while ((await registered()).length < 8) await new Promise((resolve) => setTimeout(resolve, 500))
  const cameras = (await registered()).map(({ id }) => ({ id, name: id }))
  const options = { ffmpegPath: FFMPEG_PATH ?? '', cameras, credentials: null, port: 0, now: Date.now }
  const demo = await startDemoCameras({ ...options, hasTimecode: true })
  for (const { id } of cameras) {
    const url = `rtsp://127.0.0.1:${demo.port}/${id}/main`
    const answer = await admin.request('PATCH', `/api/cameras/${id}`, { url, subUrl: url, recording: 'always' })
    if (!answer.ok) throw new Error(await answer.text())
  }
  return demo
}

/** In the page: whenever the clock on the screen moves, one tile's picture is read, in turn, and compared with that clock: what an eye sees side by side. */
function sample(code: {
  readonly left: number
  readonly top: number
  readonly side: number
  readonly bits: number
  readonly samples: number
}): Promise<number[]> {
  const canvas = document.createElement('canvas')
  canvas.width = 1280
  canvas.height = 720
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const clock = document.querySelector('.replay-when time')
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.recorded-tile video')]
  const off: number[] = []
  return new Promise((resolve) => {
    let turn = 0
    const observer = new MutationObserver(() => {
      const video = videos[turn++ % videos.length]
      const atMs = Date.parse(clock?.getAttribute('datetime') ?? '')
      if (video === undefined || context === null || video.videoWidth !== 1280) return
      context.drawImage(video, 0, 0)
      const { data } = context.getImageData(0, code.top + code.side / 2, 1280, 1)
      let picture = 0
      for (let bit = 0; bit < code.bits; bit += 1) {
        picture = picture * 2 + ((data[4 * (code.left + bit * code.side + code.side / 2)] ?? 0) > 128 ? 1 : 0)
      }
      // The code holds the lowest bits of the time; the rest is that of the clock.
      const whole = 2 ** code.bits
      off.push(((((atMs - picture + whole / 2) % whole) + whole) % whole) - whole / 2)
      if (off.length < code.samples) return
      observer.disconnect()
      resolve(off)
    })
    if (clock !== null) observer.observe(clock, { attributes: true, attributeFilter: ['datetime'] })
  })
}
