import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Change } from '../../shared/world/change.ts'
import { NULL_BYTE } from './layer-columns.ts'
import { createMirror, MissingRecord, type LayerUpdate } from './mirror.ts'
import { throttledLayer } from './use-mirror.ts'
import type { Visibility } from './visibility.ts'

const ORIGIN = [114.65, 33.62] as const
let seq = 0
const change = (op: Change['op'], id: string, fields: Change['fields'] = {}): Change => {
  seq += 1
  return { seq, recordedAt: seq, observedAt: seq, layer: 'workers', id, op, fields }
}
const put = (id: string, lng = 114.65) =>
  change('put', id, { gridId: null, position: [lng, 33.62], headingDeg: null, duty: 'onDuty' })

describe('a mirror', () => {
  it('gives each record the lowest free place of its own, and columns that agree with it', () => {
    const mirror = createMirror(ORIGIN)
    const workers = mirror.layer('workers')
    mirror.apply([put('a'), put('b', 114.66), change('remove', 'a'), put('c', 114.67)])
    expect([workers.idAt(0), workers.idAt(1), workers.idAt(2)]).toEqual(['c', 'b', null])
    expect([...workers.columns.positions.subarray(0, 4)].map((value) => Number(value.toFixed(6)))).toEqual([0.02, 0, 0.01, 0])
    expect([...(workers.columns.bytes['duty']?.subarray(0, 3) ?? [])]).toEqual([0, 0, NULL_BYTE])
    expect(workers.columns.length).toBe(2)
    mirror.apply([change('patch', 'c', { position: null, duty: 'off' })])
    expect(workers.columns.positions[0]).toBeNaN()
    expect(workers.columns.bytes['duty']?.[0]).toBe(2)
  })

  it('keeps a place within a tenth of a millimetre near the origin', () => {
    const mirror = createMirror(ORIGIN)
    mirror.apply([put('a', 114.671234)])
    const offset = mirror.layer('workers').columns.positions[0] ?? NaN
    expect(Math.abs(offset - (114.671234 - 114.65)) * 92_700).toBeLessThan(0.0001)
  })

  it('tells each touched layer once a batch, with its dirty slots once each, and says when arrays were replaced', () => {
    const mirror = createMirror(ORIGIN)
    const updates: LayerUpdate[] = []
    const others: LayerUpdate[] = []
    mirror.layer('workers').subscribe((update) => updates.push(update))
    mirror.layer('stations').subscribe((update) => others.push(update))
    mirror.apply([put('b'), put('a'), change('patch', 'b', { headingDeg: 1 })])
    mirror.apply(Array.from({ length: 100 }, (_, index) => put(`w${index}`)))
    expect(updates[0]).toEqual({ dirty: [0, 1], resized: false })
    expect(updates[1]).toMatchObject({ resized: true })
    expect(updates).toHaveLength(2)
    expect(others).toEqual([])
  })

  it('tells nothing while the page is hidden, then everything once', () => {
    let hidden = true
    let show: () => void = () => undefined
    const visibility: Visibility = {
      get hidden() {
        return hidden
      },
      onChange(listener) {
        show = listener
        return () => undefined
      },
    }
    const mirror = createMirror(ORIGIN, visibility)
    const updates: LayerUpdate[] = []
    mirror.layer('workers').subscribe((update) => updates.push(update))
    mirror.apply([put('a')])
    mirror.apply([put('b'), change('patch', 'a', { headingDeg: 3 })])
    expect(updates).toEqual([])
    expect(mirror.layer('workers').records.size).toBe(2)
    hidden = false
    show()
    expect(updates).toEqual([{ dirty: [0, 1], resized: false }])
  })

  it('takes a snapshot for exactly what there is; who stays keeps his place', () => {
    const mirror = createMirror(ORIGIN)
    mirror.apply([put('a'), put('b'), put('c')])
    const workers = mirror.layer('workers')
    const before = workers.records.get('c')?.slot
    const fields = { gridId: null, position: null, headingDeg: null, duty: 'onDuty' } as const
    mirror.replaceLayer(
      'workers',
      ['c', 'd'].map((id) => ({ id, observedAt: 1, fields })),
      99,
    )
    expect([...workers.records.keys()].toSorted()).toEqual(['c', 'd'])
    expect(workers.records.get('c')?.slot).toBe(before)
    expect(workers.idAt(1)).toBeNull()
  })

  it('throws at a patch of what it does not have, and takes a remove of it as done', () => {
    const mirror = createMirror(ORIGIN)
    expect(() => mirror.apply([change('patch', 'ghost', { duty: 'off' })])).toThrow(MissingRecord)
    expect(() => mirror.apply([change('remove', 'ghost')])).not.toThrow()
  })

  it('brings a removed record back with any time, as what came too late was left out by the server', () => {
    const mirror = createMirror(ORIGIN)
    mirror.apply([put('a'), { ...change('remove', 'a'), observedAt: 1e9 }, { ...put('a'), observedAt: 5 }])
    expect(mirror.layer('workers').records.get('a')?.observedAt).toBe(5)
  })
})

describe('a layer for panels', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells at most four times a second, and always the last', () => {
    const mirror = createMirror(ORIGIN)
    const store = throttledLayer(mirror.layer('workers'))
    const seen: number[] = []
    const stop = store.subscribe(() => seen.push(store.version()))
    for (let tick = 0; tick < 20; tick += 1) {
      mirror.apply([put(`w${tick}`)])
      vi.advanceTimersByTime(100)
    }
    vi.advanceTimersByTime(250)
    expect(seen.length).toBeLessThanOrEqual(8)
    expect(seen.at(-1)).toBe(mirror.layer('workers').version)
    mirror.apply([put('late')])
    stop()
    vi.advanceTimersByTime(1_000)
    expect(store.version()).toBe(seen.at(-1))
  })
})
