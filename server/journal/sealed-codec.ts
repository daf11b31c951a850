import { createHash } from 'node:crypto'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import type { ChunkBodiesTable, KeyframeBodiesTable } from '../database/tables/log.ts'
import { chainHash } from '../../shared/history/chain.ts'
import { decodeChunk, encodeChunk, HISTORY_CODEC } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf, layersOfClass } from '../../shared/history/classes.ts'
import { decodeKeyframe, encodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotLayer } from '../../shared/world/snapshot.ts'
import type { World } from '../../shared/world/world.ts'
import { makeRecordFilter } from './record-filter.ts'
import type { SealedChunk, SealedKeyframe } from './sealed-store.ts'

/** Measured: a tenth smaller than level 3 for one microsecond a change, spent once; higher levels give nothing more. */
const ZSTD_LEVEL = 16
const MINUTE_MS = 60_000

export const nodeSha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

function compress(body: Uint8Array): Uint8Array {
  return zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } })
}

/** A stored body as it was before compression. */
export function openBody({ body, bytes }: Pick<ChunkBodiesTable, 'body' | 'bytes'>): Uint8Array {
  return zstdDecompressSync(body, { maxOutputLength: Math.max(1, bytes) })
}

/**
 * Makes the chunk of a run of changes, and reads it back before anything is deleted for it.
 * @throws Error when what is read is not what was written
 */
export function sealChanges(changes: readonly Change[], previousHash: Uint8Array): SealedChunk {
  const first = changes[0]
  const last = changes.at(-1)
  if (first === undefined || last === undefined) throw new Error('a chunk has changes')
  const range = { fromSeq: first.seq, toSeq: last.seq }
  const encoded = CHUNK_CLASSES.map((chunkClass) => {
    const mine = changes.filter(({ layer }) => classOf(layer) === chunkClass)
    const body = encodeChunk({ chunkClass, ...range, changes: mine })
    if (textOf(decodeChunk(body).changes) !== textOf(mine)) throw new Error(`chunk ${first.seq} does not read back as written`)
    return { mine, body, bodyHash: nodeSha256(body) }
  })
  const facts = { codec: HISTORY_CODEC, ...range, fromMs: first.recordedAt, toMs: last.recordedAt }
  const hashes = encoded.map(({ bodyHash }) => bodyHash)
  return {
    header: { ...facts, previousHash, hash: chainHash(previousHash, facts, hashes, nodeSha256) },
    bodies: encoded.map(({ mine, body, bodyHash }, index) => ({
      fromSeq: first.seq,
      class: index,
      changes: mine.length,
      bytes: body.length,
      bodyHash,
      filter: makeRecordFilter(mine),
      body: compress(body),
    })),
    activity: encoded.flatMap(({ mine }, index) =>
      [...Map.groupBy(mine, ({ recordedAt }) => Math.floor(recordedAt / MINUTE_MS))].map(([minute, those]) => ({
        minute,
        class: index,
        changes: those.length,
      })),
    ),
  }
}

/** Equal for equal changes; the order of fields is not part of a change. */
function textOf(changes: readonly Change[]): string {
  return JSON.stringify(
    changes.map(({ seq, recordedAt, observedAt, layer, id, op, fields }) => [
      [seq, recordedAt, observedAt, layer, id, op],
      Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ]),
  )
}

export function sealKeyframe(world: World): SealedKeyframe {
  const { seq, recordedAt } = world
  return {
    header: { seq, recordedAt, codec: HISTORY_CODEC },
    bodies: CHUNK_CLASSES.map((chunkClass, index) => {
      const layers = layersOfClass(chunkClass).map((layer) => snapshotLayer(world, layer))
      const body = encodeKeyframe({ chunkClass, seq, recordedAt, layers })
      const records = layers.reduce((total, layer) => total + layer.records.length, 0)
      return { seq, class: index, records, bytes: body.length, bodyHash: nodeSha256(body), body: compress(body) }
    }),
  }
}

/** The changes of a chunk's bodies together, in seq order. */
export function openChunk(bodies: readonly Pick<ChunkBodiesTable, 'body' | 'bytes'>[]): Change[] {
  return bodies.flatMap((body) => decodeChunk(openBody(body)).changes).toSorted((a, b) => a.seq - b.seq)
}

/** The world of a keyframe's bodies; layers of classes that are not given are empty. */
export function openKeyframe(bodies: readonly Pick<KeyframeBodiesTable, 'body' | 'bytes'>[]): World {
  const contents = bodies.map((body) => decodeKeyframe(openBody(body)))
  const [first] = contents
  if (first === undefined) throw new Error('a keyframe has bodies')
  return restoreWorld({ seq: first.seq, recordedAt: first.recordedAt, layers: contents.flatMap(({ layers }) => layers) })
}
