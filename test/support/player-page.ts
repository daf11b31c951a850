import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'
import type { MediaHandle, VideoHub } from '../../server/video/video-hub.ts'
import { mediaQuerySchema } from '../../shared/protocol/media.ts'

export const CHROMIUM_PATH: string | null =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ?? null

export const CHROMIUM_ARGUMENTS = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu']

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' }
const PAGE =
  '<!doctype html><html lang="zh"><meta charset="utf-8"><title>players</title><body><script type="module" src="/page.js"></script>'

/** The players as the client ships them, on a page of their own, with the real media socket behind it. */
export interface PlayerPage {
  readonly origin: string
  readonly handles: MediaHandle[]
  close(): Promise<void>
}

/** @param entry a client-side module, bundled by Vite and run by the page */
export async function servePlayerPage(entry: string, hub: Pick<VideoHub, 'openMedia'>): Promise<PlayerPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'lookout-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js', chunkFileNames: '[name]-[hash].js' } },
    },
  })
  const handles: MediaHandle[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname
    if (extname(path) === '') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
      return
    }
    readFile(join(outDir, path)).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://page')
    const query = mediaQuerySchema.parse(Object.fromEntries(url.searchParams))
    handles.push(hub.openMedia(request, socket, head, { cameraId: url.pathname.split('/').at(-1) ?? '', ...query }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handles,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await rm(outDir, { recursive: true })
    },
  }
}
