import { randomUUID } from 'node:crypto'

import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { firstInstant } from '../database/history.ts'
import { countHeld, holdById, insertHold, listHolds, lockTrimming, releaseHold } from '../database/holds.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { HoldsTable } from '../database/tables/holds.ts'

/** A range of log and recordings, and why it has to stay. Times are UTC milliseconds. */
export interface HoldRequest {
  readonly fromMs: number
  readonly toMs: number
  /** Null: every camera. */
  readonly cameras: readonly string[] | null
  readonly reason: string
}

/** A hold as it was made; `released` null while it holds. */
export interface Hold extends HoldRequest {
  readonly id: string
  readonly by: string
  readonly atMs: number
  readonly released: { readonly by: string; readonly atMs: number; readonly reason: string } | null
}

export type HoldOutcome =
  /** `logFromMs`: what came before in the range was trimmed already; null when all of it is there. */
  | { readonly ok: true; readonly id: string; readonly logFromMs: number | null }
  | { readonly ok: false; readonly code: 'too_many' }

export interface Holds {
  /** Durable on resolve: from then on nothing in the range is trimmed. */
  make(request: HoldRequest, actor: Principal): Promise<HoldOutcome>
  release(id: string, reason: string, actor: Principal): Promise<'released' | 'not_found' | 'released_before'>
  /** Newest first, also those that were released. */
  list(): Promise<readonly Hold[]>
}

/** More than a duty room ever keeps at a time: a hold stops the trimming of everything after it. */
const MOST_HELD = 500
const LISTED = 1_000

/** Holds and their releases, each in the audit register in the same transaction. @param now UTC milliseconds */
export function createHolds({
  db,
  audit,
  now,
}: {
  readonly db: DatabaseHandle['db']
  readonly audit: Pick<Audit, 'audited'>
  readonly now: () => number
}): Holds {
  return {
    async make({ fromMs, toMs, cameras, reason }, actor) {
      const id = randomUUID()
      const made = await audit.audited(
        async (trx) => {
          await lockTrimming(trx)
          if ((await countHeld(trx)) >= MOST_HELD) return null
          await insertHold(trx, {
            id,
            fromMs,
            toMs,
            cameras: cameras === null ? null : JSON.stringify(cameras),
            reason,
            createdBy: actor.name,
            createdAt: now(),
            releasedBy: null,
            releasedAt: null,
            releaseReason: null,
          })
          return { firstMs: await firstInstant(trx) }
        },
        (done) =>
          done === null
            ? null
            : { actor, action: 'evidence.hold', subject: `holds/${id}`, reason, details: detailsOf({ fromMs, toMs, cameras }) },
      )
      if (made === null) return { ok: false, code: 'too_many' }
      const { firstMs } = made
      return { ok: true, id, logFromMs: firstMs !== null && firstMs > fromMs ? Math.min(firstMs, toMs) : null }
    },
    async release(id, reason, actor) {
      const hold = await audit.audited(
        async (trx) => {
          await lockTrimming(trx)
          return (await releaseHold(trx, id, { releasedBy: actor.name, releasedAt: now(), releaseReason: reason })) ?? null
        },
        (row) =>
          row === null
            ? null
            : { actor, action: 'evidence.release', subject: `holds/${id}`, reason, details: detailsOf(holdOf(row)) },
      )
      if (hold !== null) return 'released'
      return (await holdById(db, id)) === undefined ? 'not_found' : 'released_before'
    },
    list: async () => (await listHolds(db, LISTED)).map(holdOf),
  }
}

function holdOf({ id, fromMs, toMs, cameras, reason, createdBy, createdAt, ...row }: HoldsTable): Hold {
  const { releasedBy, releasedAt, releaseReason } = row
  const released = releasedAt === null ? null : { by: releasedBy ?? '', atMs: releasedAt, reason: releaseReason ?? '' }
  const named = cameras === null ? null : (JSON.parse(cameras) as string[])
  return { id, fromMs, toMs, cameras: named, reason, by: createdBy, atMs: createdAt, released }
}

const detailsOf = ({ fromMs, toMs, cameras }: Pick<HoldRequest, 'fromMs' | 'toMs' | 'cameras'>) => ({
  from: formatInstant(fromMs),
  to: formatInstant(toMs),
  cameras: cameras === null ? 'all' : [...cameras],
})
