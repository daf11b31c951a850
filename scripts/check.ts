import { sleepingRules } from './support/lint-fixtures.ts'
import { requireNode, tool } from './support/project.ts'
import { run } from './support/run.ts'

/** What must hold of the sources: types, lint and boundaries, nothing unused, one format; and that the linter is awake. */
requireNode()
const STEPS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  // What tsc found out is kept, so that a second run looks only at what changed.
  ...['shared', 'server', 'client', 'test'].map(
    (part) =>
      [
        `types of ${part}`,
        'tsc',
        ['-p', part, '--incremental', '--tsBuildInfoFile', `node_modules/.cache/tsc/${part}.json`],
      ] as const,
  ),
  ['lint and boundaries', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['nothing unused', 'knip', []],
  ['format', 'oxfmt', ['--check', '.']],
]

const failed: string[] = []
for (const [name, command, args] of STEPS) {
  process.stdout.write(`== ${name}\n`)
  if ((await run(tool(command), args)) !== 0) failed.push(name)
}
process.stdout.write('== the linter is awake\n')
const asleep = await sleepingRules()
for (const line of asleep) process.stdout.write(`${line}\n`)
if (asleep.length > 0) failed.push('the linter is awake')
process.stdout.write(failed.length === 0 ? 'all checks hold\n' : `failed: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1
