import { forgetAnswers, keepAnswer, keptAnswer } from '../database/machines.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Fact } from '../journal/change-log.ts'
import { fingerprint } from '../accounts/hashes.ts'
import type { IngestOutcome } from './ingest.ts'

/** An answer is kept this long under its key. */
const KEEP_MS = 24 * 3_600_000

/** The same batch sent twice is recorded once and answered twice alike. */
export interface IdempotencyKeys {
  /**
   * Answers from what was kept, waits for the same batch under way, or does the work. `conflict` when the key belongs to
   * another body.
   * @param work gets the way to keep its answer in its own transaction
   */
  once(
    sourceId: string,
    key: string,
    body: Uint8Array,
    work: (keep: (answer: string) => Fact) => Promise<IngestOutcome>,
  ): Promise<IngestOutcome>
}

/** Answers that are over are deleted this often, in the transaction of the answer that is kept then. */
const SWEEP_MS = 3_600_000

/** @param now UTC milliseconds */
export function createIdempotencyKeys(db: DatabaseHandle['db'], now: () => number): IdempotencyKeys {
  const underWay = new Map<string, { readonly bodyHash: string; readonly outcome: Promise<IngestOutcome> }>()
  let sweptAt = 0
  const conflict: IngestOutcome = { ok: false, code: 'idempotency_conflict' }

  const fact = (sourceId: string, key: string, bodyHash: string, answer: string): Fact => {
    const createdAt = now()
    return async (transaction) => {
      await keepAnswer(transaction, { sourceId, key, bodyHash, answer, createdAt }, createdAt - KEEP_MS)
      if (createdAt - sweptAt < SWEEP_MS) return
      await forgetAnswers(transaction, createdAt - KEEP_MS)
      sweptAt = createdAt
    }
  }

  async function workOrKept(
    sourceId: string,
    key: string,
    bodyHash: string,
    work: (keep: (answer: string) => Fact) => Promise<IngestOutcome>,
  ): Promise<IngestOutcome> {
    const kept = await keptAnswer(db, sourceId, key)
    if (kept !== undefined && now() - kept.createdAt <= KEEP_MS) {
      return kept.bodyHash === bodyHash ? { ok: true, answer: kept.answer, replayed: true } : conflict
    }
    return work((answer) => fact(sourceId, key, bodyHash, answer))
  }

  return {
    async once(sourceId, key, body, work) {
      const bodyHash = fingerprint(body)
      const slot = `${sourceId}\n${key}`
      const other = underWay.get(slot)
      if (other !== undefined) {
        if (other.bodyHash !== bodyHash) return conflict
        const outcome = await other.outcome
        return outcome.ok ? { ...outcome, replayed: true } : outcome
      }
      const outcome = workOrKept(sourceId, key, bodyHash, work)
      underWay.set(slot, { bodyHash, outcome })
      try {
        return await outcome
      } finally {
        underWay.delete(slot)
      }
    },
  }
}
