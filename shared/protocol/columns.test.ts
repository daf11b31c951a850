import { describe, expect, it } from 'vitest'

import { roundTo, type Fields } from '../domain/field.ts'
import { fieldSpecsOf, LAYERS, NEVER_MERGED_LAYERS } from '../domain/layers.ts'
import { randomValue } from '../../test/support/random-changes.ts'
import { forEachSeed } from '../../test/support/seeds.ts'
import {
  ColumnsError,
  decodeColumns,
  encodeColumns,
  encodeSection,
  fitsColumns,
  sectionMask,
  type ColumnSection,
} from './columns.ts'

const AT = Date.UTC(2026, 10, 23, 6, 35, 8, 123)
const patch = (layer: (typeof LAYERS)[number], fields: Fields, observedAt = AT) =>
  ({ layer, id: 'x', op: 'patch', observedAt, fields, seq: 1, recordedAt: AT }) as const

describe('columns of a delta', () => {
  it('are these bytes for ever', () => {
    const workers = encodeSection(
      'workers',
      sectionMask(patch('workers', { position: null, headingDeg: 1, duty: 'off' })),
      [
        { slot: 3, observedAt: AT - 1_500, fields: { position: [114.65, -33.62], headingDeg: 359.9, duty: 'onTask' } },
        { slot: 70_000, observedAt: AT + 2, fields: { position: null, headingDeg: null, duty: 'off' } },
      ],
      AT,
    )
    const merchants = encodeSection(
      'merchants',
      sectionMask(patch('merchants', { open: null })),
      [{ slot: 0, observedAt: AT, fields: { open: true } }],
      AT,
    )
    expect(
      Buffer.from(encodeColumns(AT, [workers, merchants]))
        .toString('hex')
        .match(/.{1,32}/g),
    ).toMatchInlineSnapshot(`
      [
        "010002000300000000b01dd971207a42",
        "050000000e0000000200000003000000",
        "7011010024faffff02000000906bd506",
        "00000080e0fffefd000000800f0e0000",
        "00000080010200000200000008000000",
        "01000000000000000000000001000000",
      ]
    `)
  })

  it('give back what went in, bit for bit, whatever the values', () => {
    forEachSeed((random) => {
      const layer = random.pick(LAYERS.filter((name) => !NEVER_MERGED_LAYERS.includes(name)))
      const live = Object.entries(fieldSpecsOf(layer)).filter(([, spec]) => spec.live)
      const sections: ColumnSection[] = Array.from({ length: random.below(4) }, () => {
        const chosen = live.filter(() => random.chance(0.5))
        const fields = chosen.length > 0 ? chosen : live.slice(0, 1)
        const rows = Array.from({ length: 1 + random.below(9) }, () => ({
          slot: random.chance(0.1) ? 2 ** 32 - 1 : random.below(100_000),
          observedAt: AT + (random.chance(0.1) ? random.pick([-(2 ** 31) + 1, 2 ** 31 - 1]) : random.below(9_000) - 5_000),
          fields: Object.fromEntries(fields.map(([name, spec]) => [name, randomValue(random, spec)])),
        }))
        return { layer, fields: fields.map(([name]) => name), rows }
      })
      const bytes = encodeColumns(
        AT,
        sections.map(({ rows }) => encodeSection(layer, sectionMask(patch(layer, rows[0]?.fields ?? {})), rows, AT)),
      )
      // At an odd place in a larger buffer, as Node hands attachments over.
      const moved = new Uint8Array(bytes.length + 3)
      moved.set(bytes, 3)
      const decoded = decodeColumns(moved.subarray(3))
      expect(decoded).toStrictEqual({ atMs: AT, sections })
      expect(JSON.stringify(decoded.sections)).toBe(JSON.stringify(sections))
    })
  })

  it('hold every value of every number field exactly', () => {
    for (const layer of LAYERS) {
      for (const [name, spec] of Object.entries(fieldSpecsOf(layer))) {
        if (spec.kind !== 'number' || !spec.live) continue
        const step = Math.max(1, Math.floor(((spec.max - spec.min) * 10 ** spec.decimals) / 5_000))
        const rows = Array.from({ length: 5_001 }, (_, index) => ({
          slot: index,
          observedAt: AT,
          fields: { [name]: roundTo(Math.min(spec.max, spec.min + (index * step) / 10 ** spec.decimals), spec.decimals) },
        }))
        const section = encodeSection(layer, sectionMask(patch(layer, { [name]: 0 })), rows, AT)
        const back = decodeColumns(encodeColumns(AT, [section])).sections[0]?.rows
        expect(back?.every((row, index) => Object.is(row.fields[name], rows[index]?.fields[name]))).toBe(true)
      }
    }
  })

  it('take patches of live fields only, observed near the tick', () => {
    expect(fitsColumns(patch('stations', { state: 'open', cups: 3 }), AT)).toBe(true)
    expect(fitsColumns(patch('stations', { state: 'open', name: 'x' }), AT)).toBe(false)
    expect(fitsColumns({ ...patch('stations', { state: 'open' }), op: 'put' }, AT)).toBe(false)
    expect(fitsColumns(patch('stations', { state: 'open' }, AT - 2 ** 31), AT)).toBe(false)
    expect(fitsColumns(patch('alarms', { state: 'raised' }), AT)).toBe(false)
  })

  it('refuse bytes that are cut, grown or speak of what there is not', () => {
    const good = encodeColumns(AT, [
      encodeSection(
        'stations',
        sectionMask(patch('stations', { state: 'open' })),
        [{ slot: 1, observedAt: AT, fields: { state: 'open' } }],
        AT,
      ),
    ])
    const changed = (at: number, to: number): Uint8Array => {
      const copy = good.slice()
      copy[at] = to
      return copy
    }
    const bad = [
      good.subarray(0, 7),
      good.subarray(0, -1),
      new Uint8Array([...good, 0]),
      changed(0, 2),
      changed(16, 99),
      changed(20, 1),
      changed(36, 77),
      changed(24, 200),
    ]
    for (const bytes of bad) expect(() => decodeColumns(bytes)).toThrow(ColumnsError)
  })
})
