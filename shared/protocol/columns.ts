import { POSITION_DECIMALS, type FieldSpec, type FieldValue, type Fields } from '../domain/field.ts'
import { fieldSpecsOf, LAYERS, NEVER_MERGED_LAYERS, type LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'

/**
 * The binary part of a columns delta: patches of live scalar fields, by layer and by which fields they set. Little-endian.
 *
 * - header, 16 bytes: u8 version = 1, u8 0, u16 sections, u32 rows in all, f64 the tick's time in UTC milliseconds
 * - each section, 12 bytes: u8 layer (index in `LAYERS`), u8 0, u16 0, u32 fields (bit n is the layer's n-th field), u32 rows;
 *   then its columns, one value a row, widest type first: u32 slot; i32 milliseconds from the tick's time to `observedAt`;
 *   for each number i32, its value times 10^decimals; for each position i32 longitude, then i32 latitude, in 1e-6 degrees;
 *   for each choice u8, its index in the field's values, and for each flag u8 0 or 1. Among equal widths in the order of
 *   the layer's fields. Null is -2^31 and 255. Zeros fill up to a multiple of 4 bytes.
 */
export const COLUMNS_VERSION = 1

const HEADER_BYTES = 16
const SECTION_BYTES = 12
const NULL_INT = -(2 ** 31)
const MAX_INT = 2 ** 31 - 1
const NULL_BYTE = 255

/** One record's new values. */
export interface ColumnRow {
  readonly slot: number
  /** UTC milliseconds. */
  readonly observedAt: number
  readonly fields: Fields
}

/** Rows of one layer that set the same fields. */
export interface ColumnSection {
  readonly layer: LayerName
  /** In declared order. */
  readonly fields: readonly string[]
  readonly rows: readonly ColumnRow[]
}

interface LiveField {
  readonly name: string
  readonly bit: number
  readonly spec: FieldSpec
}

const LIVE_FIELDS: ReadonlyMap<LayerName, ReadonlyMap<string, LiveField>> = new Map(
  LAYERS.map((layer) => [layer, NEVER_MERGED_LAYERS.includes(layer) ? new Map() : liveFieldsOf(layer)]),
)

function liveFieldsOf(layer: LayerName): ReadonlyMap<string, LiveField> {
  const fields = Object.entries(fieldSpecsOf(layer)).map(([name, spec], bit): LiveField => ({ name, bit, spec }))
  return new Map(fields.filter(({ spec, bit }) => spec.live && isScalar(spec) && bit < 32).map((field) => [field.name, field]))
}

function isScalar({ kind }: FieldSpec): boolean {
  return kind === 'choice' || kind === 'number' || kind === 'flag' || kind === 'position'
}

/** Bytes that a field takes in a row. */
function widthOf({ kind }: FieldSpec): number {
  if (kind === 'position') return 8
  return kind === 'number' ? 4 : 1
}

/** Whether a change may travel in columns: a patch of live scalars, observed within 24 days of the tick. */
export function fitsColumns(change: Change, atMs: number): boolean {
  if (change.op !== 'patch' || Math.abs(change.observedAt - atMs) > MAX_INT) return false
  const live = LIVE_FIELDS.get(change.layer)
  if (live === undefined || live.size === 0) return false
  for (const name in change.fields) if (!live.has(name)) return false
  return true
}

/** Which section of its layer a change belongs to: the bits of its fields. */
export function sectionMask(change: Pick<Change, 'layer' | 'fields'>): number {
  const live = LIVE_FIELDS.get(change.layer)
  let mask = 0
  for (const name in change.fields) mask |= 1 << (live?.get(name)?.bit ?? 0)
  return mask >>> 0
}

/** The section's bytes; rows must set exactly the fields of `mask`, all of which travel in columns. */
export function encodeSection(layer: LayerName, mask: number, rows: readonly ColumnRow[], atMs: number): Uint8Array {
  const fields = fieldsOfMask(layer, mask)
  const count = rows.length
  const rowBytes = fields.reduce((total, { spec }) => total + widthOf(spec), 8)
  const bytes = new Uint8Array(SECTION_BYTES + padded(rowBytes * count))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, LAYERS.indexOf(layer))
  view.setUint32(4, mask, true)
  view.setUint32(8, count, true)
  let at = SECTION_BYTES
  for (const { slot } of rows) at = putInt(view, at, slot)
  for (const { observedAt } of rows) at = putInt(view, at, observedAt - atMs)
  for (const { name, spec } of fields) {
    if (spec.kind === 'number') {
      const scale = 10 ** spec.decimals
      for (const row of rows) at = putInt(view, at, scaled(row.fields[name], scale))
    } else if (spec.kind === 'position') {
      for (const axis of [0, 1]) for (const row of rows) at = putInt(view, at, degrees(row.fields[name], axis))
    }
  }
  for (const { name, spec } of fields) {
    if (spec.kind === 'choice') for (const row of rows) bytes[at++] = choiceByte(spec.values, row.fields[name])
    else if (spec.kind === 'flag') for (const row of rows) bytes[at++] = flagByte(row.fields[name])
  }
  return bytes
}

