import { existsSync } from 'node:fs'

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

import { TEST_PASSWORD } from './server.ts'

/** The machine's Chromium; null where there is none, and then browser tests are skipped by name. */
export const CHROMIUM_PATH: string | null =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ?? null

/**
 * Without a graphics card, WebGL is drawn by SwiftShader and the page by Chromium's own painting, as Chromium does by itself on
 * such a machine; naming SwiftShader alone would draw the page by it too, four times slower. The rest keeps Chromium from
 * asking anything of the internet.
 */
const ARGUMENTS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The heap test collects garbage before it looks.
  '--js-flags=--expose-gc',
]

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM_PATH ?? '', args: ARGUMENTS })
}

/** A page that keeps what went wrong in it: thrown errors, refused content, console errors. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** What should be empty at the end; requests that fail with the cable out do not count. */
  readonly faults: readonly string[]
}

/** The console's words for what a test does on purpose: an unreachable server, and the answer before a sign-in. */
const EXPECTED = /net::ERR_|WebSocket connection to|status of 401|status of 409|status of 503/

/**
 * @param options `moves`: rings pulse and maps fly, as in a room; without, a processor is not kept busy with them.
 * `coarse`: two page pixels are drawn as one, for tests of what a page does and not of how it looks: a quarter of the drawing
 */
export async function openPage(
  browser: Browser,
  size: { width: number; height: number },
  options: { readonly moves?: boolean; readonly coarse?: boolean } = {},
): Promise<WatchedPage> {
  const reducedMotion = options.moves === true ? 'no-preference' : 'reduce'
  const deviceScaleFactor = options.coarse === true ? 0.5 : 1
  const locality = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai' }
  const context = await browser.newContext({ viewport: size, deviceScaleFactor, reducedMotion, ...locality })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(message.text())
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`refused by the content security policy: ${violatedDirective} ${blockedURI}`)
    })
  })
  return { page, context, faults }
}

/** Signs in without the form, as who a demo account is called. */
export async function signInAs(page: Page, origin: string, username: string, password = TEST_PASSWORD): Promise<void> {
  const answer = await page.request.post(`${origin}/api/session`, { data: { username, password }, headers: { origin } })
  if (!answer.ok()) throw new Error(`sign-in as ${username}: ${answer.status()} ${await answer.text()}`)
}
