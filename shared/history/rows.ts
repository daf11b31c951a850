import type { FieldSpecs, FieldValue, Fields } from '../domain/field.ts'
import { HistoryFormatError, type ByteReader, type ByteWriter } from './bytes.ts'
import { readFieldColumn, writeFieldColumn } from './field-columns.ts'
import { readUints, writeUints } from './integers.ts'

/** Fields of one record or change of a layer. `tag` is a small number that comes back with it, such as the op. */
export interface Row {
  readonly owner: number
  readonly tag: number
  readonly fields: Fields
}

/** Fields of one layer; more than any has. */
const MAX_FIELDS = 256
/** Which fields are there together, and with which tag; patches make some hundreds at worst. */
const MAX_SHAPES = 65_536

/** Writes rows of one layer field by field. Fields come back in the order of the specs, whatever order they came in. */
export function writeRows(writer: ByteWriter, rows: readonly Row[], specs: FieldSpecs): void {
  const names = fieldNames(rows, specs)
  const places = new Map(names.map((name, index) => [name, index]))
  writer.uint(names.length)
  for (const name of names) writer.text(name)
  const shapes = new Map<string, number>()
  const indexes = rows.map(({ tag, fields }) => {
    const present = Object.keys(fields)
      .map((name) => places.get(name) ?? 0)
      .toSorted((a, b) => a - b)
    const key = [tag, ...present].join(',')
    const index = shapes.get(key) ?? shapes.size
    shapes.set(key, index)
    return index
  })
  writer.uint(shapes.size)
  for (const key of shapes.keys()) {
    const [tag = 0, ...present] = key.split(',').map(Number)
    writer.uint(tag)
    writer.uint(present.length)
    for (const place of present) writer.uint(place)
  }
  writeUints(writer, indexes)
  for (const name of names) {
    const having = rows.filter(({ fields }) => Object.hasOwn(fields, name))
    const values = having.map(({ fields }) => fields[name] ?? null)
    writeFieldColumn(writer, { values, owners: having.map(({ owner }) => owner) }, specs[name])
  }
}

/** The inverse of {@link writeRows}, given whose each row is. */
export function readRows(reader: ByteReader, owners: Float64Array): Row[] {
  const names = Array.from({ length: reader.count(MAX_FIELDS) }, () => fieldName(reader.text()))
  const shapes = Array.from({ length: reader.count(MAX_SHAPES) }, () => readShape(reader, names.length))
  const indexes = readUints(reader, owners.length)
  const rows = Array.from(indexes, (index, position): Row & { readonly fields: Record<string, FieldValue> } => {
    const shape = shapes[index]
    if (shape === undefined) throw new HistoryFormatError('a row of no shape')
    return { owner: owners[position] as number, tag: shape.tag, fields: {} }
  })
  for (const [place, name] of names.entries()) {
    const inShape = shapes.map(({ present }) => present.includes(place))
    const having: number[] = []
    for (let index = 0; index < rows.length; index += 1) if (inShape[indexes[index] as number] === true) having.push(index)
    const values = readFieldColumn(
      reader,
      Float64Array.from(having, (index) => owners[index] as number),
    )
    for (let index = 0; index < having.length; index += 1) {
      const row = rows[having[index] as number]
      if (row !== undefined) row.fields[name] = values[index] ?? null
    }
  }
  return rows
}

function readShape(reader: ByteReader, names: number): { readonly tag: number; readonly present: readonly number[] } {
  const tag = reader.uint()
  return { tag, present: Array.from({ length: reader.count(names) }, () => reader.count(names - 1)) }
}

function fieldNames(rows: readonly Row[], specs: FieldSpecs): string[] {
  const used = new Set(rows.flatMap(({ fields }) => Object.keys(fields)))
  const declared = Object.keys(specs).filter((name) => used.delete(name))
  return [...declared, ...used]
}

function fieldName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new HistoryFormatError('a field name that cannot be')
  return name
}
