import { describe, expect, it } from 'vitest'

import type { Alarm } from '../domain/alarms.ts'
import { readEntry } from '../domain/entry.ts'
import { formatInstant } from '../domain/field.ts'
import { LAYERS } from '../domain/layers.ts'
import { createBuildingDerivation } from '../world/building-derivation.ts'
import type { Change } from '../world/change.ts'
import { createWorld, layerOf, recordOf, reduceWithUndo } from '../world/world.ts'
import { createAlarmEngine, KEEP_DONE_MS } from './alarm-engine.ts'
import { ALARM_KINDS } from './kinds.ts'
import { DEFAULT_RULES, ruleTableSchema, type Rule } from './rules.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Noon in Beijing. */
const NOON = Date.parse('2026-11-23T04:00:00.000Z')

/** A community whose clock the test holds: every line is recorded with what follows from it. */
function community(startMs = NOON, rules: readonly Rule[] = DEFAULT_RULES) {
  const world = createWorld()
  const buildings = createBuildingDerivation(world)
  const engine = createAlarmEngine(world, rules, [])
  let nowMs = startMs
  const log: Change[] = []
  const record = (entry: Omit<Change, 'seq' | 'recordedAt'>) => {
    const step = reduceWithUndo(world, { ...entry, seq: world.seq + 1, recordedAt: nowMs })
    const applied = { change: step.change, before: step.record, after: recordOf(world, entry.layer, entry.id) }
    log.push(step.change)
    if (step.effect === 'applied') for (const derivation of [buildings, engine]) derivation.observe(applied)
  }
  const settle = () => {
    for (;;) {
      const entries = [...buildings.derive(world, nowMs), ...engine.derive(world, nowMs)]
      if (entries.length === 0) return
      for (const entry of entries) record(entry)
    }
  }
  const line = (layer: string, id: string, op: string, fields?: object) => {
    const read = readEntry({ layer, id, op, observedAt: formatInstant(nowMs), ...(fields && { fields }) }, LAYERS, nowMs)
    if (!read.ok) throw new Error(read.refusal.message)
    record(read.entry)
    settle()
  }
  const wait = (ms: number) => {
    nowMs += ms
    settle()
  }
  const alarms = () => [...layerOf(world, 'alarms').records.values()].map(({ id, fields }) => ({ ...(fields as Alarm), id }))
  const seen = () => alarms().map(({ kind, state }) => `${kind} ${state}`)
  const acknowledge = (id: string) =>
    line('alarms', id, 'patch', {
      state: alarms().find((alarm) => alarm.id === id)?.state === 'cleared' ? 'cleared' : 'acknowledged',
      acknowledgedAt: formatInstant(nowMs),
      ownerId: 'seat-1',
      reason: 'code:real',
    })
  const station = (fields: object) =>
    line('stations', 's1', 'put', { name: '一号驿站', position: [114.65, 33.62], state: 'open', ...fields })
  return { world, engine, line, wait, alarms, seen, log, acknowledge, station, now: () => nowMs }
}

const building = ({ line }: ReturnType<typeof community>) =>
  line('buildings', 'b1', 'put', { name: '1号楼', position: [114.65, 33.62], households: 20 })

describe('the shipped rules', () => {
  it('have one rule a kind, and every kind is known to the screens', () => {
    expect(DEFAULT_RULES.map(({ kind }) => kind).toSorted()).toEqual([...ALARM_KINDS].toSorted())
  })

  it('are refused where they name a field or a value that is not there, or a kind twice', () => {
    const rule = DEFAULT_RULES.find(({ kind }) => kind === 'station_fault')
    const broken = [
      [{ ...rule, when: [{ test: 'in', field: 'mood', values: ['bad'] }] }],
      [{ ...rule, when: [{ test: 'in', field: 'state', values: ['haunted'] }] }],
      [{ ...rule, when: [{ test: 'atLeast', field: 'state', value: 1 }] }],
      [{ ...rule, duringHours: 'seatsFree' }],
      [rule, rule],
      [{ ...rule, priority: 5 }],
    ]
    expect(ruleTableSchema.safeParse([rule]).success).toBe(true)
    expect(broken.map((rules) => ruleTableSchema.safeParse(rules).success)).toEqual(broken.map(() => false))
  })
})

