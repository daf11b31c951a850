/**
 * Writes golden/database-0001.sqlite once: a data folder's database as the first schema left it. Never made again.
 * Run: `npx node test/compat/make-database-golden.ts`.
 */
import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { backUp } from '../../server/database/backup.ts'
import { MIGRATIONS } from '../../server/database/migrations.ts'
import { openDatabase } from '../../server/database/open-database.ts'
import { openChangeLog } from '../../server/journal/change-log.ts'
import type { Change } from '../../shared/world/change.ts'

const dataDir = mkdtempSync(path.join(tmpdir(), 'lookout-golden-'))
const [first] = Object.entries(MIGRATIONS)
const handle = await openDatabase({
  dataDir,
  databaseUrl: null,
  migrations: Object.fromEntries(first === undefined ? [] : [first]),
})
const log = await openChangeLog(handle)
const changes = Array.from({ length: 12 }, (_, index): Change => ({
  seq: index + 1,
  recordedAt: 1_001 + index,
  observedAt: 1_000,
  layer: 'merchants',
  id: `m-${index + 1}`,
  op: 'put',
  fields: { name: 'x', position: [114.65, 33.62] },
}))
await log.append({ from: 1, changes })
await handle.db.updateTable('logHead').set({ epoch: '0001-golden-epoch' }).execute()
await log.close()
await handle.close()
const copy = path.join(dataDir, 'copy.sqlite')
backUp(dataDir, copy)
copyFileSync(copy, fileURLToPath(new URL('golden/database-0001.sqlite', import.meta.url)), constants.COPYFILE_EXCL)
rmSync(dataDir, { recursive: true })
