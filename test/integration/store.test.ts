import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { DatabaseHandle } from '../../server/database/open-database.ts'
import { createHistoryService } from '../../server/history/history-service.ts'
import { openChangeLog, type Batch, type ChangeLog } from '../../server/journal/change-log.ts'
import { firstInstant } from '../../server/database/history.ts'
import { insertHold, lockTrimming, releaseHold } from '../../server/database/holds.ts'
import { lifetimesAround, readLifetimes, startLifetime } from '../../server/journal/lifetimes.ts'
import { sealChanges } from '../../server/journal/sealed-codec.ts'
import { keyframeFloor, readCheckpoint, storeChunk } from '../../server/journal/sealed-store.ts'
import { verifyLog } from '../../server/journal/verify-log.ts'
import { GENESIS_HASH } from '../../shared/history/chain.ts'
import { CHUNK_CLASSES } from '../../shared/history/classes.ts'
import { CHUNK_CHANGES, decodeChunk, KEYFRAME_CHANGES } from '../../shared/history/chunk-codec.ts'
import { historyIndexSchema } from '../../shared/protocol/history.ts'
import type { Change } from '../../shared/world/change.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import { DEMO_SCALE, demoHistory } from '../bench/history-data.ts'
import { seededRandom } from '../support/random.ts'
import { randomChanges } from '../support/random-changes.ts'
import { storeDialects, type StorePlace } from '../support/store.ts'

const SMALL = { ...DEMO_SCALE, residents: 300, merchants: 50, workers: 600 }

/** The first `count` changes of a log with the demo's rhythm, in commits. */
function demoBatches(count: number): Batch[] {
  const batches: Batch[] = []
  let left = count
  for (const changes of demoHistory(SMALL)) {
    const some = changes.slice(0, left)
    if (some[0] !== undefined) batches.push({ from: some[0].seq, changes: some })
    left -= some.length
    if (left === 0) return batches
  }
  return batches
}
/** The same in fewer commits, for logs that are only filled. */
function filled(count: number): Batch[] {
  const all = demoBatches(count).flatMap(({ changes }) => changes)
  return Array.from({ length: Math.ceil(count / 4_000) }, (_, index) => {
    const changes = all.slice(index * 4_000, (index + 1) * 4_000)
    return { from: changes[0]?.seq ?? 0, changes }
  })
}
const worldOf = (batches: readonly Batch[]): World => {
  const world = createWorld()
  for (const { changes } of batches) for (const change of changes) reduce(world, change)
  return world
}
const holdRow = (id: string, fromMs: number, toMs: number) => ({
  id,
  fromMs,
  toMs,
  cameras: null,
  reason: '案件',
  createdBy: 'test',
  createdAt: 1,
  releasedBy: null,
  releasedAt: null,
  releaseReason: null,
})
async function readAll(log: ChangeLog, after = 0, to = {}): Promise<Change[]> {
  const changes: Change[] = []
  for await (const batch of log.read(after, to)) {
    expect(batch.from).toBe(batch.changes[0]?.seq)
    changes.push(...batch.changes)
  }
  return changes
}

