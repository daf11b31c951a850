import { formatInstant, type Fields, type FieldValue } from '../domain/field.ts'
import type { Change } from '../world/change.ts'
import type { WireChange } from './delta.ts'

/** A change as it travels. */
export function toWire(change: Change): WireChange {
  const { seq, layer, id, op, observedAt, fields } = change
  return { seq, layer, id, op, observedAt: formatInstant(observedAt), fields: fields as WireChange['fields'] }
}

/** A change as a mirror reduces it. The wire has no `recordedAt`: the tick's time stands for it. */
export function fromWire(wire: WireChange, atMs: number): Change {
  const { seq, layer, id, op, observedAt } = wire
  return { seq, layer, id, op, observedAt: Date.parse(observedAt), recordedAt: atMs, fields: fieldsFromWire(wire.fields) }
}

/** Parsed JSON values are field values already; only the types of tuples and lists differ. */
export function fieldsFromWire(fields: WireChange['fields']): Fields {
  return fields as Record<string, FieldValue>
}
