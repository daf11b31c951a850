import { CARE_BANDS, type RESIDENT_BANDS } from '../domain/buildings.ts'
import type { Entry } from '../domain/entry.ts'
import type { FieldValue } from '../domain/field.ts'
import { CARE_STATES } from '../domain/residents.ts'
import { bandGroups, SMALLEST_OPEN_HOUSEHOLDS } from './building-groups.ts'
import type { AppliedChange, Derivation } from './derivation.ts'
import { layerOf, recordOf, type World, type WorldRecord } from './world.ts'

/** From this many residents on, a building's band is `some`, and `many`. */
const SOME_RESIDENTS = 30
const MANY_RESIDENTS = 120

const COUNT_FIELDS = ['careNone', 'careOk', 'careDue', 'careOverdue', 'careSos'] as const
const SHAPE_FIELDS = ['position', 'compoundId', 'households'] as const

/** Buildings' care counts and bands, kept from residents. The world given is the one that later calls will be about. */
export function createBuildingDerivation(world: World): Derivation {
  const tallies = new Map<string, number[]>()
  const touched = new Set<string>()
  let groups: ReadonlyMap<string, readonly string[]> | null = null

  const count = (record: WorldRecord | undefined, by: 1 | -1): void => {
    if (record === undefined) return
    const { buildingId } = record.fields as { buildingId: string }
    const tally = tallies.get(buildingId) ?? [0, 0, 0, 0, 0]
    const state = CARE_STATES.indexOf(record.fields['care'] as (typeof CARE_STATES)[number])
    tally[state] = (tally[state] ?? 0) + by
    tallies.set(buildingId, tally)
    touched.add(buildingId)
  }
  const shift = (layer: string, id: string, from: WorldRecord | undefined, to: WorldRecord | undefined): void => {
    if (layer === 'residents') {
      count(from, -1)
      count(to, 1)
    } else if (layer === 'buildings') {
      touched.add(id)
      const reshaped = SHAPE_FIELDS.some((field) => from?.fields[field] !== to?.fields[field])
      if (!reshaped) return
      for (const mate of groups?.get(id) ?? []) touched.add(mate)
      groups = null
    }
  }

  for (const record of layerOf(world, 'residents').records.values()) count(record, 1)
  for (const id of layerOf(world, 'buildings').records.keys()) touched.add(id)

  return {
    observe: ({ change, before, after }: AppliedChange) => shift(change.layer, change.id, before, after),
    revert: ({ change, before, after }: AppliedChange) => shift(change.layer, change.id, after, before),
    derive(now: World) {
      if (touched.size === 0) return []
      groups ??= bandGroups([...layerOf(now, 'buildings').records.values()])
      const ids = new Set<string>()
      for (const id of touched) {
        ids.add(id)
        for (const mate of groups.get(id) ?? []) ids.add(mate)
      }
      touched.clear()
      const entries: Entry[] = []
      // In an order that does not tell which of a group was touched: a wall sees the group's bands change one after another.
      for (const id of [...ids].toSorted()) {
        const building = recordOf(now, 'buildings', id)
        if (building === undefined) continue
        const derived = Object.entries(derivedFields(now, building, groups.get(id) ?? [id], tallies))
        // Only what changed: a wall, which sees bands, must not learn from an equal band that some count did.
        const fields = Object.fromEntries(derived.filter(([name, value]) => building.fields[name] !== value))
        if (Object.keys(fields).length === 0) continue
        // The register's own time stands: a later correction of the building must not look older than a check-in.
        entries.push({ layer: 'buildings', id, op: 'patch', observedAt: building.observedAt, fields })
      }
      return entries
    },
  }
}

type Tallies = ReadonlyMap<string, readonly number[]>

function derivedFields(
  world: World,
  building: WorldRecord,
  group: readonly string[],
  tallies: Tallies,
): Record<string, FieldValue> {
  const own = tallies.get(building.id) ?? [0, 0, 0, 0, 0]
  const together = [0, 0, 0, 0, 0]
  let households = 0
  let householdsKnown = true
  for (const id of group) {
    for (const [state, residents] of (tallies.get(id) ?? []).entries()) together[state] = (together[state] ?? 0) + residents
    const known = recordOf(world, 'buildings', id)?.fields['households']
    if (typeof known === 'number') households += known
    else householdsKnown = false
  }
  const tooFew = householdsKnown && households < SMALLEST_OPEN_HOUSEHOLDS
  const fields: Record<string, FieldValue> = { residents: sum(own) }
  for (const [state, name] of COUNT_FIELDS.entries()) fields[name] = own[state] ?? 0
  fields['careBand'] = tooFew ? null : (CARE_BANDS[together.findLastIndex((residents) => residents > 0)] ?? 'none')
  fields['residentsBand'] = tooFew ? null : residentBand(sum(together))
  return fields
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function residentBand(residents: number): (typeof RESIDENT_BANDS)[number] {
  if (residents === 0) return 'none'
  if (residents < SOME_RESIDENTS) return 'few'
  return residents < MANY_RESIDENTS ? 'some' : 'many'
}
