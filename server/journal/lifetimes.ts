import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import type { LifetimesTable } from '../database/tables/log.ts'

/** Milliseconds between two beats: how closely the end of a killed server is known. At most 5 s by the design. */
export const BEAT_MS = 4_000

/** The time that this server is up, kept in the log so that silence is told from not being there. */
export interface Lifetime {
  readonly startedAt: number
  /** Says that the server is alive now. Called by the timer too. */
  beat(): Promise<void>
  /** The server stops in order. */
  stop(): Promise<void>
}

export interface LifetimeOptions {
  readonly db: Kysely<Database>
  /** UTC milliseconds. */
  readonly now: () => number
  /** A beat could not be written; the next one may. */
  readonly onFailed: (cause: unknown) => void
}

/**
 * Begins a lifetime and keeps it beating. One that was not stopped in order is known to have lived at least until the
 * last change that it recorded.
 */
export async function startLifetime({ db, now, onFailed }: LifetimeOptions): Promise<Lifetime> {
  const head = await db.selectFrom('logHead').select('recordedAt').executeTakeFirst()
  const last = await db.selectFrom('lifetimes').selectAll().orderBy('startedAt', 'desc').limit(1).executeTakeFirst()
  if (last !== undefined && head !== undefined && head.recordedAt > last.lastAliveAt) {
    await db.updateTable('lifetimes').set({ lastAliveAt: head.recordedAt }).where('startedAt', '=', last.startedAt).execute()
  }
  const startedAt = Math.max(now(), (last?.startedAt ?? 0) + 1)
  await db.insertInto('lifetimes').values({ startedAt, lastAliveAt: startedAt, stopped: 0 }).execute()
  const alive = (stopped: number) =>
    db
      .updateTable('lifetimes')
      .set({ lastAliveAt: Math.max(startedAt, now()), stopped })
      .where('startedAt', '=', startedAt)
      .execute()
  const beat = async (): Promise<void> => {
    await alive(0)
  }
  const timer = setInterval(() => void beat().catch(onFailed), BEAT_MS)
  timer.unref()
  return {
    startedAt,
    beat,
    async stop() {
      clearInterval(timer)
      await alive(1)
    },
  }
}

/**
 * The lifetimes that say what is known of a range of time, oldest first: those that touch it, the last before it and the
 * first after it, however far off they are, so that a gap longer than the range is seen as one.
 */
export async function lifetimesAround(db: Kysely<Database>, fromMs: number, toMs: number): Promise<LifetimesTable[]> {
  const lifetimes = () => db.selectFrom('lifetimes').selectAll()
  const before = await lifetimes().where('lastAliveAt', '<', fromMs).orderBy('startedAt', 'desc').limit(1).execute()
  const after = await lifetimes().where('startedAt', '>', toMs).orderBy('startedAt').limit(1).execute()
  return [...before, ...(await readLifetimes(db, fromMs, toMs)), ...after]
}

/** Lifetimes that touch a range of time, oldest first. The last one may still be going on. */
export function readLifetimes(db: Kysely<Database>, fromMs: number, toMs: number): Promise<LifetimesTable[]> {
  return db
    .selectFrom('lifetimes')
    .selectAll()
    .where('lastAliveAt', '>=', fromMs)
    .where('startedAt', '<=', toMs)
    .orderBy('startedAt')
    .execute()
}
