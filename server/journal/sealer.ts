import type { DatabaseHandle } from '../database/open-database.ts'
import { CHUNK_CHANGES } from '../../shared/history/chunk-codec.ts'
import type { JournalThread } from './journal-thread.ts'
import { chainHead, keyframeFloor, storeChunk, storeKeyframe } from './sealed-store.ts'

/** Turns hot rows into chunks behind the writer's back: encoded in the journal thread, stored in one transaction each. */
export interface Sealer {
  /** Tells where the head is now; starts to seal when there is enough for a chunk. */
  headMoved(seq: number): void
  /** Seals whatever fills a chunk and waits for it. */
  sealNow(): Promise<void>
  /** Waits for what is under way; leaves a keyframe at the head when many changes came since the last, for a quick start. */
  stop(): Promise<void>
}

export interface SealerOptions {
  readonly handle: DatabaseHandle
  readonly thread: JournalThread
  /** Sealing failed and will be tried again after another chunk's worth of changes; the log itself is whole. */
  readonly onFailed: (cause: unknown) => void
}

export async function createSealer({ handle: { db }, thread, onFailed }: SealerOptions): Promise<Sealer> {
  let sealedSeq = (await chainHead(db)).seq
  let headSeq = sealedSeq
  let notBefore = 0
  let underWay: Promise<void> | null = null
  let stopping = false

  async function seal(): Promise<void> {
    while (!stopping) {
      const next = await thread.ask<'seal'>({ kind: 'seal' })
      if (next === null) return
      await db.transaction().execute(async (trx) => {
        await storeChunk(trx, next.chunk)
        if (next.keyframe !== null) await storeKeyframe(trx, next.keyframe)
      })
      sealedSeq = next.chunk.header.toSeq
    }
  }

  function start(): Promise<void> {
    underWay ??= seal().finally(() => {
      underWay = null
    })
    return underWay
  }

  return {
    headMoved(seq) {
      headSeq = seq
      if (stopping || underWay !== null || headSeq - sealedSeq < CHUNK_CHANGES || headSeq < notBefore) return
      start().catch((cause: unknown) => {
        notBefore = headSeq + CHUNK_CHANGES
        onFailed(cause)
      })
    },
    async sealNow() {
      await underWay
      await start()
    },
    async stop() {
      stopping = true
      await underWay?.catch(() => undefined) // Told to onFailed already.
      const last = await keyframeFloor(db, {})
      if (headSeq - (last?.seq ?? 0) < CHUNK_CHANGES) return
      try {
        const keyframe = await thread.ask<'keyframe'>({ kind: 'keyframe' })
        await db.transaction().execute((trx) => storeKeyframe(trx, keyframe))
      } catch (cause) {
        onFailed(cause) // The next start takes longer, nothing else.
      }
    },
  }
}
