import type { Fields, FieldValue } from '../domain/field.ts'
import { LAYERS, type LayerName } from '../domain/layers.ts'
import type { WorldRecord } from '../world/world.ts'

export interface FieldDifference {
  readonly name: string
  readonly before: FieldValue
  readonly after: FieldValue
}

/** What became of one record between two instants. */
export interface RecordDifference {
  readonly layer: LayerName
  readonly id: string
  readonly kind: 'added' | 'removed' | 'changed'
  /** In the order of the fields' declaration; of a record that came or went, none. */
  readonly fields: readonly FieldDifference[]
}

type Records = ReadonlyMap<string, Pick<WorldRecord, 'seq' | 'fields'>>

/** Where people are is asked for with a case and a reason; how a camera's stream trembles is no news. */
const NOT_COMPARED: Partial<Record<LayerName, readonly string[]>> = {
  workers: ['position', 'headingDeg'],
  cameras: ['fps', 'bitrateKbps'],
}
/** Nobody reads a list of people: residents show as counts of their buildings. */
export const COMPARED_LAYERS: readonly LayerName[] = LAYERS.filter((layer) => layer !== 'residents')

/** What of a layer differs between two instants, in the order of the ids. The same `seq` means the same record. */
export function compareRecords(layer: LayerName, before: Records, after: Records): RecordDifference[] {
  const found: RecordDifference[] = []
  for (const [id, record] of after) {
    const was = before.get(id)
    if (was === undefined) {
      found.push({ layer, id, kind: 'added', fields: [] })
      continue
    }
    if (was.seq === record.seq) continue
    const fields = compareFields(was.fields, record.fields, NOT_COMPARED[layer] ?? [])
    if (fields.length > 0) found.push({ layer, id, kind: 'changed', fields })
  }
  for (const id of before.keys()) if (!after.has(id)) found.push({ layer, id, kind: 'removed', fields: [] })
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function compareFields(before: Fields, after: Fields, left: readonly string[]): FieldDifference[] {
  return Object.keys(after).flatMap((name) => {
    const [was, is] = [before[name] ?? null, after[name] ?? null]
    return left.includes(name) || isSame(was, is) ? [] : [{ name, before: was, after: is }]
  })
}

const isSame = (a: FieldValue, b: FieldValue): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
