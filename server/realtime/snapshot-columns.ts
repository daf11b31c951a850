import {
  batchType,
  Column,
  columnFromArray,
  dictionary,
  field,
  int32,
  int8,
  Table,
  tableToIPC,
  timestamp,
  TimeUnit,
  utf8,
  Version,
  Endianness,
  type DataType,
} from '@uwdata/flechette'

import { POSITION_DECIMALS, type FieldSpec, type FieldValue } from '../../shared/domain/field.ts'
import { fieldSpecsOf } from '../../shared/domain/layers.ts'
import type { WorldRecord } from '../../shared/world/world.ts'
import type { SnapshotInput } from './snapshot-input.ts'

/** An Arrow column with its name and what a reader must know beside its type. */
interface Named {
  readonly name: string
  readonly column: Column<unknown>
  readonly metadata: ReadonlyMap<string, string> | null
}

/** Columns of fields that seldom change, kept between builds while no record comes, goes or changes in them. */
export type StaticColumns = Map<string, readonly Named[]>

/**
 * One layer as an Arrow IPC stream: first what seldom changes (id, slot, static fields), then observedAt and live fields.
 * docs/protocol.md says how fields become columns.
 */
export function buildColumns(
  input: SnapshotInput,
  records: readonly WorldRecord[],
  kept: StaticColumns,
): Uint8Array<ArrayBuffer> {
  const { epoch, seq, stream } = input
  const labels = new Map(Object.entries({ epoch, seq: String(seq), layer: stream.layer }))
  // Without a row there is no batch for a column's type to come from: an empty layer is its labels alone.
  if (records.length === 0) return encode([], labels)
  const specs = Object.entries(fieldSpecsOf(stream.layer)).filter(([name]) => stream.sight.has(name))
  const fixed = specs
    .filter(([, spec]) => !spec.live)
    .map(([name, spec]): Part => ({ name, make: () => columnsOf(name, spec, records) }))
  const live = specs.filter(([, spec]) => spec.live).flatMap(([name, spec]) => columnsOf(name, spec, records))
  const names: readonly Part[] = [
    {
      name: 'id',
      make: () => [
        plain(
          'id',
          columnFromArray(
            records.map(({ id }) => id),
            utf8(),
          ),
        ),
      ],
    },
    { name: 'slot', make: () => [plain('slot', columnFromArray(Uint32Array.from(records, ({ slot }) => slot)))] },
    ...fixed,
  ]
  const columns = names.flatMap(({ name, make }) => {
    const known = kept.get(name) ?? make()
    kept.set(name, known)
    return known
  })
  columns.push(
    instants(
      'observedAt',
      records.map(({ observedAt }) => observedAt),
    ),
    ...live,
  )
  return encode(columns, labels)
}

function encode(columns: readonly Named[], metadata: Map<string, string>): Uint8Array<ArrayBuffer> {
  const fields = columns.map((one) => field(one.name, one.column.type, true, one.metadata as Map<string, string> | null))
  const schema = { version: Version.V5, endianness: Endianness.Little, fields, metadata }
  const table = new Table(
    schema,
    columns.map(({ column }) => column),
  )
  const bytes = tableToIPC(table, { format: 'stream' })
  if (bytes === null) throw new Error('a table encodes to bytes')
  return bytes as Uint8Array<ArrayBuffer>
}

interface Part {
  readonly name: string
  readonly make: () => readonly Named[]
}

const plain = (name: string, column: Column<unknown>): Named => ({ name, column, metadata: null })

function columnsOf(name: string, spec: FieldSpec, records: readonly WorldRecord[]): Named[] {
  const values = records.map(({ fields }) => fields[name] ?? null)
  switch (spec.kind) {
    case 'choice':
      return [plain(name, columnFromArray(values, dictionary(utf8(), int8())))]
    case 'flag':
      return [
        plain(
          name,
          integers(int8(), Int8Array, values, (value) => Number(value)),
        ),
      ]
    case 'number': {
      const scale = 10 ** spec.decimals
      return [{ name, column: scaledIntegers(values, scale), metadata: new Map([['scale', String(scale)]]) }]
    }
    case 'position': {
      const scale = 10 ** POSITION_DECIMALS
      const metadata = new Map([['scale', String(scale)]])
      const axis = (index: number): FieldValue[] => values.map((value) => (Array.isArray(value) ? Number(value[index]) : null))
      return [
        { name: `${name}_lng`, column: scaledIntegers(axis(0), scale), metadata },
        { name: `${name}_lat`, column: scaledIntegers(axis(1), scale), metadata },
      ]
    }
    case 'time':
      return [
        instants(
          name,
          values.map((value) => (typeof value === 'string' ? Date.parse(value) : null)),
        ),
      ]
    case 'text':
      return [texts(name, values)]
    case 'subject':
    case 'list':
      return [jsonTexts(name, values)]
  }
}

/** Text as UTF-8; where one holds half a surrogate pair, which UTF-8 cannot, all of the column as JSON. */
function texts(name: string, values: readonly FieldValue[]): Named {
  if (values.some((value) => typeof value === 'string' && !value.isWellFormed())) return jsonTexts(name, values)
  return plain(name, columnFromArray([...values], utf8()))
}

function jsonTexts(name: string, values: readonly FieldValue[]): Named {
  const written = values.map((value) => (value === null ? null : JSON.stringify(value)))
  return { name, column: columnFromArray(written, dictionary(utf8(), int32())), metadata: new Map([['json', '1']]) }
}

function instants(name: string, values: readonly (number | null)[]): Named {
  const type = timestamp(TimeUnit.MILLISECOND, 'UTC')
  const column = integers(type, BigInt64Array, values, (value) => BigInt(Number(value)))
  return plain(name, column)
}

const scaledIntegers = (values: readonly FieldValue[], scale: number): Column<unknown> =>
  integers(int32(), Int32Array, values, (value) => Math.round(Number(value) * scale))

/** A column straight over typed values with its validity bits, without the builder's call a value. */
function integers<T extends number | bigint>(
  type: DataType,
  Values: { new (length: number): { [index: number]: T } },
  values: readonly FieldValue[],
  convert: (value: FieldValue) => T,
): Column<unknown> {
  const written = new Values(values.length)
  const validity = new Uint8Array((((values.length + 7) >> 3) + 7) & ~7)
  let nullCount = 0
  for (const [index, value] of values.entries()) {
    if (value === null) {
      nullCount += 1
      continue
    }
    written[index] = convert(value)
    validity[index >> 3] = (validity[index >> 3] ?? 0) | (1 << (index & 7))
  }
  const Batch = batchType(type)
  const batch = new Batch({
    length: values.length,
    nullCount,
    type,
    validity: nullCount === 0 ? new Uint8Array() : validity,
    values: written,
  } as unknown as ConstructorParameters<typeof Batch>[0])
  return new Column([batch])
}
