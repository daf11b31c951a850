import { describe, expect, test } from 'vitest'

import { readEntry, type Entry } from '../../../shared/domain/entry.ts'
import { formatInstant } from '../../../shared/domain/field.ts'
import { REPORTING_INTERVAL_MS, STALE_AFTER_INTERVALS } from '../../../shared/domain/layers.ts'
import { createWorld, layerOf, reduce, type World } from '../../../shared/world/world.ts'
import { createCommunity, DEMO_SEED } from '../community.ts'
import { createDemoLife } from './demo-life.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type LifeClock } from './life-clock.ts'

const community = createCommunity(DEMO_SEED)
/** 2026-11-23, a Monday, 14:35:08 in Beijing. */
const NOW = Date.parse('2026-11-23T06:35:08.000Z')
const clockOf = (rate: number, at = NOW): LifeClock => ({ anchorRealMs: at, anchorLifeMs: at, rate })
const lifeOf = (rate: number, at = NOW) => createDemoLife(community, clockOf(rate, at), at)
const SOURCE_LAYERS = ['buildings', 'residents', 'merchants', 'stations', 'workers', 'cases']

/** Through the door as a source's lines, then into a world; every line must be taken. */
function enter(world: World, entries: readonly Entry[], nowMs: number): void {
  for (const entry of entries) {
    const line: unknown = JSON.parse(JSON.stringify({ ...entry, observedAt: formatInstant(entry.observedAt) }))
    const read = readEntry(line, SOURCE_LAYERS, nowMs)
    if (!read.ok) throw new Error(`${entry.layer} ${entry.id}: ${JSON.stringify(read.refusal)}`)
    const effect = reduce(world, { ...read.entry, seq: world.seq + 1, recordedAt: Math.max(world.recordedAt, nowMs) })
    if (effect === 'unknown_record') throw new Error(`${entry.layer} ${entry.id} is not known`)
  }
}
const fieldsOf = (world: World, layer: Entry['layer']) =>
  new Map([...layerOf(world, layer).records.values()].map(({ id, fields }) => [id, fields]))

function* steps(fromMs: number, toMs: number, stepMs: number): Generator<[number, number]> {
  for (let at = fromMs; at < toMs; at += stepMs) yield [at, Math.min(toMs, at + stepMs)]
}

describe('the life of the demo', () => {
  test('two of the same seed and clock tell the same', () => {
    expect(lifeOf(1).initial(NOW)).toEqual(lifeOf(1).initial(NOW))
    expect(lifeOf(20).between(NOW, NOW + MINUTE_MS)).toEqual(lifeOf(20).between(NOW, NOW + MINUTE_MS))
  })

  test('every line passes the door, none is an alarm or a camera, and windows of any length end where a fresh start stands', () => {
    for (const rate of [1, 20]) {
      const [life, other] = [lifeOf(rate), lifeOf(rate)]
      const end = NOW + 45 * MINUTE_MS
      const stepped = createWorld()
      enter(stepped, life.initial(NOW), NOW)
      let length = 900
      for (let at = NOW; at < end; length = (length * 7) % 61_000) {
        const next = Math.min(end, at + 250 + length)
        enter(stepped, life.between(at, next), next)
        at = next
      }
      const fresh = createWorld()
      enter(fresh, other.initial(end), end)
      for (const layer of ['buildings', 'residents', 'merchants', 'cases'] as const) {
        expect(fieldsOf(stepped, layer)).toEqual(fieldsOf(fresh, layer))
      }
      const stateOf = (world: World) => [...fieldsOf(world, 'stations')].map(([id, { state }]) => [id, state])
      expect(stateOf(stepped)).toEqual(stateOf(fresh))
    }
  })

  test('no station and no worker is ever stale', () => {
    for (const rate of [1, 20]) {
      const life = lifeOf(rate)
      const last = new Map([...community.stations, ...community.workerIds.map((id) => ({ id }))].map(({ id }) => [id, NOW]))
      let widest = { stations: 0, workers: 0 }
      for (const [from, to] of steps(NOW, NOW + 4 * MINUTE_MS, 1000)) {
        for (const { layer, id } of life.between(from, to)) {
          if (layer !== 'stations' && layer !== 'workers') continue
          widest = { ...widest, [layer]: Math.max(widest[layer], to - (last.get(id) ?? 0)) }
          last.set(id, to)
        }
      }
      for (const at of last.values()) expect(at).toBeGreaterThan(NOW + 3 * MINUTE_MS)
      for (const layer of ['stations', 'workers'] as const) {
        expect(widest[layer]).toBeLessThanOrEqual(REPORTING_INTERVAL_MS[layer] ?? 0)
        expect(widest[layer]).toBeLessThan(STALE_AFTER_INTERVALS * (REPORTING_INTERVAL_MS[layer] ?? 0))
      }
    }
  })

  test('the rate multiplies what is told in a time', () => {
    const told = (rate: number): number => {
      const life = lifeOf(rate)
      return [...steps(NOW, NOW + MINUTE_MS, 250)].reduce((sum, [from, to]) => sum + life.between(from, to).length, 0)
    }
    const [slow, fast] = [told(1), told(20)]
    expect(slow).toBeGreaterThan(300)
    expect(fast / slow).toBeGreaterThan(14)
    expect(fast / slow).toBeLessThan(22)
  })

  test('on-duty workers walk at a walking pace along the streets of their own grid; off duty nobody knows where they are', () => {
    const life = lifeOf(1)
    const before = new Map<string, { at: number; position: readonly number[] }>()
    let seen = 0
    for (const [from, to] of steps(NOW, NOW + 5 * MINUTE_MS, 1000)) {
      for (const { layer, id, fields } of life.between(from, to)) {
        if (layer !== 'workers') continue
        const position = fields['position'] as readonly number[] | null
        if (fields['duty'] === 'off') expect(position).toBeNull()
        if (position === null) continue
        const last = before.get(id)
        if (last !== undefined) {
          const meters = Math.hypot(
            ((position[0] ?? 0) - (last.position[0] ?? 0)) * 92_771,
            ((position[1] ?? 0) - (last.position[1] ?? 0)) * 110_918,
          )
          expect(meters).toBeLessThan(((to - last.at) / 1000) * 1.5 + 0.3)
          seen += 1
        }
        before.set(id, { at: to, position })
      }
    }
    expect(seen).toBeGreaterThan(1000)
  })

  test('a day has its rhythm: stations and shops open and close, and workers change shifts', () => {
    const at = (hour: number) => {
      const nowMs = NOW - (NOW % DAY_MS) - 8 * HOUR_MS + hour * HOUR_MS
      const entries = lifeOf(1, nowMs).initial(nowMs)
      const count = (layer: string, test: (fields: Entry['fields']) => boolean) =>
        entries.filter((entry) => entry.layer === layer && test(entry.fields)).length
      return {
        stations: count('stations', ({ state }) => state === 'open' || state === 'full'),
        merchants: count('merchants', ({ open }) => open === true),
        workers: count('workers', ({ duty }) => duty !== 'off'),
        cases: count('cases', () => true),
      }
    }
    const [night, noon] = [at(27), at(36)]
    expect(noon.stations).toBeGreaterThan(20)
    expect(night.stations).toBeLessThan(8)
    expect(noon.merchants).toBeGreaterThan(850)
    expect(night.merchants).toBeLessThan(60)
    expect(noon.workers).toBeGreaterThan(60)
    expect(night.workers).toBeGreaterThan(2)
    expect(night.workers).toBeLessThan(30)
    expect(noon.cases).toBeGreaterThan(5000)
  })
})

