import { describe, expect, it } from 'vitest'

import type { Entry } from '../../shared/domain/entry.ts'
import { createAlarmEngine, type AlarmEngine } from '../../shared/alarms/alarm-engine.ts'
import { isOpen } from '../../shared/alarms/alarm-state.ts'
import type { KeptPhase } from '../../shared/alarms/rule-phases.ts'
import { DEFAULT_RULES } from '../../shared/alarms/rules.ts'
import type { Alarm } from '../../shared/domain/alarms.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { createBuildingDerivation } from '../../shared/world/building-derivation.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotLayer, snapshotWorld, type WorldSnapshot } from '../../shared/world/snapshot.ts'
import { createWorld, layerOf, recordOf } from '../../shared/world/world.ts'
import { createWorldWriter } from '../../server/world/world-writer.ts'
import { seededRandom, type Random } from '../support/random.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150)
const START = Date.parse('2026-11-23T21:50:00.000Z') // 05:50 in Beijing: stations open within the run.

type Step = { readonly afterMs: number; readonly entries: readonly Entry[]; readonly acknowledge: number | null }

/** A night of a small community: states that flicker, records that go, and people who acknowledge. */
function story(seed: number): Step[] {
  const random = seededRandom(seed)
  const steps: Step[] = []
  let atMs = START
  for (let count = 0; count < 80; count += 1) {
    const afterMs = random.pick([0, 1_000, 20_000, 45_000, 70_000, 200_000, 700_000, 2_400_000])
    atMs += afterMs
    const entries: Entry[] = []
    for (let lines = random.below(3); lines >= 0; lines -= 1) entries.push(line(random, atMs))
    steps.push({ afterMs, entries: random.chance(0.25) ? [] : entries, acknowledge: random.chance(0.2) ? random.next() : null })
  }
  return steps
}

function line(random: Random, atMs: number): Entry {
  const position = [114.65, 33.62] as const
  const number = random.below(3)
  const remove = random.chance(0.04)
  const make = (layer: Entry['layer'], id: string, fields: Entry['fields']): Entry =>
    remove ? { layer, id, op: 'remove', observedAt: atMs, fields: {} } : { layer, id, op: 'put', observedAt: atMs, fields }
  switch (random.below(5)) {
    case 0:
      return make('stations', `s${number}`, {
        name: `s${number}`,
        position,
        hours: random.pick(['06:00-20:00', '00:00-24:00', '22:00-06:10,06:20-07:00', null]),
        state: random.pick(['open', 'closed', 'full', 'fault', 'offline']),
        water: random.pick(['hot', 'cold', 'none', null]),
      })
    case 1:
      return make('cameras', `c${number}`, { name: 'c', position, state: random.pick(['online', 'offline', 'degraded']) })
    case 2:
      return make('merchants', `m${number}`, { name: 'm', position, safety: random.pick(['ok', 'hazard', null]) })
    case 3:
      return make('residents', `r${number}`, { buildingId: `b${number % 2}`, care: random.pick(['ok', 'overdue', 'sos']) })
    default:
      return make('buildings', `b${number % 2}`, {
        name: 'b',
        position,
        compoundId: null,
        gridId: null,
        households: 20,
        residents: null,
        careNone: null,
        careOk: null,
        careDue: null,
        careOverdue: null,
        careSos: null,
        careBand: null,
        residentsBand: null,
      })
  }
}

/** What is durable: the world, and the phases that were written with it. */
interface Disk {
  snapshot: WorldSnapshot
  phases: Map<string, KeptPhase>
  readonly log: Change[]
}

