import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { chainHash, GENESIS_HASH, hex, type ChunkHeader } from '../../shared/history/chain.ts'
import { decodeChunk, HISTORY_CODEC } from '../../shared/history/chunk-codec.ts'
import { decodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { sha256 } from '../../shared/history/sha256.ts'
import type { Change } from '../../shared/world/change.ts'
import type { WorldSnapshot } from '../../shared/world/snapshot.ts'

interface Golden {
  changes: Change[]
  world: WorldSnapshot
  chunks: string[]
  keyframes: string[]
  header: ChunkHeader
  hash: string
}
const folder = new URL('golden/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.startsWith('history-codec-'))
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

describe('history written by earlier versions', () => {
  it('has golden bytes of every codec up to the one written now', () => {
    expect(files).toHaveLength(HISTORY_CODEC)
  })

  it.each(files)('%s is read as it was meant', (file) => {
    const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden
    const changes = golden.chunks.flatMap((chunk) => decodeChunk(bytesOf(chunk)).changes)
    expect(changes.toSorted((a, b) => a.seq - b.seq)).toEqual(golden.changes)
    const layers = golden.keyframes.flatMap((keyframe) => decodeKeyframe(bytesOf(keyframe)).layers)
    const byName = (a: { layer: string }, b: { layer: string }) => (a.layer < b.layer ? -1 : 1)
    expect(layers.toSorted(byName)).toEqual(golden.world.layers.toSorted(byName))
    const hashes = golden.chunks.map((chunk) => sha256(bytesOf(chunk)))
    expect(hex(chainHash(GENESIS_HASH, golden.header, hashes, sha256))).toBe(golden.hash)
  })
})