for (const dialect of await storeDialects()) {
  describe.skipIf(!dialect.available)(
    `the store on ${dialect.name}${dialect.available ? '' : ` (${dialect.why})`}`,
    { timeout: 180_000 },
    () => {
      let place: StorePlace
      let handle: DatabaseHandle
      let log: ChangeLog

      const open = async () => {
        handle = await place.open()
        log = await openChangeLog(handle)
      }
      const close = async () => {
        await log.close()
        await handle.close()
      }
      const append = async (batches: readonly Batch[]) => {
        for (const batch of batches) await log.append(batch)
      }
      beforeEach(async () => {
        place = await dialect.makePlace()
        await open()
      })
      afterEach(async () => {
        await log.close()
        await place.drop()
      })

      it('gives back every change as it was appended, whatever its texts', async () => {
        const changes = randomChanges(seededRandom(7), 900)
        await append([
          { from: 1, changes: changes.slice(0, 400) },
          { from: 401, changes: changes.slice(400) },
        ])
        expect(await readAll(log)).toEqual(changes)
        expect(await readAll(log, 250, { seq: 260 })).toEqual(changes.slice(250, 260))
        const at = changes[500]?.recordedAt ?? 0
        expect(await readAll(log, 0, { ts: at })).toEqual(changes.filter(({ recordedAt }) => recordedAt <= at))
      })

      it('refuses a batch that does not begin at the head, and stores nothing of it', async () => {
        const [batch] = demoBatches(5)
        await log.append(batch as Batch)
        await expect(log.append(batch as Batch)).rejects.toMatchObject({ code: 'head_moved' })
        await expect(log.append({ from: 7, changes: [] })).rejects.toMatchObject({ code: 'head_moved' })
        expect(await log.head()).toBe(5)
        expect(await readAll(log)).toEqual(batch?.changes)
      })

      it('stores facts with their batch, or neither', async () => {
        const [batch] = demoBatches(3)
        const fact = async (key: string) => {
          await log.append({ from: (await log.head()) + 1, changes: (await log.head()) === 0 ? (batch?.changes ?? []) : [] }, [
            async (trx) => {
              await trx.insertInto('meta').values({ key, value: 'x' }).execute()
            },
          ])
        }
        await fact('once')
        expect(await log.head()).toBe(3)
        await expect(fact('once')).rejects.toThrow()
        expect(await log.head()).toBe(3)
        await expect(
          log.append({ from: 4, changes: (batch?.changes ?? []).map((change) => ({ ...change, seq: change.seq + 3 })) }, [
            () => Promise.reject(new Error('no')),
          ]),
        ).rejects.toThrow('no')
        expect([await log.head(), (await readAll(log)).length]).toEqual([3, 3])
      })

      it('seals, keeps keyframes, and loads the same world from them as from the whole log', async () => {
        const batches = filled(KEYFRAME_CHANGES + CHUNK_CHANGES + 1_000)
        await append(batches)
        await log.seal()
        const hot = await handle.db
          .selectFrom('changes')
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow()
        expect(Number(hot.count)).toBe(1_000)
        expect((await keyframeFloor(handle.db, {}))?.seq).toBe(KEYFRAME_CHANGES)
        const expected = worldOf(batches)
        expect(snapshotWorld(await log.loadWorld())).toEqual(snapshotWorld(expected))
        expect(await readAll(log, KEYFRAME_CHANGES - 5_000)).toEqual(
          batches.flatMap(({ changes }) => changes).slice(KEYFRAME_CHANGES - 5_000),
        )
        expect(await verifyLog(handle.db)).toMatchObject({
          ok: true,
          chunks: KEYFRAME_CHANGES / CHUNK_CHANGES + 1,
          sealedTo: KEYFRAME_CHANGES + CHUNK_CHANGES,
        })
        const epoch = log.epoch
        await close()
        await open()
        expect(log.epoch).toBe(epoch)
        // The orderly stop left a keyframe at the head.
        expect((await keyframeFloor(handle.db, {}))?.seq).toBe(expected.seq)
        expect(snapshotWorld(await log.loadWorld())).toEqual(snapshotWorld(expected))
        await log.append({ from: expected.seq + 1, changes: [{ ...(batches[0]?.changes[0] as Change), seq: expected.seq + 1 }] })
        expect(await log.head()).toBe(expected.seq + 1)
      })

      it('seals a run of changes once, however often it is told to', async () => {
        const batches = filled(CHUNK_CHANGES)
        await append(batches)
        const chunk = sealChanges(
          batches.flatMap(({ changes }) => changes),
          GENESIS_HASH,
        )
        const counted = async () =>
          Number(
            (
              await handle.db
                .selectFrom('activity')
                .select(({ fn }) => fn.sum('changes').as('sum'))
                .executeTakeFirst()
            )?.sum,
          )
        for (let time = 0; time < 3; time += 1) {
          await handle.db.transaction().execute((trx) => storeChunk(trx, chunk))
          expect(await counted()).toBe(CHUNK_CHANGES)
        }
        await log.seal()
        expect(await verifyLog(handle.db)).toMatchObject({ ok: true, chunks: 1 })
        expect(await readAll(log)).toHaveLength(CHUNK_CHANGES)
      })

      it('names the first broken link when bytes of the sealed log are changed behind its back', async () => {
        await append(filled(3 * CHUNK_CHANGES))
        await log.seal()
        const second = CHUNK_CHANGES + 1
        const [body] = await handle.db.selectFrom('chunkBodies').selectAll().where('fromSeq', '=', 1).execute()
        await handle.db
          .updateTable('chunkBodies')
          .set({ body: body?.body, bytes: body?.bytes })
          .where('fromSeq', '=', second)
          .where('class', '=', 0)
          .execute()
        expect(await verifyLog(handle.db)).toMatchObject({
          ok: false,
          broken: { code: 'wrong_body', fromSeq: second, bodyClass: 0 },
        })
        await handle.db.deleteFrom('chunkBodies').where('fromSeq', '=', second).execute()
        await handle.db.deleteFrom('chunks').where('fromSeq', '=', second).execute()
        expect(await verifyLog(handle.db)).toMatchObject({
          ok: false,
          broken: { code: 'gap', fromSeq: 2 * CHUNK_CHANGES + 1, expectedSeq: second },
        })
      })

      it('answers a record’s history from hot and sealed parts alike, newest kept', async () => {
        const batches = filled(2 * CHUNK_CHANGES + 2_000)
        await append(batches)
        await log.seal()
        const all = batches.flatMap(({ changes }) => changes).filter(({ layer, id }) => layer === 'stations' && id === 'st-03')
        const query = { layer: 'stations', id: 'st-03', fromMs: 0, toMs: 9e15, limit: 1_000 } as const
        expect(await log.history(query)).toEqual({ changes: all, complete: true })
        expect(await log.history({ ...query, limit: 4 })).toEqual({ changes: all.slice(-4), complete: false })
        const [from, to] = [all[1]?.recordedAt ?? 0, all[3]?.recordedAt ?? 0]
        expect(await log.history({ ...query, fromMs: from, toMs: to })).toEqual({ changes: all.slice(1, 4), complete: true })
        expect(await log.history({ ...query, id: 'st-99' })).toEqual({ changes: [], complete: true })
      })

      it('serves what there is of a range of time: index, stored bytes, tail and the world', async () => {
        const batches = filled(2 * CHUNK_CHANGES + 500)
        await append(batches)
        await log.seal()
        const all = batches.flatMap(({ changes }) => changes)
        const toMs = all.at(-1)?.recordedAt ?? 0
        const history = createHistoryService({ handle, log, now: () => toMs + 1 })
        const index = historyIndexSchema.parse(await history.index((all[0]?.recordedAt ?? 0) - 5, toMs, CHUNK_CLASSES))
        expect(index.chunks.map(({ from }) => from)).toEqual([1, CHUNK_CHANGES + 1])
        expect(index.density.reduce((sum, minute) => sum + minute.changes, 0)).toBe(all.length)
        expect(index).toMatchObject({ days: ['2026-10-24'], firstAt: all[0]?.recordedAt, head: { seq: all.length, at: toMs } })
        const found: Change[] = []
        for (const chunkClass of CHUNK_CLASSES) {
          for (const { from } of index.chunks) {
            const chunk = await history.chunk(from, chunkClass, 'identity')
            if (chunk !== null) found.push(...decodeChunk(chunk.bytes).changes)
          }
          found.push(...decodeChunk((await history.tail(2 * CHUNK_CHANGES, chunkClass)) ?? new Uint8Array()).changes)
        }
        expect(found.toSorted((a, b) => a.seq - b.seq)).toEqual(all)
        const seen = [{ layer: 'stations', sight: new Map([['state', 'state']]) }] as const
        const world = JSON.parse(Buffer.from(await history.world({ ms: toMs }, seen, 'json')).toString()) as Record<
          string,
          unknown
        >
        expect(world).toMatchObject({ seq: all.length, known: true })
        expect(world['layers']).toMatchObject({ stations: { length: SMALL.stations } })
      })

      it('trims to a keyframe, keeps every later instant, and verifies from the checkpoint', async () => {
        const batches = filled(KEYFRAME_CHANGES + 2 * CHUNK_CHANGES)
        await append(batches)
        await log.seal()
        const all = batches.flatMap(({ changes }) => changes)
        const before = all[KEYFRAME_CHANGES + 500]?.recordedAt ?? 0
        const fits = (text: string, signature: string) => signature === `signed ${text}`
        const sign = (text: string) => `signed ${text}`
        expect(await log.trim(0, sign)).toEqual({ firstSeq: 1, didTrim: false })
        // What is held stays, whatever is asked for.
        const held = all[500]?.recordedAt ?? 0
        await handle.db.transaction().execute((trx) => insertHold(trx, holdRow('hold', held, held + 1)))
        expect(await log.trim(before, sign)).toEqual({ firstSeq: 1, didTrim: false })
        const released = { releasedBy: 'x', releasedAt: 1, releaseReason: 'x' }
        expect(await handle.db.transaction().execute((trx) => releaseHold(trx, 'hold', released))).toMatchObject({ id: 'hold' })
        expect(await handle.db.transaction().execute((trx) => releaseHold(trx, 'hold', released))).toBeUndefined()
        expect(await handle.db.selectFrom('recordingHolds').selectAll().execute()).toEqual([])
        // A hold that is made while the log is trimmed: either it keeps its instant, or it is told that the log begins later.
        const holding = handle.db.transaction().execute(async (trx) => {
          await lockTrimming(trx)
          await insertHold(trx, holdRow('late', held, held + 1))
          return firstInstant(trx)
        })
        const [trimmed, firstMs] = await Promise.all([log.trim(before, sign), holding])
        expect(trimmed.didTrim ? (firstMs ?? 0) > held : (firstMs ?? 0) <= held).toBe(true)
        await handle.db.transaction().execute((trx) => releaseHold(trx, 'late', released))
        expect(await log.trim(before, sign)).toEqual({ firstSeq: KEYFRAME_CHANGES + 1, didTrim: !trimmed.didTrim })
        const checkpoint = await readCheckpoint(handle.db)
        expect(checkpoint).toMatchObject({ seq: KEYFRAME_CHANGES, signature: expect.stringContaining(` ${checkpoint?.hash}`) })
        expect(snapshotWorld(await log.loadWorld())).toEqual(snapshotWorld(worldOf(batches)))
        expect(await readAll(log, KEYFRAME_CHANGES)).toEqual(all.slice(KEYFRAME_CHANGES))
        await expect(readAll(log, 0)).rejects.toThrow('not in the log')
        expect(await verifyLog(handle.db, fits)).toMatchObject({ ok: true, chunks: 2, unsealed: 0, checkpoint: KEYFRAME_CHANGES })
        expect(await verifyLog(handle.db, () => false)).toMatchObject({ ok: false, broken: { code: 'bad_checkpoint' } })
        // What was cut off the beginning without the site's key, or off the end, is told.
        await handle.db
          .deleteFrom('chunkBodies')
          .where('fromSeq', '>', KEYFRAME_CHANGES + CHUNK_CHANGES)
          .execute()
        await handle.db
          .deleteFrom('chunks')
          .where('fromSeq', '>', KEYFRAME_CHANGES + CHUNK_CHANGES)
          .execute()
        expect(await verifyLog(handle.db, fits)).toMatchObject({
          ok: false,
          broken: { code: 'unsealed_gap', fromSeq: KEYFRAME_CHANGES + CHUNK_CHANGES + 1 },
        })
        await handle.db
          .deleteFrom('chunkBodies')
          .where('fromSeq', '=', KEYFRAME_CHANGES + 1)
          .execute()
        await handle.db
          .deleteFrom('chunks')
          .where('fromSeq', '=', KEYFRAME_CHANGES + 1)
          .execute()
        expect(await verifyLog(handle.db, fits)).toMatchObject({ ok: false, broken: { code: 'unsealed_gap' } })
      })

      it('knows when it was up, to the beat, and to the last change of a server that was killed', async () => {
        let clock = 1_000
        const options = { db: handle.db, now: () => clock, onFailed: () => undefined }
        const first = await startLifetime(options)
        clock = 5_000
        await first.beat()
        await log.append({ from: 1, changes: [{ ...(demoBatches(1)[0]?.changes[0] as Change), recordedAt: 6_500 }] })
        clock = 60_000 // The first is killed: it says nothing more.
        const second = await startLifetime(options)
        clock = 61_000
        await second.stop()
        expect(await readLifetimes(handle.db, 0, 1e6)).toEqual([
          { startedAt: 1_000, lastAliveAt: 6_500, stopped: 0 },
          { startedAt: 60_000, lastAliveAt: 61_000, stopped: 1 },
        ])
        expect(await readLifetimes(handle.db, 7_000, 59_000)).toEqual([])
        // Far from both: the gap is known by what stands on its two sides.
        expect((await lifetimesAround(handle.db, 30_000, 30_000)).map(({ startedAt }) => startedAt)).toEqual([1_000, 60_000])
        expect((await lifetimesAround(handle.db, 60_500, 1e6)).map(({ startedAt }) => startedAt)).toEqual([1_000, 60_000])
      })

      it('refuses parameters that a database would take for something else', async () => {
        const insert = (value: unknown) => sql`insert into "meta" values ('k', ${value})`.execute(handle.db)
        for (const value of [new Date(), { a: 1 }, [1], undefined, 2 ** 60, Number.NaN, 1n]) {
          await expect(insert(value)).rejects.toThrow(/query parameter 1 is/)
        }
        await expect(sql`select cast(9007199254740993 as bigint) as "big"`.execute(handle.db)).rejects.toThrow()
        const { rows } = await sql<{ big: number }>`select cast(9007199254740991 as bigint) as "big"`.execute(handle.db)
        expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER }])
        expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype)
      })

      it('keeps the data folder for one server', async () => {
        await expect(place.open()).rejects.toMatchObject({ code: 'folder_in_use' })
        await close()
        await open()
      })
    },
  )
}
