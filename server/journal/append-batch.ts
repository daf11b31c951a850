import type { Kysely, Transaction } from 'kysely'

import type { Database } from '../database/schema.ts'
import { SqliteConnection } from '../database/sqlite-dialect.ts'
import type { Batch, Fact } from './batch.ts'
import { insertChanges, insertStep } from './hot-rows.ts'
import { HeadMoved } from './journal-errors.ts'

/**
 * Moves the head and stores the changes and their facts in one transaction. Moving the head from where it is believed to
 * be is the fence: of two writers one finds it moved.
 * @throws HeadMoved
 */
export async function appendBatch(db: Kysely<Database>, batch: Batch, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0 && (await appendInOneMessage(db, batch))) return
  await db.transaction().execute(async (trx) => {
    const moved = await movedHead(trx, batch).executeTakeFirst()
    if (Number(moved.numUpdatedRows) !== 1) throw new HeadMoved(batch.from - 1)
    await insertChanges(trx, batch.changes)
    for (const fact of facts) await fact(trx)
  })
}

/** SQLite in its thread: every message is a wait of its own, so the usual commit is a single one. False on PostgreSQL. */
function appendInOneMessage(db: Kysely<Database>, batch: Batch): Promise<boolean> {
  return db.getExecutor().provideConnection(async (connection) => {
    if (!(connection instanceof SqliteConnection)) return false
    const { sql, parameters } = movedHead(db, batch).compile()
    if (!(await connection.transact([{ sql, parameters, must: true }, insertStep(batch.changes)])))
      throw new HeadMoved(batch.from - 1)
    return true
  })
}

function movedHead(db: Kysely<Database> | Transaction<Database>, { from, changes }: Batch) {
  const last = changes.at(-1)
  return db
    .updateTable('logHead')
    .set(last === undefined ? { seq: from - 1 } : { seq: last.seq, recordedAt: last.recordedAt })
    .where('id', '=', 1)
    .where('seq', '=', from - 1)
}
