/**
 * Writes golden/history-codec-<version>.json once, when a codec version is new. A golden file is never made again: it
 * stands for bytes that are out there. Run: `npx node test/compat/make-history-golden.ts`.
 */
import { writeFileSync } from 'node:fs'

import { chainHash, GENESIS_HASH, hex } from '../../shared/history/chain.ts'
import { encodeChunk, HISTORY_CODEC } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf, layersOfClass } from '../../shared/history/classes.ts'
import { encodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { sha256 } from '../../shared/history/sha256.ts'
import { snapshotLayer, snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce } from '../../shared/world/world.ts'
import { seededRandom } from '../support/random.ts'
import { randomChanges } from '../support/random-changes.ts'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const changes = randomChanges(seededRandom(20_261_123), 150)
const world = createWorld()
for (const change of changes) reduce(world, change)
const chunks = CHUNK_CLASSES.map((chunkClass) =>
  encodeChunk({
    chunkClass,
    fromSeq: 1,
    toSeq: changes.length,
    changes: changes.filter(({ layer }) => classOf(layer) === chunkClass),
  }),
)
const keyframes = CHUNK_CLASSES.map((chunkClass) =>
  encodeKeyframe({
    chunkClass,
    seq: world.seq,
    recordedAt: world.recordedAt,
    layers: layersOfClass(chunkClass).map((layer) => snapshotLayer(world, layer)),
  }),
)
const header = {
  codec: HISTORY_CODEC,
  fromSeq: 1,
  toSeq: changes.length,
  fromMs: changes[0]?.recordedAt ?? 0,
  toMs: changes.at(-1)?.recordedAt ?? 0,
}
const golden = {
  changes,
  world: snapshotWorld(world),
  chunks: chunks.map(base64),
  keyframes: keyframes.map(base64),
  header,
  hash: hex(chainHash(GENESIS_HASH, header, chunks.map(sha256), sha256)),
}
const file = new URL(`golden/history-codec-${HISTORY_CODEC}.json`, import.meta.url)
writeFileSync(file, `${JSON.stringify(golden)}\n`, { flag: 'wx' })
