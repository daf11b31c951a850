import { readdirSync } from 'node:fs'
import path from 'node:path'

import { ensureClient } from './build-client.ts'
import { ROOT } from './project.ts'

/**
 * Runs the modules `<name><suffix>` of a folder one after another, each by its `run()`; all of them without names.
 * What they look at is the client of the sources as they are.
 * @returns the exit code: 1 when one of them or the client's build failed, 2 when a name is not known
 */
export async function runModules(folder: string, suffix: string, wanted: readonly string[]): Promise<number> {
  const at = path.join(ROOT, folder)
  const known = readdirSync(at)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .toSorted()
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}\n`)
    return 2
  }
  if ((await ensureClient()) === 'failed') return 1
  let code = 0
  for (const name of wanted.length === 0 ? known : wanted) {
    process.stdout.write(`\n== ${name}\n`)
    const module: unknown = await import(path.join(at, `${name}${suffix}`))
    if (!hasRun(module)) {
      process.stderr.write(`${name} has no run()\n`)
      code = 1
      continue
    }
    try {
      await module.run()
    } catch (cause) {
      process.stderr.write(`${name} failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
      code = 1
    }
  }
  return code
}

function hasRun(module: unknown): module is { run(): Promise<void> } {
  return typeof module === 'object' && module !== null && 'run' in module && typeof module.run === 'function'
}
