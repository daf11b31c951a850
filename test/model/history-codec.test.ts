import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { HistoryFormatError } from '../../shared/history/bytes.ts'
import { decodeChunk, encodeChunk } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf, layersOfClass } from '../../shared/history/classes.ts'
import { decodeKeyframe, encodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { sha256 } from '../../shared/history/sha256.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotLayer, snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce } from '../../shared/world/world.ts'
import { randomChanges } from '../support/random-changes.ts'
import { forEachSeed, LAW_TIMEOUT_MS } from '../support/seeds.ts'

/** Field by field in a fixed order: the order of keys is not part of a record. */
const plain = (changes: readonly Change[]) =>
  JSON.stringify(
    changes.map((change) => ({ ...change, fields: Object.entries(change.fields).toSorted(([a], [b]) => (a < b ? -1 : 1)) })),
  )

describe('the history codec', { timeout: LAW_TIMEOUT_MS }, () => {
  it('gives every change back bit for bit, whatever run of the log a chunk holds', () => {
    forEachSeed((random) => {
      const log = randomChanges(random, 1 + random.below(90))
      const from = random.below(log.length)
      const run = log.slice(from, from + 1 + random.below(90))
      const fromSeq = run[0]?.seq ?? 1
      const toSeq = run.at(-1)?.seq ?? 1
      const decoded = CHUNK_CLASSES.flatMap((chunkClass) => {
        const changes = run.filter(({ layer }) => classOf(layer) === chunkClass)
        const content = decodeChunk(encodeChunk({ chunkClass, fromSeq, toSeq, changes }))
        expect(content).toMatchObject({ chunkClass, fromSeq, toSeq })
        return content.changes
      })
      expect(plain(decoded.toSorted((a, b) => a.seq - b.seq))).toBe(plain(run))
    })
  })

  it('gives every keyframe back, so that a replay goes on as if it had never stopped', () => {
    forEachSeed((random) => {
      const log = randomChanges(random, 1 + random.below(80))
      const at = random.below(log.length + 1)
      const world = createWorld()
      for (const change of log.slice(0, at)) reduce(world, change)
      const layers = CHUNK_CLASSES.flatMap((chunkClass) => {
        const snapshots = layersOfClass(chunkClass).map((layer) => snapshotLayer(world, layer))
        return decodeKeyframe(encodeKeyframe({ chunkClass, seq: world.seq, recordedAt: world.recordedAt, layers: snapshots }))
          .layers
      })
      const restored = restoreWorld({ seq: world.seq, recordedAt: world.recordedAt, layers })
      expect(snapshotWorld(restored)).toEqual(snapshotWorld(world))
      for (const change of log.slice(at)) {
        reduce(world, change)
        reduce(restored, change)
      }
      expect(snapshotWorld(restored)).toEqual(snapshotWorld(world))
    })
  })

  it('never takes damaged bytes for anything but damaged bytes or a chunk', () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 40).filter(({ layer }) => classOf(layer) === 'community')
      const bytes = encodeChunk({ chunkClass: 'community', fromSeq: 1, toSeq: 40, changes })
      const at = random.below(bytes.length)
      const damaged = random.chance(0.5) ? bytes.slice(0, at) : bytes.with(at, random.below(256))
      try {
        decodeChunk(damaged)
      } catch (cause) {
        if (!(cause instanceof HistoryFormatError)) throw cause
      }
    })
  })

  it('hashes as the standard says, whatever the length', () => {
    forEachSeed((random, seed) => {
      const bytes = Uint8Array.from({ length: seed % 300 }, () => random.below(256))
      expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    }, 0.3)
  })
})
