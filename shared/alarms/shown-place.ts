import type { Entry } from '../domain/entry.ts'
import type { Fields, FieldValue, Position, Subject } from '../domain/field.ts'
import { bandGroups, SMALLEST_OPEN_HOUSEHOLDS } from '../world/building-groups.ts'
import { layerOf, recordOf, type World, type WorldRecord } from '../world/world.ts'

/** Layers of subjects that are no records: a grid, and the community as a whole. */
export const GRID_SUBJECT_LAYER = 'grids'
export const COMMUNITY_SUBJECT_LAYER = 'community'
const COMMUNITY: Subject = { layer: COMMUNITY_SUBJECT_LAYER, id: 'community' }

interface Shown {
  readonly subject: Subject
  readonly position: Position | null
}

/**
 * An alarm's change with what a wall shows of it: a building of three households or more; for a smaller one that of its
 * group with the most households, as for its bands; a grid or the community where the whole group is smaller. A resident is
 * shown as the building, a worker as the grid. Anything else is shown as it is. Other layers' changes stay as they are.
 */
export function withWhatWallsShow(world: World, entry: Entry): Entry {
  if (entry.layer !== 'alarms' || entry.op === 'remove') return entry
  const { fields } = entry
  if (fields['subject'] === undefined && fields['position'] === undefined) return entry
  const now = recordOf(world, 'alarms', entry.id)?.fields
  const subject = subjectOf(fields['subject'] ?? now?.['subject'])
  const position = positionOf(fields['position'] === undefined ? now?.['position'] : fields['position'])
  const shown = shownOf(world, subject, position)
  return { ...entry, fields: { ...fields, shownSubject: shown.subject, shownPosition: shown.position } }
}

function shownOf(world: World, subject: Subject, position: Position | null): Shown {
  switch (subject.layer) {
    case 'workers':
      return gridOf(recordOf(world, 'workers', subject.id)?.fields)
    case 'residents': {
      const buildingId = recordOf(world, 'residents', subject.id)?.fields['buildingId']
      const building = typeof buildingId === 'string' ? recordOf(world, 'buildings', buildingId) : undefined
      return building === undefined ? gridOf(undefined) : openBuildingOf(world, building)
    }
    case 'buildings': {
      const building = recordOf(world, 'buildings', subject.id)
      // A building that nobody knows may be of one household.
      if (building === undefined) return gridOf(undefined)
      const shown = openBuildingOf(world, building)
      return shown.subject.id === subject.id && shown.subject.layer === subject.layer ? { subject, position } : shown
    }
    default:
      return { subject, position }
  }
}

const subjectAt = ({ id, fields }: WorldRecord): Shown => ({
  subject: { layer: 'buildings', id },
  position: positionOf(fields['position']),
})

function openBuildingOf(world: World, building: WorldRecord): Shown {
  const households = building.fields['households']
  if (typeof households !== 'number' || households >= SMALLEST_OPEN_HOUSEHOLDS) return subjectAt(building)
  const compound = building.fields['compoundId']
  const mates = [...layerOf(world, 'buildings').records.values()].filter(({ fields }) => fields['compoundId'] === compound)
  const ids = new Set(bandGroups(mates).get(building.id) ?? [building.id])
  const group = mates
    .filter(({ id }) => ids.has(id))
    .toSorted((a, b) => householdsOf(b) - householdsOf(a) || (a.id < b.id ? -1 : 1))
  const [largest] = group
  const together = group.reduce((total, mate) => total + householdsOf(mate), 0)
  return largest === undefined || together < SMALLEST_OPEN_HOUSEHOLDS ? gridOf(building.fields) : subjectAt(largest)
}

/** Of a building whose households nobody counted, as many as make it open. */
function householdsOf({ fields }: WorldRecord): number {
  const { households } = fields
  return typeof households === 'number' ? households : SMALLEST_OPEN_HOUSEHOLDS
}

function gridOf(fields: Fields | undefined): Shown {
  const gridId = fields?.['gridId']
  const subject = typeof gridId === 'string' ? { layer: GRID_SUBJECT_LAYER, id: gridId } : COMMUNITY
  return { subject, position: null }
}

function subjectOf(value: FieldValue | undefined): Subject {
  return typeof value === 'object' && value !== null && 'layer' in value ? value : COMMUNITY
}

function positionOf(value: FieldValue | undefined): Position | null {
  return Array.isArray(value) && value.length === 2 ? [Number(value[0]), Number(value[1])] : null
}
