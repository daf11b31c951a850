import { formatInstant, POSITION_DECIMALS, type FieldSpec, type FieldValue } from '../domain/field.ts'
import { HistoryFormatError, type ByteReader, type ByteWriter } from './bytes.ts'
import { readInts, readUints, writeInts, writeUints } from './integers.ts'
import { byCountingOrder, readStrings, writeStrings } from './strings.ts'

/** How a column's values are written; part of the format, so these numbers never change their meaning. */
const KIND = { json: 0, words: 1, number: 2, flag: 3, position: 4, time: 5 } as const
type Kind = (typeof KIND)[keyof typeof KIND]

const TAG = { coded: 0, null: 1, json: 2 } as const

/** Values of one field. `owners` say which record each belongs to: a value is kept as the step from its record's last. */
export interface FieldColumn {
  readonly values: readonly FieldValue[]
  readonly owners: readonly number[]
}

function kindOf(spec: FieldSpec | undefined): Kind {
  switch (spec?.kind) {
    case 'choice':
    case 'text':
      return KIND.words
    case 'number':
      return KIND.number
    case 'flag':
      return KIND.flag
    case 'position':
      return KIND.position
    case 'time':
      return KIND.time
    case 'subject':
    case 'list':
    case undefined:
      return KIND.json
  }
}

/**
 * Writes a field's values so that they come back bit for bit. The spec is only a hint: what does not fit it is written as
 * JSON, and the kind is written beside the values, so that reading needs no spec, whatever becomes of the field.
 */
export function writeFieldColumn(writer: ByteWriter, { values, owners }: FieldColumn, spec: FieldSpec | undefined): void {
  const kind = kindOf(spec)
  const decimals = spec?.kind === 'number' ? spec.decimals : POSITION_DECIMALS
  const tags = values.map((value) => (value === null ? TAG.null : fits(kind, decimals, value) ? TAG.coded : TAG.json))
  writer.byte(kind)
  writer.byte(decimals)
  writeUints(writer, tags)
  for (const [index, value] of values.entries()) if (tags[index] === TAG.json) writer.text(JSON.stringify(value))
  const coded = values.filter((_value, index) => tags[index] === TAG.coded)
  const whose = owners.filter((_owner, index) => tags[index] === TAG.coded)
  switch (kind) {
    case KIND.json:
      return
    case KIND.words:
      return writeWords(writer, coded as string[], whose)
    case KIND.flag:
      return writeUints(writer, coded.map(Number))
    case KIND.number:
      return writeInts(
        writer,
        stepsOf(
          coded.map((value) => Math.round(Number(value) * 10 ** decimals)),
          whose,
        ),
      )
    case KIND.time:
      return writeInts(
        writer,
        stepsOf(
          (coded as string[]).map((value) => Date.parse(value)),
          whose,
        ),
      )
    case KIND.position:
      for (const axis of [0, 1] as const) {
        const units = (coded as (readonly [number, number])[]).map((place) => Math.round(place[axis] * 10 ** decimals))
        writeInts(writer, stepsOf(units, whose))
      }
  }
}

/** The values of a column, in the order of their `owners`. */
export function readFieldColumn(reader: ByteReader, owners: Float64Array): FieldValue[] {
  const kind = reader.byte()
  const decimals = reader.byte()
  if (decimals > 9) throw new HistoryFormatError(`a column of ${decimals} decimals`)
  const tags = readUints(reader, owners.length)
  if (tags.every((tag) => tag === TAG.coded)) return readCoded(reader, kind, decimals, owners)
  const values = Array.from(tags, (tag) => (tag === TAG.json ? readJson(reader) : null))
  const places = Array.from(tags.keys()).filter((index) => tags[index] === TAG.coded)
  const coded = readCoded(
    reader,
    kind,
    decimals,
    Float64Array.from(places, (place) => owners[place] as number),
  )
  for (const [index, place] of places.entries()) values[place] = coded[index] ?? null
  return values
}

function readJson(reader: ByteReader): FieldValue {
  const text = reader.text()
  try {
    return JSON.parse(text) as FieldValue
  } catch {
    throw new HistoryFormatError('a value that is not JSON')
  }
}