/** The attachment: the header and sections of one tick. */
export function encodeColumns(atMs: number, sections: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(sections.reduce((total, section) => total + section.length, HEADER_BYTES))
  const view = new DataView(bytes.buffer)
  let rows = 0
  let at = HEADER_BYTES
  for (const section of sections) {
    bytes.set(section, at)
    rows += new DataView(section.buffer, section.byteOffset).getUint32(8, true)
    at += section.length
  }
  view.setUint8(0, COLUMNS_VERSION)
  view.setUint16(2, sections.length, true)
  view.setUint32(4, rows, true)
  view.setFloat64(8, atMs, true)
  return bytes
}

/** An attachment that is not what {@link encodeColumns} makes. */
export class ColumnsError extends Error {}

/** Reads an attachment; throws {@link ColumnsError} on anything else. */
export function decodeColumns(bytes: Uint8Array): { readonly atMs: number; readonly sections: readonly ColumnSection[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint8(0) !== COLUMNS_VERSION) throw new ColumnsError('not columns of version 1')
  const sectionCount = view.getUint16(2, true)
  const rowCount = view.getUint32(4, true)
  const atMs = view.getFloat64(8, true)
  const sections: ColumnSection[] = []
  let at = HEADER_BYTES
  let rows = 0
  for (let index = 0; index < sectionCount; index += 1) {
    const { section, end } = decodeSection(view, at, atMs)
    sections.push(section)
    rows += section.rows.length
    at = end
  }
  if (at !== bytes.length || rows !== rowCount) throw new ColumnsError('columns of another length')
  return { atMs, sections }
}

function decodeSection(view: DataView, start: number, atMs: number): { section: ColumnSection; end: number } {
  if (start + SECTION_BYTES > view.byteLength) throw new ColumnsError('cut inside a section')
  const layer = LAYERS[view.getUint8(start)]
  if (layer === undefined) throw new ColumnsError('a layer that there is not')
  const mask = view.getUint32(start + 4, true)
  const count = view.getUint32(start + 8, true)
  const fields = fieldsOfMask(layer, mask)
  const rowBytes = fields.reduce((total, { spec }) => total + widthOf(spec), 8)
  const end = start + SECTION_BYTES + padded(rowBytes * count)
  if (end > view.byteLength) throw new ColumnsError('cut inside a section')
  const slots = start + SECTION_BYTES
  const observed = slots + 4 * count
  const rows = Array.from({ length: count }, (_, row) => ({
    slot: view.getUint32(slots + 4 * row, true),
    observedAt: atMs + view.getInt32(observed + 4 * row, true),
    fields: {} as Record<string, FieldValue>,
  }))
  let at = observed + 4 * count
  const offsets = new Map<string, number>()
  for (const wide of [true, false]) {
    for (const { name, spec } of fields) {
      if (widthOf(spec) > 1 !== wide) continue
      offsets.set(name, at)
      at += widthOf(spec) * count
    }
  }
  // Field by field in declared order, so that the records' keys come in that order too.
  for (const { name, spec } of fields) {
    const from = offsets.get(name) ?? 0
    for (const [row, { fields: values }] of rows.entries()) values[name] = readValue(view, spec, from, row, count)
  }
  return { section: { layer, fields: fields.map(({ name }) => name), rows }, end }
}

function readValue(view: DataView, spec: FieldSpec, from: number, row: number, count: number): FieldValue {
  switch (spec.kind) {
    case 'number': {
      const value = view.getInt32(from + 4 * row, true)
      return value === NULL_INT ? null : value / 10 ** spec.decimals
    }
    case 'position': {
      const lng = view.getInt32(from + 4 * row, true)
      const lat = view.getInt32(from + 4 * (count + row), true)
      return lng === NULL_INT ? null : [lng / DEGREE, lat / DEGREE]
    }
    case 'choice': {
      const code = view.getUint8(from + row)
      const value = code === NULL_BYTE ? null : spec.values[code]
      if (value === undefined) throw new ColumnsError('a choice that there is not')
      return value
    }
    case 'flag': {
      const code = view.getUint8(from + row)
      return code === NULL_BYTE ? null : code === 1
    }
    case 'text':
    case 'time':
    case 'subject':
    case 'list':
      throw new ColumnsError(`${spec.kind} does not travel in columns`)
  }
}

function fieldsOfMask(layer: LayerName, mask: number): LiveField[] {
  const fields = [...(LIVE_FIELDS.get(layer)?.values() ?? [])].filter(({ bit }) => (mask & (1 << bit)) !== 0)
  let known = 0
  for (const { bit } of fields) known |= 1 << bit
  if (known >>> 0 !== mask) throw new ColumnsError(`fields of ${layer} that do not travel in columns`)
  return fields
}

const DEGREE = 10 ** POSITION_DECIMALS
const padded = (bytes: number): number => (bytes + 3) & ~3

function putInt(view: DataView, at: number, value: number): number {
  view.setInt32(at, value, true)
  return at + 4
}
const scaled = (value: FieldValue | undefined, scale: number): number =>
  typeof value === 'number' ? Math.round(value * scale) : NULL_INT
const degrees = (value: FieldValue | undefined, axis: number): number =>
  Array.isArray(value) ? Math.round(Number(value[axis]) * DEGREE) : NULL_INT
const flagByte = (value: FieldValue | undefined): number => (typeof value === 'boolean' ? Number(value) : NULL_BYTE)
function choiceByte(values: readonly string[], value: FieldValue | undefined): number {
  return typeof value === 'string' ? values.indexOf(value) : NULL_BYTE
}
