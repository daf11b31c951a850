import { tableFromIPC, type Column } from '@uwdata/flechette'

import type { FieldSpec, FieldValue } from '../../shared/domain/field.ts'
import { fieldSpecsOf, isLayerName } from '../../shared/domain/layers.ts'
import { wireValueSchema } from '../../shared/protocol/wire-values.ts'
import type { LoadedSnapshot } from './loaded-snapshot.ts'

interface Reader {
  readonly name: string
  readonly at: (row: number) => FieldValue
}

/** Reads a layer's snapshot from its Arrow form; throws on anything else. Fields that it does not have are not the role's. */
export function readColumns(bytes: Uint8Array): LoadedSnapshot {
  const table = tableFromIPC(bytes)
  const metadata = table.schema.metadata ?? new Map<string, string>()
  const epoch = metadata.get('epoch')
  const seq = Number(metadata.get('seq'))
  const layer = metadata.get('layer')
  if (epoch === undefined || !Number.isSafeInteger(seq) || layer === undefined || !isLayerName(layer)) {
    throw new Error('not a snapshot')
  }
  if (table.numRows === 0) return { epoch, seq, records: [], slots: [] }
  const fields = new Map(
    table.schema.fields.map(({ name, metadata: own }, index) => [name, { own, column: table.getChildAt(index) }]),
  )
  const columnOf = (name: string) => {
    const found = fields.get(name)
    if (found === undefined) throw new Error(`a snapshot has a column ${name}`)
    return found
  }
  const readers = Object.entries(fieldSpecsOf(layer)).flatMap(([name, spec]): Reader[] => {
    const first = spec.kind === 'position' ? `${name}_lng` : name
    return fields.has(first) ? [{ name, at: readerOf(name, spec, columnOf) }] : []
  })
  const ids = columnOf('id').column.toArray() as ArrayLike<string>
  const slots = columnOf('slot').column.toArray() as ArrayLike<number>
  const observed = columnOf('observedAt').column
  const records = Array.from({ length: table.numRows }, (_, row) => {
    const values: Record<string, FieldValue> = {}
    for (const { name, at } of readers) values[name] = at(row)
    return { id: String(ids[row]), observedAt: Number(observed.at(row)), fields: values }
  })
  return { epoch, seq, records, slots: Array.from(slots, Number) }
}

type ColumnOf = (name: string) => { readonly own: Map<string, string> | null; readonly column: Column<unknown> }

function readerOf(name: string, spec: FieldSpec, columnOf: ColumnOf): (row: number) => FieldValue {
  const integers = (from: string): ((row: number) => number | null) => {
    const { own, column } = columnOf(from)
    const scale = Number(own?.get('scale') ?? 1)
    return (row) => {
      const value = column.at(row)
      return value === null ? null : Number(value) / scale
    }
  }
  switch (spec.kind) {
    case 'position': {
      const lng = integers(`${name}_lng`)
      const lat = integers(`${name}_lat`)
      return (row) => {
        const east = lng(row)
        const north = lat(row)
        return east === null || north === null ? null : [east, north]
      }
    }
    case 'number':
      return integers(name)
    case 'flag': {
      const value = integers(name)
      return (row) => {
        const code = value(row)
        return code === null ? null : code === 1
      }
    }
    case 'time': {
      const value = integers(name)
      return (row) => {
        const ms = value(row)
        return ms === null ? null : new Date(ms).toISOString()
      }
    }
    case 'choice':
    case 'text':
    case 'subject':
    case 'list': {
      const { own, column } = columnOf(name)
      const json = own?.get('json') === '1'
      return (row) => {
        const value = column.at(row)
        if (typeof value !== 'string') return null
        return json ? (wireValueSchema.parse(JSON.parse(value)) as FieldValue) : value
      }
    }
  }
}
