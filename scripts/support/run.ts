import { spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'

import { ROOT } from './project.ts'

/** Runs a command to its end with its output on ours; its exit code, 1 when a signal ended it or it did not start. */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options })
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } catch {
    return 1 // It was not there to be started.
  }
}

/** Runs a command quietly; what it wrote and its exit code, null when it did not start. */
export async function capture(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<{ readonly code: number; readonly text: string } | null> {
  const child = spawn(command, args, { cwd: ROOT, ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  child.stderr?.on('data', (part: Buffer) => parts.push(part))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? 1, text: Buffer.concat(parts).toString('utf8') }
  } catch {
    return null
  }
}
