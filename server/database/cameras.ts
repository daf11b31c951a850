import type { Kysely } from 'kysely'

import { consentSchema } from '../../shared/domain/consent.ts'
import type { CameraRow, CameraStore } from '../video/camera-registry.ts'
import type { Database } from './schema.ts'
import type { CamerasTable } from './tables/cameras.ts'

/** The camera registry's rows. */
export function createCameraStore(db: Kysely<Database>): CameraStore {
  return {
    async list() {
      return (await db.selectFrom('cameras').selectAll().orderBy('id').execute()).map(rowOf)
    },
    async find(id) {
      const found = await db.selectFrom('cameras').selectAll().where('id', '=', id).executeTakeFirst()
      return found === undefined ? null : rowOf(found)
    },
    async insert(row) {
      const done = await db
        .insertInto('cameras')
        .values(columnsOf(row))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst()
      return Number(done.numInsertedOrUpdatedRows ?? 0) === 1
    },
    async update(row) {
      const { id, ...columns } = columnsOf(row)
      const done = await db.updateTable('cameras').set(columns).where('id', '=', id).executeTakeFirst()
      return Number(done.numUpdatedRows) === 1
    },
    async remove(id) {
      const done = await db.deleteFrom('cameras').where('id', '=', id).executeTakeFirst()
      return Number(done.numDeletedRows) === 1
    },
  }
}

function rowOf({ createdAt, changedAt, enabled, ownerKind, recording, underDecree, consent, ...rest }: CamerasTable): CameraRow {
  return {
    ...rest,
    ownerKind: ownerKind as CameraRow['ownerKind'],
    enabled: enabled === 1,
    recording: recording as CameraRow['recording'],
    underDecree: underDecree === 1,
    consent: consent === null ? null : consentSchema.parse(JSON.parse(consent)),
    createdAtMs: createdAt,
    changedAtMs: changedAt,
  }
}

function columnsOf({ createdAtMs, changedAtMs, enabled, underDecree, consent, ...rest }: CameraRow): CamerasTable {
  return {
    ...rest,
    enabled: enabled ? 1 : 0,
    underDecree: underDecree ? 1 : 0,
    consent: consent === null ? null : JSON.stringify(consent),
    createdAt: createdAtMs,
    changedAt: changedAtMs,
  }
}