describe('a day in the demo', () => {
  const life = lifeOf(1)
  const world = createWorld()
  enter(world, life.initial(NOW), NOW)
  const seen = { sos: 0, overdue: 0, due: 0, hazard: 0, fault: 0, reported: 0, closed: 0, mostOverdue: 0, mostSos: 0, mostDue: 0 }
  for (const [from, to] of steps(NOW, NOW + DAY_MS, MINUTE_MS)) {
    const entries = life.between(from, to)
    for (const { layer, id, fields } of entries) {
      const was = layerOf(world, layer).records.get(id)?.fields
      const care = layer === 'residents' && was?.['care'] !== fields['care'] ? fields['care'] : null
      if (care === 'sos' || care === 'overdue' || care === 'due') seen[care] += 1
      if (layer === 'merchants' && fields['safety'] === 'hazard') seen.hazard += 1
      if (layer === 'stations' && fields['state'] === 'fault' && was?.['state'] !== 'fault') seen.fault += 1
      if (fields['stage'] === 'reported') seen.reported += 1
      if (fields['stage'] === 'closed') seen.closed += 1
    }
    enter(world, entries, to)
    if ((to - NOW) % (15 * MINUTE_MS) !== 0) continue
    const cares = [...layerOf(world, 'residents').records.values()].map(({ fields }) => fields['care'])
    seen.mostOverdue = Math.max(seen.mostOverdue, cares.filter((care) => care === 'overdue').length)
    seen.mostSos = Math.max(seen.mostSos, cares.filter((care) => care === 'sos').length)
    seen.mostDue = Math.max(seen.mostDue, cares.filter((care) => care === 'due').length)
  }

  test('calls for help are rare and are answered; late check-ins are seen and resolved', () => {
    expect(seen.sos).toBeLessThan(8)
    expect(seen.mostSos).toBeLessThanOrEqual(1)
    expect(seen.due).toBeGreaterThan(200)
    expect(seen.overdue).toBeGreaterThan(5)
    expect(seen.overdue).toBeLessThan(60)
    expect(seen.mostOverdue).toBeLessThanOrEqual(5)
    expect(seen.mostDue).toBeLessThan(40)
  })

  test('troubles of stations and merchants are as rare as in life', () => {
    expect(seen.fault).toBeGreaterThan(0)
    expect(seen.fault).toBeLessThan(20)
    expect(seen.hazard).toBeLessThan(20)
  })

  test('cases come in and are closed', () => {
    expect(seen.reported).toBeGreaterThan(8)
    expect(seen.reported).toBeLessThan(50)
    expect(seen.closed).toBeGreaterThan(5)
    const stages = [...layerOf(world, 'cases').records.values()].map(({ fields }) => fields['stage'])
    const open = stages.filter((stage) => stage !== 'closed' && stage !== 'rejected' && stage !== 'merged').length
    expect(open).toBeGreaterThan(0)
    expect(open).toBeLessThan(40)
  })
})
