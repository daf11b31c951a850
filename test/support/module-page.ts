import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

import { build } from 'vite'

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' }
const PAGE = '<!doctype html><html lang="zh"><meta charset="utf-8"><body><script type="module" src="/page.js"></script>'

/** One module of the client on an empty page of its own. */
export interface ModulePage {
  readonly origin: string
  close(): Promise<void>
}

/** @param entry a module for browsers, bundled by Vite as the client is */
export async function serveModule(entry: string): Promise<ModulePage> {
  const outDir = await mkdtemp(join(tmpdir(), 'lookout-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    build: {
      outDir,
      emptyOutDir: true,
      chunkSizeWarningLimit: 4_000,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js', chunkFileNames: '[name]-[hash].js' } },
    },
  })
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
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
