import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type { AuditTable, IdempotencyTable, IntegrationsTable, SourcesTable } from './tables/accounts.ts'

type Db = Kysely<Database>

export async function insertSource(db: Db, source: SourcesTable): Promise<void> {
  await db.insertInto('sources').values(source).execute()
}

export function sourceById(db: Db, id: string): Promise<SourcesTable | undefined> {
  return db.selectFrom('sources').selectAll().where('id', '=', id).executeTakeFirst()
}

export function listSources(db: Db): Promise<SourcesTable[]> {
  return db.selectFrom('sources').selectAll().orderBy('createdAt').execute()
}

export async function deleteSource(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('sources').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export async function insertIntegration(db: Db, integration: IntegrationsTable): Promise<void> {
  await db.insertInto('integrations').values(integration).execute()
}

export function integrationById(db: Db, id: string): Promise<IntegrationsTable | undefined> {
  return db.selectFrom('integrations').selectAll().where('id', '=', id).executeTakeFirst()
}

export function listIntegrations(db: Db): Promise<IntegrationsTable[]> {
  return db.selectFrom('integrations').selectAll().orderBy('createdAt').execute()
}

export async function deleteIntegration(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('integrations').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export function keptAnswer(db: Db, sourceId: string, key: string): Promise<IdempotencyTable | undefined> {
  return db.selectFrom('idempotency').selectAll().where('sourceId', '=', sourceId).where('key', '=', key).executeTakeFirst()
}

/** Keeps an answer; one that is there under the same key has to be older than `replaceBeforeMs`, or this throws. */
export async function keepAnswer(db: Db, row: IdempotencyTable, replaceBeforeMs: number): Promise<void> {
  await db
    .deleteFrom('idempotency')
    .where('sourceId', '=', row.sourceId)
    .where('key', '=', row.key)
    .where('createdAt', '<', replaceBeforeMs)
    .execute()
  await db.insertInto('idempotency').values(row).execute()
}

export async function forgetAnswers(db: Db, beforeMs: number): Promise<void> {
  await db.deleteFrom('idempotency').where('createdAt', '<', beforeMs).execute()
}

export async function insertAudit(db: Db, row: AuditTable): Promise<void> {
  await db.insertInto('audit').values(row).execute()
}

/** The newest rows of the audit trail before an id, newest first. */
export function listAudit(
  db: Db,
  filter: { before: string | null; subject: string | null; limit: number },
): Promise<AuditTable[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .$if(filter.before !== null, (query) => query.where('id', '<', filter.before ?? ''))
    .$if(filter.subject !== null, (query) => query.where('subject', '=', filter.subject))
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .execute()
}
