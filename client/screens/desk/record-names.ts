import { COMMUNITY_SUBJECT_LAYER, GRID_SUBJECT_LAYER } from '../../../shared/alarms/shown-place.ts'
import { SERVER_SUBJECT_LAYER, SOURCE_SUBJECT_LAYER } from '../../../shared/alarms/signals.ts'
import type { Position, Subject } from '../../../shared/domain/field.ts'
import { isLayerName, type LayerName } from '../../../shared/domain/layers.ts'
import type { WorldRecord } from '../../../shared/world/world.ts'
import { textOf, type Language } from '../../i18n/language.ts'
import type { Mirror } from '../../store/mirror.ts'

/** What can be chosen on a desk: a record of a layer. */
export interface Chosen {
  readonly layer: LayerName
  readonly id: string
}

export function chosenOf(subject: Subject | null): Chosen | null {
  return subject !== null && isLayerName(subject.layer) ? { layer: subject.layer, id: subject.id } : null
}

export function recordOf(mirror: Mirror, { layer, id }: Chosen): WorldRecord | null {
  return mirror.layer(layer).records.get(id) ?? null
}

/** What a person calls it: its name, else its kind and id; machines that report have no record. */
export function subjectName(mirror: Mirror, subject: Subject | null, language: Language): string {
  if (subject === null || subject.layer === SERVER_SUBJECT_LAYER) return textOf(language, 'alarm.server')
  if (subject.layer === SOURCE_SUBJECT_LAYER) return textOf(language, 'alarm.source', { id: subject.id.slice(0, 6) })
  if (subject.layer === GRID_SUBJECT_LAYER) return textOf(language, 'alarm.grid', { id: subject.id })
  if (subject.layer === COMMUNITY_SUBJECT_LAYER) return textOf(language, 'alarm.community')
  const chosen = chosenOf(subject)
  const name = chosen === null ? undefined : recordOf(mirror, chosen)?.fields['name']
  if (typeof name === 'string') return name
  return chosen === null ? subject.id : `${textOf(language, `layer.${chosen.layer}`)} ${subject.id}`
}

/** Where an alarm is, as a wall says it: one about people is near the building that it names, which may stand for its neighbour. */
export function placeOnWall(mirror: Mirror, subject: Subject | null, language: Language): string {
  const name = subjectName(mirror, subject, language)
  return subject?.layer === 'buildings' ? textOf(language, 'alarm.around', { name }) : name
}

export function placeOf(record: WorldRecord | null): Position | null {
  const position = record?.fields['position']
  return Array.isArray(position) && position.length === 2 ? [Number(position[0]), Number(position[1])] : null
}