/** Runs a story; `mishap` says before each commit whether the process ends (`kill`) or the commit fails (`fail`). */
async function live(steps: readonly Step[], mishap: () => 'kill' | 'fail' | null) {
  const disk: Disk = { snapshot: snapshotWorld(createWorld()), phases: new Map(), log: [] }
  let nowMs = START
  let failing = false
  const boot = () => {
    const world = restoreWorld(disk.snapshot)
    const engine = createAlarmEngine(world, DEFAULT_RULES, [...disk.phases.values()])
    for (const phase of engine.newPhases) disk.phases.set(keyOf(phase), phase)
    const writer = createWorldWriter({
      world,
      derivations: [createBuildingDerivation(world), engine],
      projections: [(now, changes) => [() => Promise.resolve(keep(disk, engine.phasesOf(now, changes)))]],
      now: () => nowMs,
      onBroken: (cause) => {
        throw cause
      },
      log: {
        head: () => Promise.resolve(disk.log.length),
        append: async ({ changes }, facts) => {
          if (failing) throw Object.assign(new Error('no room'), { code: 'journal_full' })
          disk.log.push(...changes)
          for (const fact of facts ?? []) await fact(undefined as never)
        },
      },
    })
    return { writer, engine }
  }
  let server = boot()
  const submit = async (entries: readonly Entry[]) => {
    const accident = mishap()
    if (accident === 'fail') {
      failing = true
      await server.writer.submit({ entries })
      failing = false
    }
    if (accident === 'kill') server = boot()
    await server.writer.submit({ entries })
    disk.snapshot = snapshotWorld(server.writer.live)
  }
  for (const { afterMs, entries, acknowledge } of steps) {
    const arriveMs = nowMs + afterMs
    for (let due = server.engine.nextDueMs(); due <= arriveMs; due = server.engine.nextDueMs()) {
      nowMs = Math.max(nowMs, due)
      await submit([])
    }
    nowMs = arriveMs
    await submit(entries)
    if (acknowledge !== null) await submit(acknowledgement(server.writer.live, acknowledge, nowMs))
  }
  return { alarms: disk.log.filter(({ layer }) => layer === 'alarms'), world: server.writer.live, engine: server.engine }
}

const keyOf = ({ kind, layer, id }: Pick<KeptPhase, 'kind' | 'layer' | 'id'>) => `${kind}|${layer}|${id}`

function keep(disk: Disk, steps: ReturnType<AlarmEngine['phasesOf']>): void {
  for (const step of steps) {
    if (step.phase !== null) disk.phases.set(keyOf(step), step)
    else for (const [key, { layer, id }] of disk.phases) if (layer === step.layer && id === step.id) disk.phases.delete(key)
  }
}

function acknowledgement(world: ReturnType<typeof createWorld>, choice: number, nowMs: number): Entry[] {
  const waiting = [...layerOf(world, 'alarms').records.values()]
    .filter(({ fields }) => fields['acknowledgedAt'] === null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const alarm = waiting[Math.floor(choice * waiting.length)]
  if (alarm === undefined) return []
  const state = alarm.fields['state'] === 'cleared' ? 'cleared' : 'acknowledged'
  const fields = { state, ownerId: 'duty', reason: 'code:real', acknowledgedAt: formatInstant(nowMs) }
  return [{ layer: 'alarms', id: alarm.id, op: 'patch', observedAt: nowMs, fields }]
}

describe('alarms over restarts and failed commits', () => {
  it('are the same, change for change, as those of a server that never stopped', async () => {
    let raises = 0
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const steps = story(seed)
      const steady = await live(steps, () => null)
      const random = seededRandom(seed + 1_000_003)
      const shaken = await live(steps, () => (random.chance(0.3) ? 'kill' : random.chance(0.2) ? 'fail' : null))
      expect(shaken.alarms, `seed ${seed}`).toEqual(steady.alarms)
      expect(snapshotLayer(shaken.world, 'alarms'), `seed ${seed}`).toEqual(snapshotLayer(steady.world, 'alarms'))
      raises += steady.alarms.filter(({ op }) => op === 'put').length
    }
    expect(raises).toBeGreaterThan(RUNS * 5)
  })

  it('are never two for one subject and rule, and each open one has a standing cause or awaits a person', async () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const { world } = await live(story(seed), () => null)
      const open = [...layerOf(world, 'alarms').records.values()].map(({ fields }) => fields as Alarm).filter(isOpen)
      const keys = open.map(({ kind, subject }) => `${kind} ${subject?.layer} ${subject?.id}`)
      expect(new Set(keys).size, `seed ${seed}`).toBe(keys.length)
      for (const { kind, subject, clearedAt } of open) {
        if (clearedAt !== null || subject?.layer !== 'buildings') continue
        const field = kind === 'resident_sos' ? 'careSos' : 'careOverdue'
        expect(recordOf(world, 'buildings', subject.id)?.fields[field], `seed ${seed}`).toBeGreaterThan(0)
      }
    }
  })
})
