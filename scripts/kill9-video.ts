import { requireNode, tool } from './support/project.ts'
import { run } from './support/run.ts'

/**
 * `npm run kill9:video [-- KILLS]`: kill -9 of the video process or of ffmpeg at random moments, 20 times or as often as asked; once
 * with cameras pulled by ffmpeg, once with cameras pulled by the video process itself.
 */
requireNode()
const kills = Number(process.argv[2] ?? 20)
if (!Number.isSafeInteger(kills) || kills < 2) {
  process.stderr.write('npm run kill9:video [-- KILLS]\n')
  process.exit(2)
}
const env = {
  ...process.env,
  RECORDING_KILLS: String(kills),
  RECORDING_KILLS_SEED: process.env['RECORDING_KILLS_SEED'] ?? String(Date.now() % 1_000_000),
}
process.stdout.write(`seed ${env.RECORDING_KILLS_SEED}\n`)
const args = [tool('vitest'), 'run', '--project', 'system', 'test/integration/recordings.test.ts']
for (const pull of ['ffmpeg', 'native']) {
  process.stdout.write(`pulled by ${pull}\n`)
  process.exitCode = (await run(process.execPath, args, { env: { ...env, CAMERA_PULL: pull } })) || process.exitCode
}
