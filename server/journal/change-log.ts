import type { DatabaseHandle } from '../database/open-database.ts'
import type { ChunkClass } from '../../shared/history/classes.ts'
import type { World } from '../../shared/world/world.ts'
import { appendBatch } from './append-batch.ts'
import type { Batch, Fact, ReadTo } from './batch.ts'
import { openDiskReserve } from './disk-reserve.ts'
import { startJournalThread } from './journal-thread.ts'
import { readHead, readLog, readWorld } from './log-reader.ts'
import type { WorldQuery } from './log-views.ts'
import type { HistoryQuery, RecordHistory } from './record-history.ts'
import { createSealer } from './sealer.ts'
import type { Steps, StepsQuery } from './steps.ts'
import { trimLog, type Trimmed } from './trim.ts'

export type { Batch, Fact, ReadTo } from './batch.ts'

export interface ChangeLog {
  /** Made with the log, and anew by a restore. */
  readonly epoch: string
  /** The last durable seq; 0 for an empty log. */
  head(): Promise<number>
  /**
   * Durable on resolve, all or nothing, with its facts. One call at a time.
   * @throws HeadMoved when `batch.from` is not the head + 1; JournalFull when there is no room
   */
  append(batch: Batch, facts?: readonly Fact[]): Promise<void>
  /** Batches after a seq, hot and sealed alike. Sealed ones are decoded in the thread that calls. */
  read(after: number, to?: ReadTo, signal?: AbortSignal): AsyncIterable<Batch>
  /** The world at the head: the newest keyframe and the changes after it. */
  loadWorld(): Promise<World>
  /** One record's changes in a range of time, off this thread. Who may see the layer is for the caller to say. */
  history(query: HistoryQuery): Promise<RecordHistory>
  /** Every change of some layers in a range of time, off this thread. */
  steps(query: StepsQuery): Promise<Steps>
  /** See {@link tailOf}; off this thread. */
  tail(afterSeq: number, chunkClass: ChunkClass): Promise<Uint8Array | null>
  /** See {@link worldAt}; off this thread. */
  world(query: WorldQuery): Promise<Uint8Array>
  /** Seals whatever fills a chunk now; it is done in the background anyway. */
  seal(): Promise<void>
  /** See {@link trimLog}. */
  trim(beforeMs: number, sign?: (text: string) => string): Promise<Trimmed>
  /** Waits for what is under way and ends the journal's thread; before the database is closed, after the last append. */
  close(): Promise<void>
}

export interface ChangeLogOptions {
  /** Room on the disk kept for the journal, in bytes, none when absent; see {@link openDiskReserve}. */
  readonly reserveBytes?: number
  /** Sealing failed; the log goes on, and so does sealing later. */
  readonly onSealFailed?: (cause: unknown) => void
}

/** The log of an open database; makes its head on first use. */
export async function openChangeLog(handle: DatabaseHandle, options: ChangeLogOptions = {}): Promise<ChangeLog> {
  const { db } = handle
  await db
    .insertInto('logHead')
    .values({ id: 1, epoch: crypto.randomUUID(), seq: 0, recordedAt: 0 })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const { epoch } = await db.selectFrom('logHead').select('epoch').where('id', '=', 1).executeTakeFirstOrThrow()
  const reserve = await openDiskReserve(handle.dataDir, options.reserveBytes ?? 0)
  const thread = startJournalThread(handle.location)
  const sealer = await createSealer({ handle, thread, onFailed: options.onSealFailed ?? (() => undefined) })
  sealer.headMoved(await readHead(db))

  return {
    epoch,
    head: () => readHead(db),
    async append(batch, facts = []) {
      await reserve.check()
      try {
        await appendBatch(db, batch, facts)
      } catch (cause) {
        throw await reserve.explain(cause)
      }
      sealer.headMoved(batch.from - 1 + batch.changes.length)
    },
    read: (after, to, signal) => readLog(db, after, to, signal),
    loadWorld: async () => readWorld(db, await readHead(db)),
    history: (query) => thread.ask<'history'>({ kind: 'history', query }),
    steps: (query) => thread.ask<'steps'>({ kind: 'steps', query }),
    tail: (afterSeq, chunkClass) => thread.ask<'tail'>({ kind: 'tail', afterSeq, chunkClass }),
    world: (query) => thread.ask<'world'>({ kind: 'world', epoch, query }),
    seal: () => sealer.sealNow(),
    trim: (beforeMs, sign) => trimLog(db, beforeMs, sign ?? null),
    async close() {
      await sealer.stop()
      await thread.close()
    },
  }
}
