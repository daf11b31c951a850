import { promisify } from 'node:util'
import { gzip, zstdDecompress } from 'node:zlib'

import { formatInstant } from '../../shared/domain/field.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import { hex } from '../../shared/history/chain.ts'
import { CHUNK_CLASSES, layersOfClass, type ChunkClass } from '../../shared/history/classes.ts'
import { knowledgeAt } from '../../shared/replay/known-time.ts'
import {
  chunkBody,
  chunksBetween,
  chunkSizes,
  daysWithChanges,
  densityByMinute,
  firstInstant,
  firstKnownSeq,
  keyframeBody,
  keyframesAround,
  keyframeSizes,
  type BodySize,
  type StoredBody,
} from '../database/history.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { ChangeLog } from '../journal/change-log.ts'
import { BEAT_MS, lifetimesAround } from '../journal/lifetimes.ts'
import type { SeenLayer, WorldFormat } from './world-document.ts'

const gzipAsync = promisify(gzip)
const zstdDecompressAsync = promisify(zstdDecompress)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Stored for ever, packed once a download: speed counts. */
const GZIP_LEVEL = 1

export type HistoryPacking = 'identity' | 'gzip' | 'zstd'

/** Bytes as they go out. */
export interface HistoryBytes {
  readonly bytes: Uint8Array
  readonly packing: HistoryPacking
  /** SHA-256 of the unpacked bytes, hex: the ETag. */
  readonly hash: string
}

/** An instant by time or by seq. */
export type Instant = { readonly ms: number } | { readonly seq: number }

export interface HistoryService {
  readonly epoch: string
  /** What of the log there is around a range of `recordedAt`: shared/protocol/history.ts, with bytes' hashes beside it. */
  index(fromMs: number, toMs: number, classes: readonly ChunkClass[]): Promise<object>
  /** Null when there is no such keyframe. Stored bytes are handed on, never decoded. */
  keyframe(seq: number, chunkClass: ChunkClass, packing: HistoryPacking): Promise<HistoryBytes | null>
  /** Null when no chunk begins at this seq. */
  chunk(fromSeq: number, chunkClass: ChunkClass, packing: HistoryPacking): Promise<HistoryBytes | null>
  /** A chunk of what follows a seq, sealed or not, at most one page; empty at the head; null when it was trimmed. */
  tail(afterSeq: number, chunkClass: ChunkClass): Promise<Uint8Array | null>
  /** The world at an instant as text in bytes, decoded off this thread. */
  world(at: Instant, seen: readonly SeenLayer[], format: WorldFormat): Promise<Uint8Array>
}

export interface HistoryServiceOptions {
  readonly handle: DatabaseHandle
  readonly log: ChangeLog
  /** UTC milliseconds. */
  readonly now: () => number
}