describe('an alarm about a station', () => {
  it('is raised when a fault has stood for a minute, with its place, priority and due time', () => {
    const { station, wait, alarms, now } = community()
    station({ state: 'fault' })
    wait(59 * SECOND)
    expect(alarms()).toEqual([])
    wait(SECOND)
    expect(alarms()).toMatchObject([
      {
        kind: 'station_fault',
        priority: 2,
        state: 'raised',
        subject: { layer: 'stations', id: 's1' },
        position: [114.65, 33.62],
        raisedAt: formatInstant(now()),
        dueAt: formatInstant(now() + 60 * MINUTE),
      },
    ])
  })

  it('is not raised by a fault that flickers', () => {
    const { station, wait, alarms } = community()
    for (let times = 0; times < 10; times += 1) {
      station({ state: 'fault' })
      wait(40 * SECOND)
      station({ state: 'open' })
      wait(10 * SECOND)
    }
    expect(alarms()).toEqual([])
  })

  it('goes on counting while the station reports the same again', () => {
    const { station, wait, seen } = community()
    for (let times = 0; times < 4; times += 1) {
      station({ state: 'fault', cups: times })
      wait(15 * SECOND)
    }
    expect(seen()).toEqual(['station_fault raised'])
  })

  it('is cleared only when the fault has been gone for two minutes', () => {
    const { station, wait, seen } = community()
    station({ state: 'fault' })
    wait(MINUTE)
    station({ state: 'open' })
    wait(119 * SECOND)
    expect(seen()).toEqual(['station_fault raised'])
    station({ state: 'fault' })
    station({ state: 'open' })
    wait(119 * SECOND)
    expect(seen()).toEqual(['station_fault raised'])
    wait(SECOND)
    expect(seen()).toEqual(['station_fault cleared'])
  })

  it('tells of one that is closed in its hours, ten minutes after it should have opened', () => {
    const { station, wait, seen } = community(NOON - 5 * 60 * MINUTE)
    station({ state: 'closed', hours: '08:00-20:00' })
    wait(69 * MINUTE)
    expect(seen()).toEqual([])
    wait(MINUTE)
    expect(seen()).toEqual(['station_not_open raised'])
    wait(11 * 60 * MINUTE + 49 * MINUTE)
    expect(seen()).toEqual(['station_not_open raised'])
    wait(MINUTE)
    expect(seen()).toEqual(['station_not_open cleared'])
  })

  it('says nothing of a closed one outside its hours, or without hours', () => {
    const { line, wait, alarms } = community(NOON + 9 * 60 * MINUTE)
    const closed = { name: 's', position: [114.65, 33.62], state: 'closed' }
    line('stations', 's1', 'put', { ...closed, hours: '08:00-20:00' })
    line('stations', 's2', 'put', { ...closed, hours: null })
    wait(60 * MINUTE)
    expect(alarms()).toEqual([])
  })

  it('tells of no hot water while open, whatever the cold tap does, and not when nobody knows', () => {
    const { station, wait, seen } = community()
    station({ water: null })
    wait(30 * MINUTE)
    expect(seen()).toEqual([])
    station({ water: 'cold' })
    wait(5 * MINUTE)
    station({ water: 'none' })
    wait(5 * MINUTE)
    expect(seen()).toEqual(['station_no_hot_water raised'])
    station({ water: null })
    wait(30 * MINUTE)
    expect(seen()).toEqual(['station_no_hot_water raised'])
    station({ water: 'hot' })
    wait(5 * MINUTE)
    expect(seen()).toEqual(['station_no_hot_water cleared'])
  })

  it('tells of full and of offline', () => {
    const { station, wait, seen } = community()
    station({ state: 'full' })
    wait(5 * MINUTE)
    expect(seen()).toEqual(['station_full raised'])
    station({ state: 'offline' })
    wait(2 * MINUTE)
    expect(seen()).toEqual(['station_full cleared', 'station_offline raised'])
  })

  it('clears when the station is removed', () => {
    const { station, wait, seen, line } = community()
    station({ state: 'fault' })
    wait(MINUTE)
    line('stations', 's1', 'remove')
    expect(seen()).toEqual(['station_fault cleared'])
  })
})

