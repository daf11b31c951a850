import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { openDatabase } from '../../server/database/open-database.ts'
import { createRecordingIndex } from '../../server/database/recordings.ts'
import { fragmentBytes, initSegment } from '../support/fmp4-builder.ts'

const ROOT = join(import.meta.dirname, '../..')
const START_MS = Date.UTC(2026, 10, 23, 12)

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lookout-check-'))
  await (await openDatabase({ dataDir, databaseUrl: null })).close()
})
afterAll(async () => await rm(dataDir, { recursive: true }))

const check = () =>
  spawnSync(process.execPath, ['scripts/recordings-check.ts'], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' },
    encoding: 'utf8',
  })

test('npm run recordings:check finds what the index does not know, cuts a torn end, and has nothing to say the next time', async () => {
  const folder = join(dataDir, 'recordings', 'one')
  await mkdir(folder, { recursive: true })
  const whole = Buffer.concat([initSegment(), ...[0, 1, 2].map((frame) => fragmentBytes(frame * 6_000, frame === 0))])
  const path = join(folder, `${START_MS}.mp4`)
  await writeFile(path, Buffer.concat([whole, fragmentBytes(18_000, false).subarray(0, 50)]))
  await writeFile(join(folder, `${START_MS + 60_000}.mp4`), 'no picture at all')
  const first = check()
  expect([first.status, first.stderr]).toEqual([0, ''])
  expect(first.stdout.trim().split('\n')).toEqual([
    `adopted one/${START_MS}.mp4`,
    `empty one/${START_MS + 60_000}.mp4`,
    '2 files: 1 mended, 1 without a picture.',
  ])
  expect((await stat(path)).size).toBe(whole.length)
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  const row = await createRecordingIndex(handle.db).segment('one', START_MS)
  await handle.close()
  expect(row).toMatchObject({ closed: true, bytes: whole.length })
  expect(check().stdout).toContain(' 0 mended')
})
