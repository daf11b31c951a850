/**
 * Makes files and index of recordings agree, and says what it found: `npm run recordings:check`. Reads every file, so it takes as
 * long as the disk needs for that. The server must not run: it holds the data folder.
 */
import path from 'node:path'

import { readStartOptions } from '../server/config/read-config.ts'
import { DatabaseError } from '../server/database/database-error.ts'
import { openDatabase } from '../server/database/open-database.ts'
import { createRecordingIndex } from '../server/database/recordings.ts'
import { repairRecordings } from '../server/video/recording-repair.ts'

async function main(): Promise<number> {
  const { config: result } = readStartOptions()
  if (!result.ok) {
    console.error(result.problems.map(({ option, message }) => `${option}: ${message}`).join('\n'))
    return 1
  }
  const { dataDir, databaseUrl } = result.config
  const handle = await openDatabase({ dataDir, databaseUrl })
  try {
    const report = await repairRecordings(path.join(dataDir, 'recordings'), createRecordingIndex(handle.db), true)
    for (const kind of ['closed', 'adopted', 'reindexed', 'missing', 'empty'] as const) {
      for (const file of report[kind]) console.log(`${kind} ${file}`)
    }
    const { closed, adopted, reindexed, missing, empty } = report
    const mended = closed.length + adopted.length + reindexed.length + missing.length
    console.log(`${report.files} files: ${mended} mended, ${empty.length} without a picture.`)
    return 0
  } finally {
    await handle.close()
  }
}

try {
  process.exitCode = await main()
} catch (cause) {
  if (!(cause instanceof DatabaseError)) throw cause
  console.error(cause.message)
  process.exitCode = 1
}
