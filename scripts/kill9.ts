import { requireNode, tool } from './support/project.ts'
import { run } from './support/run.ts'

/** `npm run kill9 [-- ROUNDS]`: the test of kill -9 at random moments, 50 times or as often as asked. */
requireNode()
const rounds = Number(process.argv[2] ?? 50)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  process.stderr.write('npm run kill9 [-- ROUNDS]\n')
  process.exit(2)
}
const env = {
  ...process.env,
  KILL9_ROUNDS: String(rounds),
  KILL9_SEED: process.env['KILL9_SEED'] ?? String(Date.now() % 1_000_000),
}
process.stdout.write(`seed ${env.KILL9_SEED}\n`)
process.exitCode = await run(process.execPath, [tool('vitest'), 'run', '--project', 'system', 'test/integration/kill9.test.ts'], {
  env,
})
