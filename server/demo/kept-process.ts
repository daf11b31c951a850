import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { CHILD_ENVIRONMENT } from '../config/child-environment.ts'

export interface KeptProcessOptions {
  /** The module to run. */
  readonly module: string
  /** What it reads on stdin at each start; secrets go here, never into arguments or environment. */
  readonly order: () => string
  /** Lines of its output and of its errors. */
  readonly onLine: (line: string) => void
  /** An exit code after which it is not started again. */
  readonly finalCode: number | null
}

export interface KeptProcess {
  /** Ends it by SIGTERM, after a while by force; resolves when it is gone. */
  stop(): Promise<void>
}

const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 15_000
/** A process that lived this long was well: the next restart is quick again. */
const HEALTHY_MS = 60_000
const STOP_LIMIT_MS = 3_000

/** A helper process that is started again, with back-off, whenever it ends by itself. It has an empty environment. */
export function keepProcess({ module, order, onLine, finalCode }: KeptProcessOptions): KeptProcess {
  let child: ChildProcess | null = null
  let restart: NodeJS.Timeout | null = null
  let failures = 0
  let isStopping = false

  const start = (): void => {
    const startedAt = performance.now()
    const started = fork(module, [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'], env: CHILD_ENVIRONMENT, execArgv: [] })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', onLine)
    }
    // A process that dies before it has read its order breaks the pipe; its exit says all.
    started.stdin?.on('error', () => undefined)
    started.stdin?.end(order())
    started.once('error', () => undefined)
    started.once('exit', (code) => {
      child = null
      if (isStopping || (finalCode !== null && code === finalCode)) return
      failures = performance.now() - startedAt > HEALTHY_MS ? 0 : failures + 1
      const waitMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(failures, 10))
      restart = setTimeout(start, waitMs)
    })
  }
  start()
  return {
    async stop() {
      isStopping = true
      if (restart !== null) clearTimeout(restart)
      const running = child
      if (running === null) return
      const gone = once(running, 'exit')
      const limit = setTimeout(() => running.kill('SIGKILL'), STOP_LIMIT_MS)
      running.kill('SIGTERM')
      await gone
      clearTimeout(limit)
    },
  }
}
