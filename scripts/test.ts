import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { z } from 'zod'

import { ensureClient } from './support/build-client.ts'
import { COMPILED, requireNode, ROOT, tool } from './support/project.ts'
import { run } from './support/run.ts'
import { provideSystemNeeds } from './support/system-needs.ts'
import { startTestPostgres } from './support/test-postgres.ts'

/**
 * One step after another: what starts servers and browsers would make the others' deadlines late on two cores. What mostly
 * waits runs beside the peers, which mostly wait as well.
 */
const STEPS = [['unit'], ['system'], ['peers', 'patience'], ['browser']] as const

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

interface Tally {
  passed: number
  failed: number
  skipped: number
  /** Full names, for the list before the last line. */
  readonly skippedNames: string[]
  /** What failed and why, told again at the end: what it printed may be thousands of lines before. */
  readonly failures: string[]
}

/** So much of a failure is told again at the end; the rest stands where it happened. */
const FAILURE_LINES = 12

function failure(project: string, file: string, name: string, message: string): string {
  const lines = message.split('\n').slice(0, FAILURE_LINES)
  return [`failed: ${project} ${path.relative(ROOT, file)} › ${name}`, ...lines.map((line) => `    ${line}`)].join('\n')
}

/** Runs one project and adds its tests to the tally; a file that could not be read counts as a failed test. */
async function runProject(
  project: string,
  filters: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
  tally: Tally,
): Promise<void> {
  const report = path.join(folder, `${project}.json`)
  const args = [
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const code = await run(process.execPath, [tool('vitest'), ...args, ...filters], { env })
  let failed = 0
  const parsed = existsSync(report) ? reportSchema.safeParse(JSON.parse(readFileSync(report, 'utf8'))) : null
  for (const file of parsed?.success === true ? parsed.data.testResults : []) {
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      failed += 1
      tally.failures.push(failure(project, file.name, '(the file as a whole)', file.message))
    }
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') tally.passed += 1
      else if (status === 'failed') {
        failed += 1
        tally.failures.push(failure(project, file.name, fullName, (failureMessages ?? []).join('\n')))
      } else {
        tally.skipped += 1
        tally.skippedNames.push(fullName)
      }
    }
  }
  // Vitest fails for more than tests: an error outside of any, a report that could not be written.
  if (code !== 0 && failed === 0) {
    failed += 1
    tally.failures.push(`failed: ${project} ended with ${code}, though none of its tests failed`)
  }
  tally.failed += failed
}

requireNode()
const filters = process.argv.slice(2)
const tally: Tally = { passed: 0, failed: 0, skipped: 0, skippedNames: [], failures: [] }
// Waiting for a package server and building do not disturb each other.
const [, client] = await Promise.all([provideSystemNeeds(), ensureClient()])
if (client === 'failed') {
  process.stdout.write('页面构建失败 / the client does not build\n')
  tally.failed += 1
}
const postgres = process.env['DATABASE_URL'] === undefined ? await startTestPostgres() : null
const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...(postgres === null ? {} : { DATABASE_URL: postgres.url }) }
const folder = await mkdtemp(path.join(tmpdir(), 'lookout-test-'))
try {
  for (const projects of STEPS) await Promise.all(projects.map((project) => runProject(project, filters, folder, env, tally)))
} finally {
  await rm(folder, { recursive: true, force: true })
  await postgres?.stop()
}
for (const told of tally.failures) process.stdout.write(`${told}\n`)
for (const name of tally.skippedNames) process.stdout.write(`skipped: ${name}\n`)
process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`)
process.exitCode = tally.failed === 0 ? 0 : 1
