/**
 * Copies the database while the server runs: `npm run backup [-- FILE]`. Without a name the copy goes to the folder
 * `backups` of the data folder.
 */
import path from 'node:path'

import { readStartOptions } from '../server/config/read-config.ts'
import { backUp } from '../server/database/backup.ts'
import { DatabaseError } from '../server/database/database-error.ts'
import { formatInstant } from '../shared/domain/field.ts'

function main(): number {
  const { config: result } = readStartOptions()
  if (!result.ok) {
    console.error(result.problems.map(({ option, message }) => `${option}: ${message}`).join('\n'))
    return 1
  }
  const { dataDir, databaseUrl } = result.config
  if (databaseUrl !== null) {
    console.error('The log is kept in PostgreSQL: back it up with pg_dump, and copy the folder `keys` of DATA_DIR apart.')
    return 2
  }
  const stamp = formatInstant(Date.now()).replaceAll(/[-:]/g, '').slice(0, 15)
  const target = process.argv[2] ?? path.join(dataDir, 'backups', `lookout-${stamp}Z.sqlite`)
  const { file, bytes, seq, recordedAt } = backUp(dataDir, target)
  console.log(`${file}: ${bytes} bytes, the log to change ${seq}${recordedAt > 0 ? ` of ${formatInstant(recordedAt)}` : ''}.`)
  console.log(
    `Not in it: keys (${path.join(dataDir, 'keys')}), recordings and pictures. Copy the keys apart and keep them elsewhere:`,
  )
  console.log('without them the addresses of cameras have to be entered again, and nothing new is signed as this site.')
  return 0
}

try {
  process.exitCode = main()
} catch (cause) {
  if (!(cause instanceof DatabaseError)) throw cause
  console.error(cause.message)
  process.exitCode = 1
}