export function createHistoryService({ handle: { db }, log, now }: HistoryServiceOptions): HistoryService {
  /** Lives around a range, the present one going on to now. */
  async function lives(fromMs: number, toMs: number): Promise<{ fromMs: number; toMs: number }[]> {
    const rows = await lifetimesAround(db, fromMs, toMs)
    return rows.map(({ startedAt, lastAliveAt, stopped }) => {
      const going = stopped === 0 && now() - lastAliveAt < 2 * BEAT_MS
      return { fromMs: startedAt, toMs: going ? Math.max(lastAliveAt, now()) : lastAliveAt }
    })
  }

  async function readHead(): Promise<{ seq: number; recordedAt: number }> {
    return db.selectFrom('logHead').select(['seq', 'recordedAt']).where('id', '=', 1).executeTakeFirstOrThrow()
  }

  return {
    epoch: log.epoch,
    async index(fromMs, toMs, classes) {
      const head = await readHead()
      const keyframes = await keyframesAround(db, fromMs, toMs)
      const [first] = keyframes
      const base = first !== undefined && first.recordedAt <= fromMs ? first.seq : 0
      const last = keyframes.at(-1)
      const chunks = await chunksBetween(
        db,
        base,
        last !== undefined && last.recordedAt > toMs ? { seq: last.seq } : { ms: toMs },
      )
      const seqsOf = (seqs: readonly number[]) => [seqs[0] ?? 1, seqs.at(-1) ?? 0] as const
      const keyframeBytes = byClass(await keyframeSizes(db, ...seqsOf(keyframes.map(({ seq }) => seq))), classes)
      const chunkBytes = byClass(await chunkSizes(db, ...seqsOf(chunks.map(({ fromSeq }) => fromSeq))), classes)
      const firstAt = await firstInstant(db)
      const density = await densityByMinute(
        db,
        { fromMinute: Math.floor(fromMs / MINUTE_MS), toMinute: Math.floor(toMs / MINUTE_MS) },
        {
          classes: classes.map((name) => CHUNK_CLASSES.indexOf(name)),
          layers: classes.flatMap((name) => layersOfClass(name).map((layer) => LAYERS.indexOf(layer))),
        },
      )
      return {
        epoch: log.epoch,
        firstAt: firstAt === null ? null : formatInstant(firstAt),
        head: { seq: head.seq, at: formatInstant(head.recordedAt) },
        now: formatInstant(now()),
        classes,
        keyframes: keyframes.map(({ seq, recordedAt }) => ({ seq, at: formatInstant(recordedAt), bodies: keyframeBytes(seq) })),
        chunks: chunks.map((chunk) => ({
          from: chunk.fromSeq,
          to: chunk.toSeq,
          fromAt: formatInstant(chunk.fromMs),
          toAt: formatInstant(chunk.toMs),
          hash: hex(chunk.hash),
          bodies: chunkBytes(chunk.fromSeq),
        })),
        lifetimes: (await lives(fromMs, toMs)).map((life) => ({
          from: formatInstant(life.fromMs),
          to: formatInstant(life.toMs),
        })),
        density: [...density]
          .toSorted(([a], [b]) => a - b)
          .map(([minute, changes]) => ({ minute: formatInstant(minute * MINUTE_MS), changes })),
        days: (await daysWithChanges(db)).map((day) => formatInstant(day * DAY_MS).slice(0, 10)),
      }
    },
    async keyframe(seq, chunkClass, packing) {
      return packed(await keyframeBody(db, seq, CHUNK_CLASSES.indexOf(chunkClass)), packing)
    },
    async chunk(fromSeq, chunkClass, packing) {
      return packed(await chunkBody(db, fromSeq, CHUNK_CLASSES.indexOf(chunkClass)), packing)
    },
    tail: (afterSeq, chunkClass) => log.tail(afterSeq, chunkClass),
    async world(at, seen, format) {
      const firstAt = await firstInstant(db)
      if ('seq' in at) {
        const { seq: headSeq } = await readHead()
        const unknown = firstAt === null || at.seq < (await firstKnownSeq(db)) ? 'before_first' : null
        return log.world({ at, seen, format, unknown: unknown ?? (at.seq > headSeq ? 'not_yet' : null) })
      }
      const known = knowledgeAt(at.ms, firstAt, now(), await lives(at.ms, at.ms))
      return log.world({ at, seen, format, unknown: known === 'known' ? null : known })
    },
  }
}

/** Bytes (unpacked) and hash of the bodies that begin at a seq, by the name of their class; of some classes only. */
function byClass(rows: readonly BodySize[], classes: readonly ChunkClass[]) {
  const bySeq = Map.groupBy(rows, ({ seq }) => seq)
  return (seq: number): Record<string, { bytes: number; hash: string }> =>
    Object.fromEntries(
      (bySeq.get(seq) ?? []).flatMap(({ class: index, bytes, bodyHash }) => {
        const name = CHUNK_CLASSES[index]
        return name !== undefined && classes.includes(name) ? [[name, { bytes, hash: hex(bodyHash) }]] : []
      }),
    )
}

async function packed(stored: StoredBody | undefined, packing: HistoryPacking): Promise<HistoryBytes | null> {
  if (stored === undefined) return null
  const hash = hex(stored.bodyHash)
  if (packing === 'zstd') return { bytes: stored.body, packing, hash }
  const plain = await zstdDecompressAsync(stored.body, { maxOutputLength: Math.max(1, stored.bytes) })
  return packing === 'gzip'
    ? { bytes: await gzipAsync(plain, { level: GZIP_LEVEL }), packing, hash }
    : { bytes: plain, packing, hash }
}
