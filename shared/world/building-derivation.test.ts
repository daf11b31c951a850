import { describe, expect, it } from 'vitest'

import { readEntry, type Entry } from '../domain/entry.ts'
import { LAYERS } from '../domain/layers.ts'
import { createBuildingDerivation } from './building-derivation.ts'
import { createWorld, recordOf, reduceWithUndo, undo } from './world.ts'

const AT = '2026-11-23T06:00:00.000Z'

function entry(layer: string, id: string, op: string, fields: object): Entry {
  const result = readEntry({ layer, id, op, observedAt: AT, ...(op === 'remove' ? {} : { fields }) }, LAYERS, Date.parse(AT))
  if (!result.ok) throw new Error(result.refusal.message)
  return result.entry
}

function community() {
  const world = createWorld()
  const derivation = createBuildingDerivation(world)
  const place = (next: Entry) => {
    const step = reduceWithUndo(world, { ...next, seq: world.seq + 1, recordedAt: Date.parse(AT) })
    const applied = { change: step.change, before: step.record, after: recordOf(world, next.layer, next.id) }
    derivation.observe(applied)
    return { step, applied }
  }
  const settle = () => {
    for (const next of derivation.derive(world, Date.parse(AT))) place(next)
    expect(derivation.derive(world, Date.parse(AT))).toEqual([])
  }
  const building = (id: string, households: number | null, lng: number) =>
    place(entry('buildings', id, 'put', { name: id, position: [lng, 33.62], compoundId: 'A', households }))
  const resident = (id: string, buildingId: string, care: string) => place(entry('residents', id, 'put', { buildingId, care }))
  const of = (id: string) => recordOf(world, 'buildings', id)?.fields ?? {}
  return { world, derivation, place, settle, building, resident, of }
}

describe('what a building shows of its residents', () => {
  it('counts care states and shows the worst as its band', () => {
    const { settle, building, resident, of, place } = community()
    building('b1', 20, 114.65)
    resident('r1', 'b1', 'ok')
    resident('r2', 'b1', 'overdue')
    settle()
    expect(of('b1')).toMatchObject({
      residents: 2,
      careOk: 1,
      careOverdue: 1,
      careSos: 0,
      careBand: 'overdue',
      residentsBand: 'few',
    })
    place(entry('residents', 'r2', 'patch', { care: 'ok' }))
    settle()
    expect(of('b1')).toMatchObject({ careOk: 2, careOverdue: 0, careBand: 'ok' })
    place(entry('residents', 'r1', 'remove', {}))
    settle()
    expect(of('b1')).toMatchObject({ residents: 1, careOk: 1 })
  })

  it('follows a resident who moves and a building that comes after its residents', () => {
    const { settle, building, resident, of, place } = community()
    resident('r1', 'b2', 'sos')
    settle()
    building('b1', 20, 114.65)
    building('b2', 20, 114.66)
    settle()
    expect(of('b2')).toMatchObject({ careSos: 1, careBand: 'sos' })
    place(entry('residents', 'r1', 'patch', { buildingId: 'b1' }))
    settle()
    expect([of('b1')['careSos'], of('b2')['careSos']]).toEqual([1, 0])
  })

  it('shows a building of fewer than three households only together with its nearest neighbour', () => {
    const { settle, building, resident, of } = community()
    building('house', 1, 114.65)
    building('near', 30, 114.651)
    building('far', 30, 114.66)
    resident('r1', 'house', 'sos')
    resident('r2', 'near', 'ok')
    settle()
    expect([of('house')['careBand'], of('near')['careBand'], of('far')['careBand']]).toEqual(['sos', 'sos', 'none'])
    expect(of('near')['careSos']).toBe(0)
  })

  it('shows nothing of a lone household without neighbours', () => {
    const { settle, building, resident, of } = community()
    building('house', 1, 114.65)
    resident('r1', 'house', 'sos')
    settle()
    expect(of('house')).toMatchObject({ careBand: null, residentsBand: null, careSos: 1 })
  })

  it('takes back what a failed commit observed', () => {
    const { world, derivation, settle, building, resident, of } = community()
    building('b1', 20, 114.65)
    settle()
    const { step, applied } = resident('r1', 'b1', 'sos')
    derivation.revert(applied)
    undo(world, step)
    settle()
    expect(of('b1')).toMatchObject({ residents: 0, careSos: 0, careBand: 'none' })
  })
})
