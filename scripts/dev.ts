import { spawn } from 'node:child_process'
import path from 'node:path'

import { createServer } from 'vite'

import { requireNode, ROOT } from './support/project.ts'

/** The server, started again at each change of its sources, and Vite in front of it with the client as it is being written. */
requireNode()
if (process.env['PORT'] === undefined) process.env['PORT'] = '8080'
const target = `http://127.0.0.1:${process.env['PORT']}`

const server = spawn(process.execPath, ['--watch', path.join(ROOT, 'server', 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
const vite = await createServer({
  configFile: path.join(ROOT, 'vite.config.ts'),
  server: {
    // The Host of the browser goes through, so that the server's check of the Origin holds here too.
    proxy: {
      '/api': { target, changeOrigin: false },
      '/healthz': { target },
      '/readyz': { target },
      '/socket.io': { target, ws: true, changeOrigin: false },
      '/media': { target, ws: true, changeOrigin: false },
    },
  },
})
await vite.listen()
vite.printUrls()

const stop = (): void => {
  server.kill('SIGTERM')
  void vite.close().then(() => process.exit(0))
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
