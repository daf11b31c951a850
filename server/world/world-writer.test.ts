import { describe, expect, it } from 'vitest'

import { readEntry, type Entry } from '../../shared/domain/entry.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import { createBuildingDerivation } from '../../shared/world/building-derivation.ts'
import type { Change } from '../../shared/world/change.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, recordOf } from '../../shared/world/world.ts'
import { createWorldWriter } from './world-writer.ts'

const NOW = Date.parse('2026-11-23T06:00:00.000Z')

function entry(layer: string, id: string, op: string, fields: object, atMs = NOW): Entry {
  const result = readEntry({ layer, id, op, observedAt: new Date(atMs).toISOString(), fields }, LAYERS, NOW)
  if (!result.ok) throw new Error(result.refusal.message)
  return result.entry
}
const merchant = (id: string, atMs = NOW) => entry('merchants', id, 'put', { name: id, position: [114.65, 33.62] }, atMs)

/** A log whose commits end when the test says so. */
function setUp() {
  const appended: Change[] = []
  const gates: { from: number; count: number; facts: number; pass: () => void; fail: (error: Error) => void }[] = []
  const broken: unknown[] = []
  let clock = NOW
  const world = createWorld()
  const writer = createWorldWriter({
    world,
    derivations: [createBuildingDerivation(world)],
    projections: [(now, changes) => (changes.length > 1 ? [() => Promise.resolve(void now.seq)] : [])],
    now: () => clock,
    onBroken: (cause) => broken.push(cause),
    log: {
      head: () => Promise.resolve(appended.length),
      append: ({ from, changes }, facts) =>
        new Promise((resolve, reject) => {
          gates.push({
            from,
            count: changes.length,
            facts: facts?.length ?? 0,
            pass: () => {
              appended.push(...changes)
              resolve()
            },
            fail: reject,
          })
        }),
    },
  })
  const setClock = (ms: number) => {
    clock = ms
  }
  return { writer, gates, appended, broken, setClock }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the single writer', () => {
  it('shows nothing before it is durable, and answers after', async () => {
    const { writer, gates } = setUp()
    const seen: number[] = []
    writer.onCommitted((changes) => seen.push(...changes.map((change) => change.seq)))
    const answer = writer.submit({ entries: [merchant('m1')] })
    await settled()
    expect(recordOf(writer.live, 'merchants', 'm1')).toBeUndefined()
    expect(seen).toEqual([])
    gates[0]?.pass()
    expect(await answer).toMatchObject({ ok: true, seq: 1 })
    expect(recordOf(writer.live, 'merchants', 'm1')).toBeDefined()
    expect(seen).toEqual([1])
  })

  it('puts what arrives during a commit into the next one', async () => {
    const { writer, gates } = setUp()
    const answers = ['m1', 'm2', 'm3'].map((id) => writer.submit({ entries: [merchant(id)] }))
    await settled()
    gates[0]?.pass()
    await settled()
    expect(gates.map(({ from, count }) => [from, count])).toEqual([
      [1, 1],
      [2, 2],
    ])
    gates[1]?.pass()
    expect((await Promise.all(answers)).map((answer) => answer.ok && answer.seq)).toEqual([1, 2, 3])
  })

  it('records what follows in the same commit and counts it in the answer', async () => {
    const { writer, gates, appended } = setUp()
    const answer = writer.submit({
      entries: [
        entry('buildings', 'b1', 'put', { name: 'b1', position: [114.65, 33.62], households: 20 }),
        entry('residents', 'r1', 'put', { buildingId: 'b1', care: 'sos' }),
      ],
    })
    await settled()
    gates[0]?.pass()
    expect(await answer).toMatchObject({ ok: true, seq: 3 })
    expect(appended[2]).toMatchObject({ layer: 'buildings', id: 'b1', op: 'patch', fields: { careSos: 1, careBand: 'sos' } })
  })

  it('refuses a patch of an unknown id and takes the rest, in order within one batch', async () => {
    const { writer, gates } = setUp()
    const patch = (id: string) => entry('merchants', id, 'patch', { open: true })
    const answer = writer.submit({ entries: [patch('m1'), merchant('m1'), patch('m1')] })
    await settled()
    gates[0]?.pass()
    const outcome = await answer
    expect(outcome.ok && outcome.results.map((result) => ('code' in result ? result.code : result.seq))).toEqual([
      'unknown_record',
      1,
      2,
    ])
  })

  it('takes everything back when the journal is full, goes on when there is room, and leaves no hole in seq', async () => {
    const { writer, gates, appended, broken } = setUp()
    const states: string[] = []
    writer.onJournalState((state) => states.push(state))
    const lost = writer.submit({ entries: [merchant('m1'), merchant('m2')] })
    await settled()
    gates[0]?.fail(Object.assign(new Error('no room'), { code: 'journal_full' }))
    expect(await lost).toEqual({ ok: false, code: 'journal_full' })
    expect(writer.journalState).toBe('full')
    const kept = writer.submit({ entries: [merchant('m3')] })
    await settled()
    gates[1]?.pass()
    expect(await kept).toMatchObject({ ok: true, seq: 1 })
    expect(appended.map(({ id, seq }) => [id, seq])).toEqual([['m3', 1]])
    expect(snapshotWorld(writer.live).layers.flatMap(({ records }) => records.map(({ id, slot }) => [id, slot]))).toEqual([
      ['m3', 0],
    ])
    expect([states, broken]).toEqual([['full', 'recording'], []])
  })

  it('writes rows that follow from the changes in their commit', async () => {
    const { writer, gates } = setUp()
    const answers = [writer.submit({ entries: [merchant('m1')] }), writer.submit({ entries: [merchant('m2'), merchant('m3')] })]
    await settled()
    gates[0]?.pass()
    await settled()
    gates[1]?.pass()
    await Promise.all(answers)
    expect(gates.map(({ count, facts }) => [count, facts])).toEqual([
      [1, 0],
      [2, 1],
    ])
  })

  it('takes a commit with nothing in it for no sign of room', async () => {
    const { writer, gates } = setUp()
    const lost = writer.submit({ entries: [merchant('m1')] })
    await settled()
    gates[0]?.fail(Object.assign(new Error('no room'), { code: 'journal_full' }))
    await lost
    expect(await writer.submit({ entries: [] })).toMatchObject({ ok: true, seq: 0 })
    expect([writer.journalState, gates.length]).toEqual(['full', 1])
  })

  it('ends the process when a failed commit left the log somewhere else', async () => {
    const { writer, gates, appended, broken } = setUp()
    const answer = writer.submit({ entries: [merchant('m1')] })
    await settled()
    appended.push({ ...merchant('x'), seq: 1, recordedAt: NOW })
    gates[0]?.fail(new Error('connection lost'))
    expect(await answer).toEqual({ ok: false, code: 'journal_failed' })
    await settled()
    expect(broken).toHaveLength(1)
  })

  it('never lets recordedAt go back when the clock does', async () => {
    const { writer, gates, appended, setClock } = setUp()
    for (const [index, ms] of [NOW + 1000, NOW - 60_000].entries()) {
      setClock(ms)
      const answer = writer.submit({ entries: [merchant(`m${index}`)] })
      await settled()
      gates[index]?.pass()
      await answer
    }
    expect(appended.map((change) => change.recordedAt - NOW)).toEqual([1000, 1000])
  })

  it('records the place of no worker who is off duty, also when a late report of one arrives', async () => {
    const { writer, gates, appended } = setUp()
    const answer = writer.submit({
      entries: [
        entry('workers', 'w1', 'put', { duty: 'onDuty', position: [114.65, 33.62] }),
        entry('workers', 'w1', 'patch', { duty: 'off' }),
        entry('workers', 'w1', 'patch', { position: [114.66, 33.62], headingDeg: 90 }),
      ],
    })
    await settled()
    gates[0]?.pass()
    await answer
    expect(appended.slice(1).map((change) => change.fields['position'])).toEqual([null, null])
  })

  it('finishes what was taken before it stops, and refuses what comes after', async () => {
    const { writer, gates } = setUp()
    const taken = writer.submit({ entries: [merchant('m1')] })
    const stopped = writer.stop()
    expect(await writer.submit({ entries: [merchant('m2')] })).toEqual({ ok: false, code: 'stopping' })
    await settled()
    gates[0]?.pass()
    expect(await taken).toMatchObject({ ok: true })
    await stopped
  })
})
