import type { Kysely } from 'kysely'

import type { KeptPhase } from '../../shared/alarms/rule-phases.ts'
import type { PhaseStep } from '../../shared/alarms/alarm-engine.ts'
import type { TimelineMark } from '../../shared/alarms/timeline-marks.ts'
import type { Database } from './schema.ts'
import type { AlarmNotesTable, ScenesTable } from './tables/alarms.ts'

type Db = Kysely<Database>

export async function listPhases(db: Db): Promise<KeptPhase[]> {
  const rows = await db.selectFrom('alarmPhases').selectAll().execute()
  return rows as KeptPhase[]
}

/** Writes phases that began, and forgets those of records that are gone. */
export async function keepPhases(db: Db, steps: readonly PhaseStep[]): Promise<void> {
  for (const step of steps) {
    if (step.phase === null) {
      await db.deleteFrom('alarmPhases').where('layer', '=', step.layer).where('id', '=', step.id).execute()
      continue
    }
    const { kind, layer, id, phase, sinceMs } = step
    await db
      .insertInto('alarmPhases')
      .values({ kind, layer, id, phase, sinceMs })
      .onConflict((conflict) => conflict.columns(['layer', 'id', 'kind']).doUpdateSet({ phase, sinceMs }))
      .execute()
  }
}

export async function insertNote(db: Db, note: AlarmNotesTable): Promise<void> {
  await db.insertInto('alarmNotes').values(note).execute()
}

/** The last note about an alarm; undefined when there is none. */
export function latestNote(db: Db, alarmId: string): Promise<AlarmNotesTable | undefined> {
  return db.selectFrom('alarmNotes').selectAll().where('alarmId', '=', alarmId).orderBy('at', 'desc').limit(1).executeTakeFirst()
}

/** Erases a note's text and salt; the row stays and says that there was one. */
export async function eraseNote(db: Db, noteId: string): Promise<void> {
  await db.updateTable('alarmNotes').set({ text: null, salt: null }).where('id', '=', noteId).execute()
}

/** Marks with `recordedAt` in a range, both inclusive; the first `limit` in the order asked for. */
export async function listMarks(
  db: Db,
  range: { readonly fromMs: number; readonly toMs: number; readonly limit: number; readonly newestFirst: boolean },
): Promise<TimelineMark[]> {
  const rows = await db
    .selectFrom('timelineMarks')
    .selectAll()
    .where('recordedAt', '>=', range.fromMs)
    .where('recordedAt', '<=', range.toMs)
    .orderBy('recordedAt', range.newestFirst ? 'desc' : 'asc')
    .limit(range.limit)
    .execute()
  return rows.map(({ layer, id, step, at, recordedAt, key, grade }) => ({
    layer: layer as TimelineMark['layer'],
    id,
    step: step as TimelineMark['step'],
    atMs: at,
    recordedAtMs: recordedAt,
    key,
    grade,
  }))
}

/** A mark that is there keeps its times: a case that is sent again was not reported again. */
export async function keepMarks(db: Db, marks: readonly TimelineMark[]): Promise<void> {
  for (const { layer, id, step, atMs, recordedAtMs, key, grade } of marks) {
    await db
      .insertInto('timelineMarks')
      .values({ layer, id, step, at: atMs, recordedAt: recordedAtMs, key, grade })
      .onConflict((conflict) => conflict.columns(['layer', 'id', 'step']).doUpdateSet({ key, grade }))
      .execute()
  }
}

export async function forgetMarks(db: Db, beforeMs: number): Promise<void> {
  await db.deleteFrom('timelineMarks').where('recordedAt', '<', beforeMs).execute()
}

export function scenesOf(db: Db, wallId: string): Promise<ScenesTable | undefined> {
  return db.selectFrom('scenes').selectAll().where('wallId', '=', wallId).executeTakeFirst()
}

export async function putScenes(db: Db, row: ScenesTable): Promise<void> {
  const { scenes, changedAt, changedBy } = row
  await db
    .insertInto('scenes')
    .values(row)
    .onConflict((conflict) => conflict.column('wallId').doUpdateSet({ scenes, changedAt, changedBy }))
    .execute()
}

export async function deleteScenes(db: Db, wallId: string): Promise<void> {
  await db.deleteFrom('scenes').where('wallId', '=', wallId).execute()
}
