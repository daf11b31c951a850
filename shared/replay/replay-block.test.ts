import { describe, expect, test } from 'vitest'

import { LAYERS } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import type { WorldSnapshot } from '../world/snapshot.ts'
import { MARK_CHANGES, ReplayBlock } from './replay-block.ts'

/** A world of so many merchants. */
function worldOf(records: number): WorldSnapshot {
  const merchants = Array.from({ length: records }, (_, slot) => ({ id: `m-${slot}`, slot, seq: 1, observedAt: 0, fields: {} }))
  const layers = LAYERS.map((layer) => ({ layer, records: layer === 'merchants' ? merchants : [], tombstones: [] }))
  return { seq: 1, recordedAt: 0, layers }
}
function changesAfter(count: number): Change[] {
  return Array.from({ length: count }, (_, index): Change => {
    const at = index + 1
    return {
      layer: 'merchants',
      id: 'm-0',
      op: 'patch',
      observedAt: at,
      fields: { safety: 'ok' },
      seq: index + 2,
      recordedAt: at,
    }
  })
}

describe('marks inside a block', () => {
  const changes = changesAfter(5 * MARK_CHANGES)
  test.each([
    [10, 4 * MARK_CHANGES],
    [13_000, 4 * MARK_CHANGES],
    [52_000, 4 * MARK_CHANGES],
    [65_000, 0],
  ])('in a world of %i records the last one before the end of four stretches and a half is at %i', (records, mark) => {
    const block = new ReplayBlock(worldOf(records))
    block.append(changes, changes.at(-1)?.seq ?? 0)
    const { world, count } = block.markBefore(4.5 * MARK_CHANGES)
    expect(count).toBe(mark)
    expect(world.seq).toBe(mark + 1)
  })
})
