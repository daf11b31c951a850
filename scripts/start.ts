import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { ensureClient } from './support/build-client.ts'
import { COMPILED, requireNode, ROOT } from './support/project.ts'

/** The server's exit code for "starting again would not help": 78, EX_CONFIG of sysexits. */
const HOPELESS = 78
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
/** A server that was ready this long was well: the next restart is quick again. */
const HEALTHY_MS = 60_000
/** An ordered stop writes what is under way; longer than this it hangs. */
const STOP_LIMIT_MS = 30_000

const USAGE = `npm start [-- --no-demo]
  --no-demo   serves the data folder as it is: makes no demo community, no demo accounts, no demo feed
Options come from the environment or from .env: HOST, PORT, DATA_DIR and more, see docs/configuration.md.
`

/** Runs the server and starts it again, with back-off, when it ends by itself. SIGINT and SIGTERM stop it in order; a second one by force. */
function supervise(args: readonly string[]): void {
  let child: ChildProcess | null = null
  let restart: NodeJS.Timeout | null = null
  let readyAt: number | null = null
  let failures = 0
  let isStopping = false

  const start = (): void => {
    readyAt = null
    // A group of its own, so that Ctrl-C in a terminal reaches the server through here, once and in order.
    const started = spawn(process.execPath, [path.join(ROOT, 'server', 'main.ts'), ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
      env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
    })
    child = started
    started.on('message', () => {
      readyAt = performance.now()
    })
    started.once('error', (cause) => process.stderr.write(`${cause.message}\n`))
    started.once('exit', (code, signal) => {
      child = null
      if (isStopping || code === 0 || code === HOPELESS) process.exit(code === HOPELESS ? 1 : (code ?? 1))
      failures = readyAt !== null && performance.now() - readyAt > HEALTHY_MS ? 0 : failures + 1
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10))
      process.stderr.write(`服务器意外退出 / the server ended (${signal ?? code}); it starts again in ${waitMs / 1000} s\n`)
      restart = setTimeout(start, waitMs)
    })
  }

  const stop = (): void => {
    if (restart !== null) clearTimeout(restart)
    if (child === null) process.exit(0)
    if (isStopping) child.kill('SIGKILL')
    else child.kill('SIGTERM')
    isStopping = true
    setTimeout(() => child?.kill('SIGKILL'), STOP_LIMIT_MS).unref()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  start()
}

function readArguments(): readonly string[] {
  try {
    const { values } = parseArgs({ options: { 'no-demo': { type: 'boolean' }, help: { type: 'boolean' } } })
    if (values.help === true) {
      process.stdout.write(USAGE)
      process.exit(0)
    }
    return values['no-demo'] === true ? ['--no-demo'] : []
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : 'wrong arguments'}\n${USAGE}`)
    process.exit(2)
  }
}

requireNode()
const args = readArguments()
const build = await ensureClient()
if (build === 'failed') {
  const hasOlder = existsSync(path.join(ROOT, 'dist', 'client', 'index.html'))
  process.stderr.write(`页面构建失败 / the client does not build${hasOlder ? '; the older one is served' : ''}\n`)
  if (!hasOlder) process.exit(1)
}
supervise(args)
