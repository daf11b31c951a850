import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { ROOT, tool } from './project.ts'
import { capture } from './run.ts'

const FIXTURES = path.join(ROOT, 'test', 'lint-fixtures')

/** A file that must be refused: where it would stand, and by which rule. */
interface Fixture {
  readonly name: string
  readonly at: string
  readonly expects: string
  readonly files: readonly { readonly at: string; readonly text: string }[]
}

/**
 * Puts each fixture where it claims to stand, in a copy of the project's settings, and looks whether the linter, or the
 * compiler for rules that begin with TS, refuses it by the rule that it names.
 * @returns a line for each fixture that passed unnoticed: the linter sleeps there
 */
export async function sleepingRules(): Promise<readonly string[]> {
  const fixtures = readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.ts.txt'))
    .map(readFixture)
  const asleep: string[] = []
  for (const fixture of fixtures) {
    const text = await refusalsOf(fixture)
    if (!text.includes(fixture.expects)) asleep.push(`${fixture.name}: ${fixture.expects} did not speak at ${fixture.at}`)
  }
  if (fixtures.length === 0) asleep.push('there are no fixtures')
  return asleep
}

function readFixture(file: string): Fixture {
  const text = readFileSync(path.join(FIXTURES, file), 'utf8')
  const at = /^\/\/ at (\S+)$/m.exec(text)?.[1]
  const expects = /^\/\/ expects (\S+)$/m.exec(text)?.[1]
  if (at === undefined || expects === undefined) throw new Error(`${file} does not say where it stands and what it expects`)
  const other = /^\/\/ also (\S+): (.+)$/m.exec(text)
  const repeated = /^\/\/ repeat (\d+): (.+)$/m.exec(text)
  const lines = Array.from({ length: Number(repeated?.[1] ?? 0) }, (_, index) =>
    (repeated?.[2] ?? '').replaceAll('@', String(index)),
  )
  const files = [{ at, text: `${text}${lines.join('\n')}\n` }]
  if (other?.[1] !== undefined && other[2] !== undefined) files.push({ at: other[1], text: `${other[2]}\n` })
  return { name: file, at, expects, files }
}

async function refusalsOf({ at, expects, files }: Fixture): Promise<string> {
  const copy = mkdtempSync(path.join(tmpdir(), 'lookout-lint-'))
  try {
    const [area = ''] = at.split('/')
    for (const name of ['.oxlintrc.json', 'tsconfig.base.json', `${area}/tsconfig.json`]) {
      mkdirSync(path.dirname(path.join(copy, name)), { recursive: true })
      cpSync(path.join(ROOT, name), path.join(copy, name))
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'))
    for (const file of files) {
      mkdirSync(path.dirname(path.join(copy, file.at)), { recursive: true })
      writeFileSync(path.join(copy, file.at), file.text)
    }
    const options = { cwd: copy }
    const said = expects.startsWith('TS')
      ? await capture(tool('tsc'), ['--noEmit', '-p', area], options)
      : await capture(tool('oxlint'), ['--type-aware', '--deny-warnings', '.'], options)
    return said?.text ?? ''
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
