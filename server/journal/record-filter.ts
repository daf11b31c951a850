import { createHash } from 'node:crypto'

import type { LayerName } from '../../shared/domain/layers.ts'

/** Bits a record and probes a question: about one false yes in a hundred. */
const BITS_A_RECORD = 10
const PROBES = 7

/**
 * A Bloom filter of the records that a chunk speaks of, so that the history of one record opens the chunks that have it.
 * It may say yes where there is none, never no where there is one.
 */
export function makeRecordFilter(records: Iterable<{ readonly layer: LayerName; readonly id: string }>): Uint8Array {
  const keys = new Set<string>()
  for (const { layer, id } of records) keys.add(keyOf(layer, id))
  const filter = new Uint8Array(Math.ceil((keys.size * BITS_A_RECORD) / 8))
  for (const key of keys) {
    for (const bit of bitsOf(key, filter.length)) filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7))
  }
  return filter
}

export function mayHaveRecord(filter: Uint8Array, layer: LayerName, id: string): boolean {
  if (filter.length === 0) return false
  return bitsOf(keyOf(layer, id), filter.length).every((bit) => ((filter[bit >> 3] as number) & (1 << (bit & 7))) !== 0)
}

const keyOf = (layer: LayerName, id: string): string => `${layer}\n${id}`

function bitsOf(key: string, bytes: number): number[] {
  const digest = createHash('sha256').update(key).digest()
  return Array.from({ length: PROBES }, (_, index) => digest.readUInt32LE(index * 4) % (bytes * 8))
}
