import { describe, expect, it } from 'vitest'

import { LAYERS } from '../../shared/domain/layers.ts'
import { snapshotJsonSchema } from '../../shared/protocol/snapshot.ts'
import { snapshotLayer } from '../../shared/world/snapshot.ts'
import { createWorld, layerOf, reduce, type World } from '../../shared/world/world.ts'
import { buildSnapshot } from '../../server/realtime/snapshot-build.ts'
import type { SnapshotInput } from '../../server/realtime/snapshot-input.ts'
import { STREAMS, visibleFieldsOf, type Stream } from '../../server/realtime/streams.ts'
import { readColumns } from '../../client/connection/snapshot-columns.ts'
import { randomChanges } from '../support/random-changes.ts'
import { forEachSeed } from '../support/seeds.ts'
import type { Random } from '../support/random.ts'

function randomWorld(random: Random): World {
  const world = createWorld()
  for (const change of randomChanges(random, random.below(150))) reduce(world, change)
  return world
}
const recordsOf = (world: World, stream: Stream) =>
  snapshotLayer(world, stream.layer).records.map(({ id, slot, observedAt, fields }) => ({
    id,
    slot,
    observedAt,
    fields: visibleFieldsOf(stream, fields),
  }))

describe('a snapshot', () => {
  it('in columns gives back every record of every stream, bit for bit', () => {
    forEachSeed((random) => {
      const world = randomWorld(random)
      const stream = random.pick(STREAMS)
      const expected = recordsOf(world, stream)
      for (const { id, ...record } of expected) layerOf(world, stream.layer).records.set(id, { id, seq: 1, ...record })
      const input: SnapshotInput = { epoch: 'e', seq: world.seq, stream, format: 'columns', world }
      const { records, slots, ...head } = readColumns(buildSnapshot(input, new Map()))
      expect(head).toEqual({ epoch: 'e', seq: world.seq })
      expect(records.map((record, row) => ({ slot: slots?.[row], ...record }))).toStrictEqual(expected)
    }, 0.3)
  })

  it('in JSON is id, observedAt and the fields, in slot order', () => {
    forEachSeed((random) => {
      const world = randomWorld(random)
      const layer = random.pick(LAYERS)
      const stream = STREAMS.find((one) => one.layer === layer)
      if (stream === undefined) throw new Error('each layer has a stream')
      const bytes = buildSnapshot({ epoch: 'e', seq: world.seq, stream, format: 'json', world }, new Map())
      const { records } = snapshotJsonSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
      const flat = recordsOf(world, stream).map(({ id, observedAt, fields }) => ({
        id,
        observedAt: new Date(observedAt).toISOString(),
        ...fields,
      }))
      expect(records).toEqual(flat)
    }, 0.1)
  })

  it('keeps the columns that seldom change between builds of an unchanged layer', () => {
    const world = createWorld()
    const stream = STREAMS.find(({ layer }) => layer === 'merchants')
    if (stream === undefined) throw new Error('merchants are a stream')
    const put = { layer: 'merchants', id: 'm', op: 'put', observedAt: 1, seq: 1, recordedAt: 1 } as const
    reduce(world, {
      ...put,
      fields: { name: 'x', category: null, position: [1, 2], open: true, safety: null, pointsPartner: null },
    })
    const kept = new Map()
    const build = (): Uint8Array => buildSnapshot({ epoch: 'e', seq: world.seq, stream, format: 'columns', world }, kept)
    build()
    const names = kept.get('name')
    reduce(world, { ...put, op: 'patch', seq: 2, fields: { open: false } })
    expect(readColumns(build()).records[0]?.fields['open']).toBe(false)
    expect(kept.get('name')).toBe(names)
    expect([...kept.keys()]).toEqual(['id', 'slot', 'name', 'category', 'position', 'pointsPartner'])
  })
})
