import type { Kysely } from 'kysely'

import type { Gop, RecordingHold, RecordingIndex, Segment } from '../video/recording-index.ts'
import { EVERY_CAMERA, lockTrimming } from './holds.ts'
import type { Database } from './schema.ts'
import type { RecordingHoldsTable, SegmentsTable } from './tables/recordings.ts'

type Db = Kysely<Database>

/** Parameters of one statement: SQLite takes 32,766 and PostgreSQL 65,535, so 500 rows of nine are far from both. */
const ROWS_A_STATEMENT = 500

/** The index of recordings in the database. */
export function createRecordingIndex(db: Db): RecordingIndex {
  return {
    async write({ segments, gops }) {
      await db.transaction().execute(async (transaction) => {
        for (const row of segments) await putSegment(transaction, row)
        for (let at = 0; at < gops.length; at += ROWS_A_STATEMENT) {
          await putGops(transaction, gops.slice(at, at + ROWS_A_STATEMENT))
        }
      })
    },
    async segment(cameraId, startMs) {
      const row = await db
        .selectFrom('segments')
        .selectAll()
        .where('cameraId', '=', cameraId)
        .where('startMs', '=', startMs)
        .executeTakeFirst()
      return row === undefined ? null : segmentOf(row)
    },
    async segmentsBetween(cameraId, fromMs, toMs) {
      const rows = await db
        .selectFrom('segments')
        .selectAll()
        .where('cameraId', '=', cameraId)
        .where('startMs', '<', toMs)
        .where('endMs', '>=', fromMs)
        .orderBy('startMs')
        .execute()
      return rows.map(segmentOf)
    },
    async gopAt(cameraId, atMs) {
      const query = db.selectFrom('gops').selectAll().where('cameraId', '=', cameraId).where('wallMs', '<=', atMs)
      return (await query.orderBy('wallMs', 'desc').limit(1).executeTakeFirst()) ?? null
    },
    async gopAfter(cameraId, atMs) {
      const query = db.selectFrom('gops').selectAll().where('cameraId', '=', cameraId).where('wallMs', '>', atMs)
      return (await query.orderBy('wallMs').limit(1).executeTakeFirst()) ?? null
    },
    gopsOf: (cameraId, startMs) =>
      db
        .selectFrom('gops')
        .selectAll()
        .where('cameraId', '=', cameraId)
        .where('startMs', '=', startMs)
        .orderBy('offset')
        .execute(),
    async openSegments() {
      return (await db.selectFrom('segments').selectAll().where('closed', '=', 0).orderBy('startMs').execute()).map(segmentOf)
    },
    async expired(cameraId, beforeMs, limit) {
      return await unheld(
        db,
        (query) => query.where('segments.cameraId', '=', cameraId).where('segments.endMs', '<', beforeMs),
        limit,
      )
    },
    oldest: (limit) => unheld(db, (query) => query, limit),
    async remove(segments) {
      await db.transaction().execute(async (transaction) => {
        for (const { cameraId, startMs } of segments) {
          await transaction.deleteFrom('gops').where('cameraId', '=', cameraId).where('startMs', '=', startMs).execute()
          await transaction.deleteFrom('segments').where('cameraId', '=', cameraId).where('startMs', '=', startMs).execute()
        }
      })
    },
    claim: ({ cameraId, startMs }) =>
      db.transaction().execute(async (transaction) => {
        await lockTrimming(transaction)
        const [free] = await unheld(
          transaction,
          (query) => query.where('segments.cameraId', '=', cameraId).where('segments.startMs', '=', startMs),
          1,
        )
        if (free === undefined) return null
        const gops = await transaction
          .deleteFrom('gops')
          .where('cameraId', '=', cameraId)
          .where('startMs', '=', startMs)
          .returningAll()
          .execute()
        await transaction.deleteFrom('segments').where('cameraId', '=', cameraId).where('startMs', '=', startMs).execute()
        return gops
      }),
    async cameras() {
      return (await db.selectFrom('segments').select('cameraId').distinct().execute()).map(({ cameraId }) => cameraId)
    },
    async hold({ createdAtMs, ...hold }) {
      await db
        .insertInto('recordingHolds')
        .values({ ...hold, createdAt: createdAtMs })
        .execute()
    },
    async release(holdId) {
      const done = await db.deleteFrom('recordingHolds').where('id', '=', holdId).executeTakeFirst()
      return Number(done.numDeletedRows) === 1
    },
    async holds(cameraId) {
      const rows = await db.selectFrom('recordingHolds').selectAll().where('cameraId', '=', cameraId).orderBy('fromMs').execute()
      return rows.map(holdOf)
    },
  }
}

async function putSegment(db: Db, segment: Segment): Promise<void> {
  const row: SegmentsTable = { ...segment, closed: segment.closed ? 1 : 0 }
  const { endMs, bytes, closed } = row
  await db
    .insertInto('segments')
    .values(row)
    .onConflict((conflict) => conflict.columns(['cameraId', 'startMs']).doUpdateSet({ endMs, bytes, closed }))
    .execute()
}

async function putGops(db: Db, gops: readonly Gop[]): Promise<void> {
  await db
    .insertInto('gops')
    .values([...gops])
    .onConflict((conflict) => conflict.columns(['cameraId', 'startMs', 'offset']).doNothing())
    .execute()
}

type SegmentQuery = ReturnType<typeof segmentQuery>
const segmentQuery = (db: Db) => db.selectFrom('segments').selectAll('segments').where('segments.closed', '=', 1)

/** Closed segments, oldest first, that lie outside every hold of their camera. */
async function unheld(db: Db, narrow: (query: SegmentQuery) => SegmentQuery, limit: number): Promise<readonly Segment[]> {
  const rows = await narrow(segmentQuery(db))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('recordingHolds')
            .select('recordingHolds.id')
            .where(({ or, eb, ref }) =>
              or([
                eb('recordingHolds.cameraId', '=', ref('segments.cameraId')),
                eb('recordingHolds.cameraId', '=', EVERY_CAMERA),
              ]),
            )
            .whereRef('recordingHolds.fromMs', '<=', 'segments.endMs')
            .whereRef('recordingHolds.toMs', '>=', 'segments.startMs'),
        ),
      ),
    )
    .orderBy('segments.endMs')
    .limit(limit)
    .execute()
  return rows.map(segmentOf)
}

function segmentOf({ closed, ...rest }: SegmentsTable): Segment {
  return { ...rest, closed: closed === 1 }
}

function holdOf({ createdAt, ...rest }: RecordingHoldsTable): RecordingHold {
  return { ...rest, createdAtMs: createdAt }
}
