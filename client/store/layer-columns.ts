import { fieldSpecsOf, type LayerName } from '../../shared/domain/layers.ts'
import type { FieldSpec, Position } from '../../shared/domain/field.ts'
import type { WorldRecord } from '../../shared/world/world.ts'

/** What a byte column holds where the field is null or the slot is empty. */
export const NULL_BYTE = 255

/**
 * A layer's records as typed arrays by slot, for a map to upload. Slots are the mirror's own: the lowest that was free when
 * the record came. An empty slot has `NaN` and {@link NULL_BYTE}. The arrays are replaced when they grow: read them anew
 * after an update that says `resized`.
 */
export interface LayerColumns {
  /** One more than the highest slot ever taken. */
  readonly length: number
  /** Degrees east and north of the site's origin, two floats a slot; what deck.gl calls LNGLAT_OFFSETS. */
  readonly positions: Float32Array
  /** The source's clock, UTC milliseconds. */
  readonly observedAtMs: Float64Array
  /** Each choice as the index of its value in the layer's schema, each flag as 0 or 1, by field name. */
  readonly bytes: Readonly<Record<string, Uint8Array>>
  /** Each number field but those in `bytes`, by field name; `NaN` for null. */
  readonly numbers: Readonly<Record<string, Float32Array>>
}

const FIRST_CAPACITY = 64

interface ByteField {
  readonly name: string
  readonly codes: ReadonlyMap<unknown, number>
}

const codesOf = (spec: FieldSpec): ReadonlyMap<unknown, number> | null => {
  if (spec.kind === 'choice') return new Map(spec.values.map((value, index) => [value, index]))
  if (spec.kind !== 'flag') return null
  return new Map([
    [false, 0],
    [true, 1],
  ])
}

export interface ColumnWriter {
  readonly columns: LayerColumns
  /** Writes one record at its slot; true when the arrays were replaced to make room. */
  write(record: WorldRecord): boolean
  clear(slot: number): void
  clearAll(): void
}

/** @param origin the site's origin, `[lng, lat]` */
export function createColumnWriter(layer: LayerName, origin: Position): ColumnWriter {
  const specs = Object.entries(fieldSpecsOf(layer))
  const byteFields: ByteField[] = specs.flatMap(([name, spec]) => {
    const codes = codesOf(spec)
    return codes === null ? [] : [{ name, codes }]
  })
  const numberFields = specs.filter(([, spec]) => spec.kind === 'number').map(([name]) => name)
  let capacity = FIRST_CAPACITY
  let length = 0
  let positions = new Float32Array(2 * capacity).fill(NaN)
  let observedAtMs = new Float64Array(capacity).fill(NaN)
  let bytes = Object.fromEntries(byteFields.map(({ name }) => [name, new Uint8Array(capacity).fill(NULL_BYTE)]))
  let numbers = Object.fromEntries(numberFields.map((name) => [name, new Float32Array(capacity).fill(NaN)]))

  const grow = (slot: number): boolean => {
    length = Math.max(length, slot + 1)
    if (slot < capacity) return false
    while (capacity <= slot) capacity *= 2
    positions = grown(positions, new Float32Array(2 * capacity).fill(NaN))
    observedAtMs = grown(observedAtMs, new Float64Array(capacity).fill(NaN))
    bytes = mapValues(bytes, (column) => grown(column, new Uint8Array(capacity).fill(NULL_BYTE)))
    numbers = mapValues(numbers, (column) => grown(column, new Float32Array(capacity).fill(NaN)))
    return true
  }

  const clear = (slot: number): void => {
    positions.fill(NaN, 2 * slot, 2 * slot + 2)
    observedAtMs[slot] = NaN
    for (const column of Object.values(bytes)) column[slot] = NULL_BYTE
    for (const column of Object.values(numbers)) column[slot] = NaN
  }

  const columns: LayerColumns = {
    get length() {
      return length
    },
    get positions() {
      return positions
    },
    get observedAtMs() {
      return observedAtMs
    },
    get bytes() {
      return bytes
    },
    get numbers() {
      return numbers
    },
  }

  return {
    columns,
    write({ slot, observedAt, fields }) {
      const resized = grow(slot)
      const position = fields['position']
      const placed = Array.isArray(position) && position.length === 2
      positions[2 * slot] = placed ? Number(position[0]) - origin[0] : NaN
      positions[2 * slot + 1] = placed ? Number(position[1]) - origin[1] : NaN
      observedAtMs[slot] = observedAt
      for (const { name, codes } of byteFields) {
        const column = bytes[name]
        if (column !== undefined) column[slot] = codes.get(fields[name]) ?? NULL_BYTE
      }
      for (const name of numberFields) {
        const column = numbers[name]
        const value = fields[name]
        if (column !== undefined) column[slot] = typeof value === 'number' ? value : NaN
      }
      return resized
    },
    clear,
    clearAll() {
      for (let slot = 0; slot < length; slot += 1) clear(slot)
      length = 0
    },
  }
}

function grown<A extends { set(from: A): void }>(from: A, into: A): A {
  into.set(from)
  return into
}

function mapValues<A, B>(from: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]))
}
