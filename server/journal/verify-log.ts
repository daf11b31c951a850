import type { Kysely } from 'kysely'

import type { Database } from '../database/schema.ts'
import { createChainCheck, GENESIS_HASH, type BrokenLink } from '../../shared/history/chain.ts'
import { nodeSha256, openBody } from './sealed-codec.ts'
import { checkpointText, chunkBodies, readCheckpoint } from './sealed-store.ts'

export type LogVerdict =
  | {
      readonly ok: true
      readonly chunks: number
      readonly sealedTo: number
      /** Changes after it that are in no chunk yet: they are there without a gap, and nothing more can be said of them. */
      readonly unsealed: number
      readonly checkpoint: number | null
    }
  | { readonly ok: false; readonly chunks: number; readonly broken: BrokenLink | Unreadable | BadEdge }

/** The stored bytes of a chunk cannot even be decompressed. */
export interface Unreadable {
  readonly code: 'unreadable'
  readonly fromSeq: number
  readonly bodyClass: number
}

/**
 * The log was cut where no link can tell: `bad_checkpoint`: the site's key did not sign where it begins; `unsealed_gap`:
 * what is not sealed does not go on from the last chunk to the head.
 */
export interface BadEdge {
  readonly code: 'bad_checkpoint' | 'unsealed_gap'
  readonly fromSeq: number
}

const CHUNKS_A_PAGE = 64

/**
 * Walks the chain of the sealed log from its beginning, or from the checkpoint that a trim left, and stops at the first
 * link that does not hold; then looks whether the rest goes on to the head. Reads every byte; works in the thread that
 * calls. A server may be writing meanwhile.
 * @param signedBySite whether a checkpoint's signature is the site's; null: it cannot be told
 */
export async function verifyLog(
  db: Kysely<Database>,
  signedBySite: ((text: string, signature: string) => boolean) | null = null,
): Promise<LogVerdict> {
  const checkpoint = await readCheckpoint(db)
  if (checkpoint !== null && signedBySite !== null) {
    const { seq, hash, signature } = checkpoint
    if (signature === null || !signedBySite(checkpointText(seq, hash), signature))
      return { ok: false, chunks: 0, broken: { code: 'bad_checkpoint', fromSeq: seq + 1 } }
  }
  const start =
    checkpoint === null ? { seq: 0, hash: GENESIS_HASH } : { seq: checkpoint.seq, hash: Buffer.from(checkpoint.hash, 'hex') }
  const check = createChainCheck(nodeSha256, { nextSeq: start.seq + 1, previousHash: start.hash })
  let chunks = 0
  let sealedTo = start.seq
  /** The head's distance when nothing new was sealed at the last look; a second look at the same place is the verdict. */
  let looked = -1
  for (;;) {
    const page = await db
      .selectFrom('chunks')
      .selectAll()
      .where('fromSeq', '>', sealedTo)
      .orderBy('fromSeq')
      .limit(CHUNKS_A_PAGE)
      .execute()
    for (const header of page) {
      const stored = await chunkBodies(db, header.fromSeq)
      const bodies: Uint8Array[] = []
      for (const [bodyClass, body] of stored.entries()) {
        try {
          bodies.push(openBody(body))
        } catch {
          return { ok: false, chunks, broken: { code: 'unreadable', fromSeq: header.fromSeq, bodyClass } }
        }
      }
      const broken = check.next({ ...header, bodyHashes: stored.map(({ bodyHash }) => bodyHash), bodies })
      if (broken !== null) return { ok: false, chunks, broken }
      chunks += 1
      sealedTo = header.toSeq
    }
    if (page.length > 0) continue
    const unsealed = await unsealedAfter(db, sealedTo)
    if (unsealed !== null) return { ok: true, chunks, sealedTo, unsealed, checkpoint: checkpoint?.seq ?? null }
    if (looked === sealedTo) return { ok: false, chunks, broken: { code: 'unsealed_gap', fromSeq: sealedTo + 1 } }
    looked = sealedTo // They may have been sealed since the page was read: look once more.
  }
}

/** How many changes follow a seq up to the head without a gap; null when there is one. */
async function unsealedAfter(db: Kysely<Database>, seq: number): Promise<number | null> {
  const head = await db.selectFrom('logHead').select('seq').where('id', '=', 1).executeTakeFirst()
  const expected = Math.max(0, (head?.seq ?? 0) - seq)
  const row = await db
    .selectFrom('changes')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('seq', '>', seq)
    .where('seq', '<=', head?.seq ?? 0)
    .executeTakeFirst()
  return Number(row?.count ?? 0) === expected ? expected : null
}
