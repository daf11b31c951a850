import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type {
  HotspotActionsTable,
  HotspotBasesTable,
  HotspotDatasetsTable,
  HotspotImportsTable,
  HotspotInterventionsTable,
  HotspotPatrolsTable,
} from './tables/hotspots.ts'

type Db = Kysely<Database>

export async function insertDataset(db: Db, dataset: HotspotDatasetsTable): Promise<void> {
  await db.insertInto('hotspotDatasets').values(dataset).execute()
}

export function datasetById(db: Db, id: string): Promise<HotspotDatasetsTable | undefined> {
  return db.selectFrom('hotspotDatasets').selectAll().where('id', '=', id).executeTakeFirst()
}

export function listDatasets(db: Db): Promise<HotspotDatasetsTable[]> {
  return db.selectFrom('hotspotDatasets').selectAll().orderBy('createdAt').execute()
}

/** Deletes a dataset with its imports, denominators, interventions and actions. */
export async function deleteDataset(db: Db, id: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    for (const table of ['hotspotBases', 'hotspotInterventions', 'hotspotActions'] as const) {
      await transaction.deleteFrom(table).where('datasetId', '=', id).execute()
    }
    const imports = transaction.selectFrom('hotspotImports').select('id').where('datasetId', '=', id)
    await transaction.deleteFrom('hotspotBlocks').where('importId', 'in', imports).execute()
    await transaction.deleteFrom('hotspotImports').where('datasetId', '=', id).execute()
    const done = await transaction.deleteFrom('hotspotDatasets').where('id', '=', id).executeTakeFirst()
    return Number(done.numDeletedRows) === 1
  })
}

/** Imports of a dataset without their reports, oldest first. */
export function listImports(db: Db, datasetId: string): Promise<Omit<HotspotImportsTable, 'report'>[]> {
  return db
    .selectFrom('hotspotImports')
    .select([
      'id',
      'datasetId',
      'fileName',
      'fileHash',
      'profile',
      'takenAt',
      'takenBy',
      'rows',
      'cases',
      'refused',
      'merged',
      'flags',
      'fromMs',
      'toMs',
    ])
    .where('datasetId', '=', datasetId)
    .orderBy('takenAt')
    .execute()
}

export async function importReport(db: Db, id: string): Promise<Uint8Array | null> {
  const row = await db.selectFrom('hotspotImports').select('report').where('id', '=', id).executeTakeFirst()
  return row?.report ?? null
}

/** Takes an import with its blocks, all or nothing. */
export async function insertImport(
  db: Db,
  row: HotspotImportsTable,
  blocks: readonly { cases: number; body: Uint8Array }[],
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction.insertInto('hotspotImports').values(row).execute()
    for (const [number, block] of blocks.entries()) {
      await transaction
        .insertInto('hotspotBlocks')
        .values({ importId: row.id, number, ...block })
        .execute()
    }
  })
}

/** Undoes an import; false when there is none of that id in the dataset. */
export async function deleteImport(db: Db, datasetId: string, id: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const found = await transaction
      .selectFrom('hotspotImports')
      .select('id')
      .where('id', '=', id)
      .where('datasetId', '=', datasetId)
      .executeTakeFirst()
    if (found === undefined) return false
    await transaction.deleteFrom('hotspotBlocks').where('importId', '=', id).execute()
    await transaction.deleteFrom('hotspotImports').where('id', '=', id).execute()
    return true
  })
}

/** All blocks of a dataset, in the order in which they were taken. */
export async function datasetBlocks(db: Db, datasetId: string): Promise<Uint8Array[]> {
  const rows = await db
    .selectFrom('hotspotBlocks')
    .innerJoin('hotspotImports', 'hotspotImports.id', 'hotspotBlocks.importId')
    .select('hotspotBlocks.body')
    .where('hotspotImports.datasetId', '=', datasetId)
    .orderBy('hotspotImports.takenAt')
    .orderBy('hotspotBlocks.importId')
    .orderBy('hotspotBlocks.number')
    .execute()
  return rows.map(({ body }) => body)
}

export async function profileOf(db: Db, signature: string): Promise<string | null> {
  const row = await db.selectFrom('hotspotProfiles').select('profile').where('signature', '=', signature).executeTakeFirst()
  return row?.profile ?? null
}

export async function keepProfile(db: Db, signature: string, profile: string, changedAt: number): Promise<void> {
  await db
    .insertInto('hotspotProfiles')
    .values({ signature, profile, changedAt })
    .onConflict((conflict) => conflict.column('signature').doUpdateSet({ profile, changedAt }))
    .execute()
}

export async function keepBases(db: Db, row: HotspotBasesTable): Promise<void> {
  const { datasetId: _, kind: __, ...changed } = row
  await db
    .insertInto('hotspotBases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['datasetId', 'kind']).doUpdateSet(changed))
    .execute()
}

export function listBases(db: Db, datasetId: string): Promise<HotspotBasesTable[]> {
  return db.selectFrom('hotspotBases').selectAll().where('datasetId', '=', datasetId).orderBy('kind').execute()
}

export async function insertIntervention(db: Db, row: HotspotInterventionsTable): Promise<void> {
  await db.insertInto('hotspotInterventions').values(row).execute()
}

export function listInterventions(db: Db, datasetId: string): Promise<HotspotInterventionsTable[]> {
  return db.selectFrom('hotspotInterventions').selectAll().where('datasetId', '=', datasetId).orderBy('createdAt').execute()
}

export async function deleteIntervention(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('hotspotInterventions').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export async function keepAction(db: Db, row: HotspotActionsTable): Promise<void> {
  const { datasetId: _, place: __, ...changed } = row
  await db
    .insertInto('hotspotActions')
    .values(row)
    .onConflict((conflict) => conflict.columns(['datasetId', 'place']).doUpdateSet(changed))
    .execute()
}

export function listActions(db: Db, datasetId: string): Promise<HotspotActionsTable[]> {
  return db.selectFrom('hotspotActions').selectAll().where('datasetId', '=', datasetId).execute()
}

/** Patrols of every day that has some, oldest first. */
export function listPatrols(db: Db): Promise<HotspotPatrolsTable[]> {
  return db.selectFrom('hotspotPatrols').selectAll().orderBy('day').execute()
}

export function patrolsOfDay(db: Db, day: string): Promise<HotspotPatrolsTable | undefined> {
  return db.selectFrom('hotspotPatrols').selectAll().where('day', '=', day).executeTakeFirst()
}

export async function keepPatrols(db: Db, row: HotspotPatrolsTable): Promise<void> {
  const { day: _, ...changed } = row
  await db
    .insertInto('hotspotPatrols')
    .values(row)
    .onConflict((conflict) => conflict.column('day').doUpdateSet(changed))
    .execute()
}

/** Forgets patrols of days before `day`. */
export async function forgetPatrols(db: Db, day: string): Promise<void> {
  await db.deleteFrom('hotspotPatrols').where('day', '<', day).execute()
}