describe('alarms about people, merchants and cameras', () => {
  it('come at once for a resident who calls, name the building and never the resident', () => {
    const room = community()
    building(room)
    room.line('residents', 'resident-77', 'put', { buildingId: 'b1', care: 'sos' })
    expect(room.alarms()).toMatchObject([{ kind: 'resident_sos', priority: 1, subject: { layer: 'buildings', id: 'b1' } }])
    expect(JSON.stringify(room.log.filter(({ layer }) => layer === 'alarms'))).not.toContain('resident-77')
    room.line('residents', 'resident-77', 'patch', { care: 'ok' })
    expect(room.seen()).toEqual(['resident_sos cleared'])
  })

  it('call again when another resident of the building calls after somebody acknowledged', () => {
    const room = community()
    building(room)
    room.line('residents', 'r1', 'put', { buildingId: 'b1', care: 'sos' })
    room.acknowledge(room.alarms()[0]?.id ?? '')
    expect(room.seen()).toEqual(['resident_sos acknowledged'])
    room.wait(MINUTE)
    room.line('residents', 'r2', 'put', { buildingId: 'b1', care: 'sos' })
    expect(room.alarms()).toMatchObject([{ state: 'raised', acknowledgedAt: null, ownerId: null, reason: null }])
    room.acknowledge(room.alarms()[0]?.id ?? '')
    room.line('residents', 'r1', 'patch', { care: 'ok' })
    expect(room.seen()).toEqual(['resident_sos acknowledged'])
  })

  it('tell of overdue care, of a merchant with a hazard, and of a camera that has been away for 30 s', () => {
    const room = community()
    building(room)
    room.line('residents', 'r1', 'put', { buildingId: 'b1', care: 'overdue' })
    room.line('merchants', 'm1', 'put', { name: '面馆', position: [114.65, 33.62], safety: 'hazard' })
    room.line('cameras', 'c1', 'put', { name: '北门', position: [114.65, 33.62], state: 'offline' })
    room.wait(30 * SECOND)
    expect(room.seen().toSorted()).toEqual(['camera_offline raised', 'care_overdue raised', 'merchant_hazard raised'])
  })
})

