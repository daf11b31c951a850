import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { ROOT, tool } from './project.ts'
import { run } from './run.ts'

const OUTPUT = path.join(ROOT, 'dist', 'client')
/** What the built client was made from; beside it, because a build empties its own folder. */
const MARK = path.join(ROOT, 'dist', 'client.sources')
const SOURCES = ['client', 'shared', 'vite.config.ts', 'package-lock.json']

/** `current`: nothing to do; `built`: made now; `failed`: it does not build. */
export type ClientBuild = 'current' | 'built' | 'failed'

/** Builds the client unless dist/client was made from the sources as they are. */
export async function ensureClient(): Promise<ClientBuild> {
  const sources = sourcesDigest()
  const made = existsSync(MARK) ? readFileSync(MARK, 'utf8') : ''
  if (made === sources && existsSync(path.join(OUTPUT, 'index.html'))) return 'current'
  process.stdout.write('构建页面 / building the client …\n')
  const code = await run(process.execPath, [tool('vite'), 'build', '--logLevel', 'warn'])
  if (code !== 0) return 'failed'
  writeFileSync(MARK, sources)
  return 'built'
}

function sourcesDigest(): string {
  const hash = createHash('sha256')
  for (const name of SOURCES) {
    const at = path.join(ROOT, name)
    if (!existsSync(at)) continue
    for (const file of filesIn(at)) hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function filesIn(at: string): string[] {
  const files = readdirSafe(at)
  if (files === null) return [at]
  return files.filter((name) => !name.endsWith('.test.ts')).flatMap((name) => filesIn(path.join(at, name)))
}

/** The names in a folder, in order; null when it is a file. */
function readdirSafe(at: string): string[] | null {
  try {
    return readdirSync(at).toSorted()
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOTDIR') return null
    throw cause
  }
}
