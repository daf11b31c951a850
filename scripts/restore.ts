/** Puts a backup in the place of the database; the server must be stopped: `npm run restore -- FILE`. */
import { readStartOptions } from '../server/config/read-config.ts'
import { restore } from '../server/database/backup.ts'
import { DatabaseError } from '../server/database/database-error.ts'
import { formatInstant } from '../shared/domain/field.ts'

function main(): number {
  const backup = process.argv[2]
  const { config: result } = readStartOptions()
  if (!result.ok) {
    console.error(result.problems.map(({ option, message }) => `${option}: ${message}`).join('\n'))
    return 1
  }
  if (backup === undefined) {
    console.error('Usage: npm run restore -- FILE')
    return 2
  }
  const { dataDir, databaseUrl } = result.config
  if (databaseUrl !== null) {
    console.error(
      'The log is kept in PostgreSQL: restore it with pg_restore, then: update "logHead" set "epoch" = gen_random_uuid(); delete from "sessions";',
    )
    return 2
  }
  const { seq, recordedAt, kept, epoch } = restore(backup, dataDir)
  console.log(
    `Restored to change ${seq}${recordedAt > 0 ? ` of ${formatInstant(recordedAt)}` : ''}; the log's new epoch is ${epoch}.`,
  )
  if (kept !== null) console.log(`What was there before is kept as ${kept}.`)
  console.log(
    'Everybody signs in again. Walls, sources and integrations that were revoked after the backup are valid again: look at them now.',
  )
  return 0
}

try {
  process.exitCode = main()
} catch (cause) {
  if (!(cause instanceof DatabaseError)) throw cause
  console.error(cause.message)
  process.exitCode = 1
}
