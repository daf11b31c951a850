import { sql, type Kysely, type Transaction } from 'kysely'

import type { Database } from '../database/schema.ts'
import { SqliteConnection } from '../database/sqlite-dialect.ts'
import type { SqliteStep } from '../database/sqlite-session.ts'
import type { ChangesTable } from '../database/tables/log.ts'
import { OPS } from '../../shared/domain/entry.ts'
import type { Fields } from '../../shared/domain/field.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'

const INSERT =
  'insert into "changes" ("seq", "recordedAt", "observedAt", "layer", "id", "op", "fields") values (?, ?, ?, ?, ?, ?, ?)'
const COLUMNS = 7

/** Adds changes not yet sealed. On both databases one message whatever their number, to spare the server's thread. */
export async function insertChanges(trx: Transaction<Database>, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await trx.getExecutor().provideConnection(async (connection) => {
    if (connection instanceof SqliteConnection) await connection.runMany(INSERT, COLUMNS, valuesOf(changes))
    else await unnested(changes).execute(trx)
  })
}

/** The same as a step of a transaction that goes to SQLite in one message. */
export function insertStep(changes: readonly Change[]): SqliteStep {
  return { sql: INSERT, width: COLUMNS, rows: valuesOf(changes) }
}

/** One flat list of plain values: the cheapest thing to hand to another thread, some 2 us a change all told. */
function valuesOf(changes: readonly Change[]): (string | number)[] {
  const values: (string | number)[] = []
  for (const { seq, recordedAt, observedAt, layer, id, op, fields } of changes) {
    values.push(seq, recordedAt, observedAt, LAYERS.indexOf(layer), id, OPS.indexOf(op), JSON.stringify(fields))
  }
  return values
}

/** PostgreSQL: one array literal a column. `text[]` and not JSON, because its JSON functions refuse an escaped NUL. */
function unnested(changes: readonly Change[]) {
  const column = (of: (change: Change) => string | number) => `{${changes.map(of).join(',')}}`
  return sql`
    insert into "changes" ("seq", "recordedAt", "observedAt", "layer", "id", "op", "fields")
    select * from unnest(
      ${column((change) => change.seq)}::bigint[], ${column((change) => change.recordedAt)}::bigint[],
      ${column((change) => change.observedAt)}::bigint[], ${column((change) => LAYERS.indexOf(change.layer))}::integer[],
      ${column((change) => quoted(change.id))}::text[], ${column((change) => OPS.indexOf(change.op))}::integer[],
      ${column((change) => quoted(JSON.stringify(change.fields)))}::text[])`
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Changes not yet sealed after a seq, in order, at most `limit`. */
export async function readHot(db: Kysely<Database>, after: number, limit: number): Promise<Change[]> {
  const rows = await db.selectFrom('changes').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute()
  return rows.map(changeOf)
}

export function changeOf(row: ChangesTable): Change {
  const layer = LAYERS[row.layer]
  const op = OPS[row.op]
  if (layer === undefined || op === undefined) throw new Error(`change ${row.seq} has a layer or op of another version`)
  const { seq, recordedAt, observedAt, id } = row
  return { layer, id, op, observedAt, fields: JSON.parse(row.fields) as Fields, seq, recordedAt }
}