function readCoded(reader: ByteReader, kind: number, decimals: number, owners: Float64Array): FieldValue[] {
  const numbers = () => sumsOf(readInts(reader, owners.length), owners)
  const scale = 10 ** decimals
  switch (kind) {
    case KIND.json:
      if (owners.length > 0) throw new HistoryFormatError('values without a kind')
      return []
    case KIND.words:
      return readWords(reader, owners)
    case KIND.flag:
      return Array.from(readUints(reader, owners.length), (value) => value === 1)
    case KIND.number:
      return Array.from(numbers(), (value) => value / scale)
    case KIND.time:
      return Array.from(numbers(), instant)
    case KIND.position: {
      const lng = numbers()
      const lat = numbers()
      return Array.from(lng, (value, index) => [value / scale, (lat[index] as number) / scale] as const)
    }
    default:
      throw new HistoryFormatError(`a column of kind ${kind}, which this version does not know`)
  }
}

function instant(ms: number): string {
  if (Math.abs(ms) > 8.64e15) throw new HistoryFormatError('a time that is none')
  return formatInstant(ms)
}

function fits(kind: Kind, decimals: number, value: FieldValue): boolean {
  switch (kind) {
    case KIND.json:
      return false
    case KIND.words:
      return typeof value === 'string'
    case KIND.flag:
      return typeof value === 'boolean'
    case KIND.number:
      return typeof value === 'number' && isDecimal(value, decimals)
    case KIND.time: {
      if (typeof value !== 'string') return false
      const ms = Date.parse(value)
      return Number.isFinite(ms) && formatInstant(ms) === value
    }
    case KIND.position:
      return Array.isArray(value) && value.length === 2 && value.every((part) => isDecimal(part, decimals))
  }
}

/** Whether scaling to an integer and back gives the same double, minus zero excepted. */
function isDecimal(value: unknown, decimals: number): boolean {
  if (typeof value !== 'number') return false
  const scaled = Math.round(value * 10 ** decimals)
  return Math.abs(scaled) < 2 ** 40 && Object.is(scaled / 10 ** decimals, value)
}

/** 0 for a word that its record had before, otherwise its place in the list of words, from 1. */
function writeWords(writer: ByteWriter, words: readonly string[], owners: readonly number[]): void {
  const list = [...new Set(words)].toSorted(byCountingOrder)
  const places = new Map(list.map((word, index) => [word, index + 1]))
  const last = new Map<number, string>()
  writeStrings(writer, list)
  writeUints(
    writer,
    words.map((word, index) => {
      const owner = owners[index] as number
      const same = last.get(owner) === word
      last.set(owner, word)
      return same ? 0 : (places.get(word) ?? 0)
    }),
  )
}

function readWords(reader: ByteReader, owners: Float64Array): string[] {
  const list = readStrings(reader, owners.length)
  const last = new Map<number, string>()
  return Array.from(readUints(reader, owners.length), (place, index) => {
    const owner = owners[index] as number
    const word = place === 0 ? last.get(owner) : list[place - 1]
    if (word === undefined) throw new HistoryFormatError('a word that is not in the list')
    last.set(owner, word)
    return word
  })
}

/** Each number as the step from its owner's last; an owner's first from the number before it, whoever that is of. */
function stepsOf(values: readonly number[], owners: readonly number[]): number[] {
  const last = new Map<number, number>()
  let before = 0
  return values.map((value, index) => {
    const owner = owners[index] as number
    const step = value - (last.get(owner) ?? before)
    last.set(owner, value)
    before = value
    return step
  })
}

/** The inverse of {@link stepsOf}, in place. Owners are small numbers from 0. */
function sumsOf(values: Float64Array, owners: Float64Array): Float64Array {
  const last = new Float64Array(owners.reduce((most, owner) => Math.max(most, owner), 0) + 1).fill(Number.NaN)
  let before = 0
  for (let index = 0; index < values.length; index += 1) {
    const owner = owners[index] as number
    const own = last[owner] as number
    before = (values[index] as number) + (Number.isNaN(own) ? before : own)
    values[index] = before
    last[owner] = before
  }
  return values
}
