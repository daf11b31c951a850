import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type { AuditTable } from './tables/accounts.ts'
import type { IncidentNotesTable, IncidentsTable, IncidentStillsTable } from './tables/incidents.ts'

type Db = Kysely<Database>

export async function insertIncident(db: Db, row: IncidentsTable): Promise<void> {
  await db.insertInto('incidents').values(row).execute()
}

/** Newest first. */
export function listIncidents(db: Db, limit: number): Promise<IncidentsTable[]> {
  return db.selectFrom('incidents').selectAll().orderBy('createdAt', 'desc').orderBy('id').limit(limit).execute()
}

export function incidentById(db: Db, id: string): Promise<IncidentsTable | undefined> {
  return db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Deletes a file with its notes and stills; false when there is none. */
export async function deleteIncident(db: Db, id: string): Promise<boolean> {
  await db.deleteFrom('incidentNotes').where('incidentId', '=', id).execute()
  await db.deleteFrom('incidentStills').where('incidentId', '=', id).execute()
  const done = await db.deleteFrom('incidents').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export async function insertIncidentNote(db: Db, row: IncidentNotesTable): Promise<void> {
  await db.insertInto('incidentNotes').values(row).execute()
}

export function incidentNotes(db: Db, incidentId: string): Promise<IncidentNotesTable[]> {
  return db.selectFrom('incidentNotes').selectAll().where('incidentId', '=', incidentId).orderBy('at').orderBy('id').execute()
}

/** Erases a note's text; the row stays and says that there was one. False when there is none, or it was erased before. */
export async function eraseIncidentNote(db: Db, incidentId: string, id: string): Promise<boolean> {
  const done = await db
    .updateTable('incidentNotes')
    .set({ text: null })
    .where('id', '=', id)
    .where('incidentId', '=', incidentId)
    .where('text', 'is not', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

export async function insertStill(db: Db, row: IncidentStillsTable): Promise<void> {
  await db.insertInto('incidentStills').values(row).execute()
}

/** In the order of their pictures, without them. */
export function incidentStills(db: Db, incidentId: string): Promise<Omit<IncidentStillsTable, 'jpeg'>[]> {
  return db
    .selectFrom('incidentStills')
    .select(['id', 'incidentId', 'cameraId', 'takenAt', 'addedAt', 'seat'])
    .where('incidentId', '=', incidentId)
    .orderBy('takenAt')
    .orderBy('id')
    .execute()
}

export async function stillPicture(db: Db, incidentId: string, id: string): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('incidentStills')
    .select('jpeg')
    .where('id', '=', id)
    .where('incidentId', '=', incidentId)
    .executeTakeFirst()
  return row?.jpeg ?? null
}

/** Rows of the audit trail of some actions in a range of time, both inclusive, oldest first. */
export function auditBetween(
  db: Db,
  range: { readonly fromMs: number; readonly toMs: number; readonly actions: readonly string[]; readonly limit: number },
): Promise<AuditTable[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .where('id', '>=', firstIdOf(range.fromMs))
    .where('id', '<', firstIdOf(range.toMs + 1))
    .where('action', 'in', range.actions)
    .orderBy('id')
    .limit(range.limit)
    .execute()
}

/** The id of a row of the audit trail begins with its time, in twelve hexadecimal digits. */
const firstIdOf = (ms: number): string => Math.max(0, ms).toString(16).padStart(12, '0')
