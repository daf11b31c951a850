/**
 * Walks the hash chain of the whole sealed log, from its beginning or the signed checkpoint of a trim to the head, and names
 * the first broken link: `npm run log:verify`. Exit 0, or 1.
 */
import { readStartOptions } from '../server/config/read-config.ts'
import { databaseFile } from '../server/database/open-database.ts'
import { openReader } from '../server/database/open-reader.ts'
import { siteSignatures } from '../server/history/site-key.ts'
import { verifyLog } from '../server/journal/verify-log.ts'

const { config: result } = readStartOptions()
if (result.ok) {
  const { dataDir, databaseUrl } = result.config
  const db = openReader(
    databaseUrl === null ? { dialect: 'sqlite', file: databaseFile(dataDir) } : { dialect: 'postgres', databaseUrl },
  )
  const signatures = siteSignatures(dataDir)
  const verdict = await verifyLog(db, signatures)
  await db.destroy()
  if (verdict.ok) {
    const start = verdict.checkpoint === null ? 'the beginning' : `the checkpoint at change ${verdict.checkpoint}`
    const rest = verdict.unsealed === 0 ? '' : ` ${verdict.unsealed} changes after it are there, and not sealed yet.`
    console.log(`The chain holds: ${verdict.chunks} chunks from ${start} to change ${verdict.sealedTo}.${rest}`)
    if (verdict.checkpoint !== null && signatures === null)
      console.log("There is no site.key here: that the checkpoint is the site's own cannot be told.")
  } else {
    console.log(`Broken after ${verdict.chunks} good chunks: ${JSON.stringify(verdict.broken)}`)
    process.exitCode = 1
  }
} else {
  console.error(result.problems.map(({ option, message }) => `${option}: ${message}`).join('\n'))
  process.exitCode = 1
}
