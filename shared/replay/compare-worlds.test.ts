import { describe, expect, it } from 'vitest'

import type { Fields } from '../domain/field.ts'
import { compareRecords, COMPARED_LAYERS } from './compare-worlds.ts'

const records = (all: Record<string, readonly [seq: number, fields: Fields]>) =>
  new Map(Object.entries(all).map(([id, [seq, fields]]) => [id, { seq, fields }]))

describe('two instants compared', () => {
  it('tells what came, what went, and what changed from what to what', () => {
    const before = records({ a: [1, { state: 'open', seatsFree: 4 }], b: [2, { state: 'open' }], c: [3, { state: 'open' }] })
    const after = records({ a: [9, { state: 'fault', seatsFree: 4 }], c: [3, { state: 'open' }], d: [8, { state: 'open' }] })
    expect(compareRecords('stations', before, after)).toEqual([
      { layer: 'stations', id: 'a', kind: 'changed', fields: [{ name: 'state', before: 'open', after: 'fault' }] },
      { layer: 'stations', id: 'b', kind: 'removed', fields: [] },
      { layer: 'stations', id: 'd', kind: 'added', fields: [] },
    ])
    expect(compareRecords('stations', after, before)).toHaveLength(3)
  })

  it('finds nothing where a record came back to what it was, nor in lists that are equal', () => {
    const before = records({ a: [1, { state: 'open', position: [114.65, 33.62] }] })
    const after = records({ a: [5, { state: 'open', position: [114.65, 33.62] }] })
    expect(compareRecords('stations', before, after)).toEqual([])
  })

  it('never tells where a worker went, nor anything of a resident', () => {
    const before = records({ w: [1, { duty: 'onDuty', position: [114.65, 33.62], headingDeg: 3 }] })
    const after = records({ w: [2, { duty: 'onTask', position: [114.66, 33.62], headingDeg: 9 }] })
    expect(compareRecords('workers', before, after)[0]?.fields).toEqual([{ name: 'duty', before: 'onDuty', after: 'onTask' }])
    expect(COMPARED_LAYERS).not.toContain('residents')
  })
})
