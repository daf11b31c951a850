import { describe, expect, it } from 'vitest'

import { readEntry } from '../domain/entry.ts'
import { LAYERS } from '../domain/layers.ts'
import { seenFields, sightOf, type Role } from '../domain/roles.ts'
import { createWorld, recordOf, reduce } from '../world/world.ts'
import { withWhatWallsShow } from './shown-place.ts'

const AT = '2026-11-23T06:00:00.000Z'
const NOW = Date.parse(AT)

/** A compound of a house, a hut and a tower, and two huts alone in another; the door and the writer's own step before each change. */
function community() {
  const world = createWorld()
  const report = (layer: string, id: string, op: string, fields: object): void => {
    const read = readEntry({ layer, id, op, observedAt: AT, fields }, LAYERS, NOW)
    if (!read.ok) throw new Error(`${read.refusal.field}: ${read.refusal.message}`)
    reduce(world, { ...withWhatWallsShow(world, read.entry), seq: world.seq + 1, recordedAt: NOW })
  }
  const building = (id: string, compoundId: string, households: number | null, lng: number): void =>
    report('buildings', id, 'put', { name: id, position: [lng, 33.62], compoundId, gridId: `grid-${compoundId}`, households })
  building('house', 'A', 1, 114.65)
  building('hut', 'A', 2, 114.6502)
  building('tower', 'A', 60, 114.66)
  building('lonely', 'B', 1, 114.7)
  building('lonelier', 'B', 1, 114.71)
  building('uncounted', 'C', null, 114.72)
  report('residents', 'r1', 'put', { buildingId: 'house', care: 'sos' })
  report('workers', 'w1', 'put', { gridId: 'grid-A', position: [114.65, 33.62], duty: 'onDuty' })
  const alarm = (subject: object, position: readonly number[] | null = [114.65, 33.62]): void =>
    report('alarms', 'a', 'put', { kind: 'resident_sos', priority: 1, subject, position, state: 'raised', raisedAt: AT })
  const seenBy = (role: Role) => {
    const { subject, position, ...others } = seenFields(sightOf('alarms', role), recordOf(world, 'alarms', 'a')?.fields ?? {})
    expect(Object.keys(others)).toEqual(expect.not.arrayContaining(['shownSubject', 'shownPosition']))
    return { subject, position }
  }
  return { report, alarm, seenBy }
}

describe('what a wall shows of an alarm', () => {
  it.each([
    [{ layer: 'buildings', id: 'tower' }, { layer: 'buildings', id: 'tower' }, [114.65, 33.62]],
    // The hut is the larger of the two that share their bands.
    [{ layer: 'buildings', id: 'house' }, { layer: 'buildings', id: 'hut' }, [114.6502, 33.62]],
    [{ layer: 'buildings', id: 'hut' }, { layer: 'buildings', id: 'hut' }, [114.65, 33.62]],
    [{ layer: 'buildings', id: 'lonely' }, { layer: 'grids', id: 'grid-B' }, null],
    [{ layer: 'buildings', id: 'uncounted' }, { layer: 'buildings', id: 'uncounted' }, [114.65, 33.62]],
    [{ layer: 'buildings', id: 'nobody-knows' }, { layer: 'community', id: 'community' }, null],
    [{ layer: 'residents', id: 'r1' }, { layer: 'buildings', id: 'hut' }, [114.6502, 33.62]],
    [{ layer: 'residents', id: 'nobody-knows' }, { layer: 'community', id: 'community' }, null],
    [{ layer: 'workers', id: 'w1' }, { layer: 'grids', id: 'grid-A' }, null],
    [{ layer: 'stations', id: 's1' }, { layer: 'stations', id: 's1' }, [114.65, 33.62]],
  ])('of %j is %j at %j', (subject, shown, position) => {
    const { alarm, seenBy } = community()
    alarm(subject)
    expect(seenBy('wall')).toEqual({ subject: shown, position })
    expect(seenBy('duty')).toEqual({ subject, position: [114.65, 33.62] })
    expect(seenBy('supervisor')).toEqual({ subject, position: [114.65, 33.62] })
  })

  it('follows a later change of the place, and of nothing else', () => {
    const { alarm, report, seenBy } = community()
    alarm({ layer: 'buildings', id: 'house' })
    report('alarms', 'a', 'patch', { position: [114.651, 33.621] })
    expect(seenBy('wall')).toEqual({ subject: { layer: 'buildings', id: 'hut' }, position: [114.6502, 33.62] })
    expect(seenBy('duty').position).toEqual([114.651, 33.621])
    report('alarms', 'a', 'patch', { subject: { layer: 'buildings', id: 'tower' } })
    expect(seenBy('wall')).toEqual({ subject: { layer: 'buildings', id: 'tower' }, position: [114.651, 33.621] })
  })

  it('is no word of a source', () => {
    const line = { layer: 'alarms', id: 'a', op: 'patch', observedAt: AT, fields: { shownSubject: { layer: 'x', id: 'y' } } }
    expect(readEntry(line, LAYERS, NOW)).toMatchObject({ ok: false, refusal: { code: 'derived_field', field: 'shownSubject' } })
  })
})