describe('an alarm and the people who see it', () => {
  const faulty = () => {
    const room = community()
    room.station({ state: 'fault' })
    room.wait(MINUTE)
    return { ...room, id: room.alarms()[0]?.id ?? '' }
  }

  it('stays when its cause is gone until somebody acknowledges it, and half an hour more as done', () => {
    const { station, wait, seen, alarms, acknowledge, id } = faulty()
    station({ state: 'open' })
    wait(24 * 60 * MINUTE)
    expect(seen()).toEqual(['station_fault cleared'])
    acknowledge(id)
    wait(KEEP_DONE_MS - 1)
    expect(seen()).toEqual(['station_fault cleared'])
    wait(1)
    expect(alarms()).toEqual([])
  })

  it('stays when acknowledged until its cause is gone', () => {
    const { station, wait, seen, alarms, acknowledge, id } = faulty()
    acknowledge(id)
    wait(24 * 60 * MINUTE)
    expect(seen()).toEqual(['station_fault acknowledged'])
    station({ state: 'open' })
    wait(2 * MINUTE)
    expect(seen()).toEqual(['station_fault cleared'])
    wait(KEEP_DONE_MS)
    expect(alarms()).toEqual([])
  })

  it('is the same alarm when the cause comes back before anybody acknowledged, and a new one after', () => {
    const { station, wait, seen, alarms, acknowledge, id } = faulty()
    station({ state: 'open' })
    wait(2 * MINUTE)
    station({ state: 'fault' })
    wait(MINUTE)
    expect(alarms().map((alarm) => [alarm.id, alarm.state, alarm.clearedAt])).toEqual([[id, 'raised', null]])
    station({ state: 'open' })
    wait(2 * MINUTE)
    acknowledge(id)
    station({ state: 'fault' })
    wait(MINUTE)
    expect(seen()).toEqual(['station_fault cleared', 'station_fault raised'])
    expect(alarms()[1]?.id).not.toBe(id)
  })

  it('ends up in one clear state when an acknowledgement and the end of its cause cross', () => {
    const { station, wait, alarms, line, id, now } = faulty()
    station({ state: 'open' })
    wait(2 * MINUTE)
    line('alarms', id, 'patch', { state: 'acknowledged', acknowledgedAt: formatInstant(now()) })
    expect(alarms()).toMatchObject([{ state: 'cleared' }])
  })

  it('of a device whose clock runs ahead is not stuck in the future', () => {
    const room = community()
    const ahead = formatInstant(room.now() + 4 * MINUTE)
    const device = { kind: 'elevator_ebike', priority: 1, subject: { layer: 'buildings', id: 'b9' }, state: 'cleared' }
    const read = readEntry(
      {
        layer: 'alarms',
        id: 'lift-1',
        op: 'put',
        observedAt: ahead,
        fields: { ...device, raisedAt: ahead, acknowledgedAt: ahead },
      },
      LAYERS,
      room.now(),
    )
    if (!read.ok) throw new Error(read.refusal.message)
    room.line('stations', 's1', 'put', { name: 's', position: [114.65, 33.62], state: 'open' })
    const { seq } = room.world
    const step = reduceWithUndo(room.world, { ...read.entry, seq: seq + 1, recordedAt: room.now() })
    room.engine.observe({ change: step.change, before: undefined, after: recordOf(room.world, 'alarms', 'lift-1') })
    room.wait(0)
    expect(room.alarms()).toMatchObject([{ state: 'cleared', clearedAt: formatInstant(room.now()) }])
    room.wait(KEEP_DONE_MS + 4 * MINUTE)
    expect(room.alarms()).toEqual([])
  })
})

describe('alarms about the machines', () => {
  it('tell of a source that has been silent for three intervals, once, until it speaks', () => {
    const { engine, wait, seen, now, alarms } = community()
    engine.followSource('feed', 30 * SECOND, now())
    engine.sourceHeard('feed', now())
    wait(89 * SECOND)
    expect(seen()).toEqual([])
    wait(SECOND)
    expect(alarms()).toMatchObject([{ kind: 'source_silent', subject: { layer: 'sources', id: 'feed' }, position: null }])
    wait(60 * MINUTE)
    expect(seen()).toEqual(['source_silent raised'])
    engine.sourceHeard('feed', now())
    wait(0)
    expect(seen()).toEqual(['source_silent cleared'])
  })

  it('take no start of the server for a word from a source, and no deleted source for a silent one', () => {
    const { engine, wait, seen, world, now } = community()
    engine.followSource('feed', 30 * SECOND, now())
    wait(90 * SECOND)
    const again = createAlarmEngine(world, DEFAULT_RULES, [])
    again.followSource('feed', 30 * SECOND, now())
    expect(again.derive(world, now() + SECOND)).toEqual([])
    again.forgetSource('feed')
    expect(again.derive(world, now() + 2 * SECOND)).toMatchObject([{ op: 'patch', fields: { state: 'cleared' } }])
    expect(seen()).toEqual(['source_silent raised'])
  })

  it('tell of a clock that was set, and clear after ten quiet minutes', () => {
    const { engine, wait, seen } = community()
    engine.clockJumped()
    wait(0)
    expect(seen()).toEqual(['clock_jump raised'])
    wait(9 * MINUTE)
    engine.clockJumped()
    wait(0)
    wait(9 * MINUTE)
    expect(seen()).toEqual(['clock_jump raised'])
    wait(MINUTE)
    expect(seen()).toEqual(['clock_jump cleared'])
  })
})

describe('the cost of watching', () => {
  it('has nothing to do between a change and the next deadline', () => {
    const { engine, station, world, now } = community()
    station({ state: 'open' })
    expect(engine.nextDueMs()).toBe(Infinity)
    station({ state: 'fault' })
    expect(engine.nextDueMs()).toBe(now() + MINUTE)
    expect(engine.derive(world, now() + MINUTE - 1)).toEqual([])
  })
})
