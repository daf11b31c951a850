import { OPS } from '../domain/entry.ts'
import { fieldSpecsOf, isLayerName, LAYERS, type LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import { ByteReader, ByteWriter, HistoryFormatError } from './bytes.ts'
import { CHUNK_CLASSES, type ChunkClass } from './classes.ts'
import { readInts, readUints, writeInts, writeUints } from './integers.ts'
import { readRows, writeRows, type Row } from './rows.ts'
import { byCountingOrder, readStrings, steps, sums, writeStrings } from './strings.ts'

/** The version of the bytes that are written. Every version ever written is read for ever. */
export const HISTORY_CODEC = 1
/** Changes in a sealed chunk, all classes together. */
export const CHUNK_CHANGES = 8_192
/** Keyframes are this many changes apart, or a multiple in a large world: by count, so that a seek does not cost more at a higher rate. */
export const KEYFRAME_CHANGES = 32_768

const MAGIC = [0x4c, 0x4b, 0x43] // LKC
/** A chunk of a gap-free log has no more changes than this, whoever wrote it. */
const MAX_CHANGES = 1 << 20

/** The changes of one class in a range of seqs; those of the range that are missing belong to other classes. */
export interface ChunkContent {
  readonly chunkClass: ChunkClass
  readonly fromSeq: number
  /** `fromSeq - 1` when there is nothing in the range, which only an answer at the head is. */
  readonly toSeq: number
  /** In seq order. */
  readonly changes: readonly Change[]
}

/** Columns of like numbers, made for a general compressor to follow; the same content always gives the same bytes. */
export function encodeChunk({ chunkClass, fromSeq, toSeq, changes }: ChunkContent): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  for (const byte of MAGIC) writer.byte(byte)
  writer.byte(HISTORY_CODEC)
  writer.byte(CHUNK_CLASSES.indexOf(chunkClass))
  writer.uint(fromSeq)
  writer.uint(toSeq)
  writer.uint(changes.length)
  if (changes.length === 0) return writer.finish()
  const layers = LAYERS.filter((layer) => changes.some((change) => change.layer === layer))
  const layerPlaces = new Map(layers.map((layer, index) => [layer, index]))
  writer.uint(layers.length)
  for (const layer of layers) writer.text(layer)
  writeUints(
    writer,
    changes.map(({ layer }) => layerPlaces.get(layer) ?? 0),
  )
  const gaps = steps(changes.map(({ seq }) => seq - fromSeq))
  writeUints(
    writer,
    gaps.map((gap, index) => (index === 0 ? gap : gap - 1)),
  )
  writeInts(writer, steps(changes.map(({ recordedAt }) => recordedAt)))
  writeInts(
    writer,
    changes.map(({ recordedAt, observedAt }) => recordedAt - observedAt),
  )
  for (const layer of layers) {
    writeLayer(
      writer,
      layer,
      changes.filter((change) => change.layer === layer),
    )
  }
  return writer.finish()
}

function writeLayer(writer: ByteWriter, layer: LayerName, changes: readonly Change[]): void {
  const ids = [...new Set(changes.map(({ id }) => id))].toSorted(byCountingOrder)
  const places = new Map(ids.map((id, index) => [id, index]))
  const rows = changes.map(({ id, op, fields }): Row => ({ owner: places.get(id) ?? 0, tag: OPS.indexOf(op), fields }))
  writeStrings(writer, ids)
  writeUints(
    writer,
    rows.map(({ owner }) => owner),
  )
  writeRows(writer, rows, fieldSpecsOf(layer))
}

/** @throws HistoryFormatError when the bytes are not a chunk that this version can read */
export function decodeChunk(bytes: Uint8Array): ChunkContent {
  const reader = new ByteReader(bytes)
  const { chunkClass, fromSeq, toSeq, count } = readHead(reader)
  if (count === 0) {
    reader.end()
    return { chunkClass, fromSeq, toSeq, changes: [] }
  }
  const layers = Array.from({ length: reader.count(LAYERS.length) }, () => layerName(reader.text()))
  const layerPlaces = readUints(reader, count)
  const seqs = readUints(reader, count)
  for (let index = 0; index < count; index += 1) {
    seqs[index] = (seqs[index] as number) + (index === 0 ? fromSeq : (seqs[index - 1] as number) + 1)
  }
  if ((seqs[count - 1] as number) > toSeq) throw new HistoryFormatError('a change beyond the end of its chunk')
  const recorded = sums(readInts(reader, count))
  const lags = readInts(reader, count)
  const changes = Array.from<Change | undefined>({ length: count })
  for (const [place, layer] of layers.entries()) {
    const positions: number[] = []
    for (let index = 0; index < count; index += 1) if (layerPlaces[index] === place) positions.push(index)
    const ids = readStrings(reader, positions.length)
    const owners = readUints(reader, positions.length)
    if (owners.some((owner) => owner >= ids.length)) throw new HistoryFormatError('a change without its id')
    for (const [index, { owner, tag, fields }] of readRows(reader, owners).entries()) {
      const position = positions[index] as number
      const id = ids[owner]
      const op = OPS[tag]
      if (id === undefined || op === undefined) throw new HistoryFormatError('a change without id or op')
      const recordedAt = recorded[position] as number
      const observedAt = recordedAt - (lags[position] as number)
      changes[position] = { layer, id, op, observedAt, fields, seq: seqs[position] as number, recordedAt }
    }
  }
  reader.end()
  return { chunkClass, fromSeq, toSeq, changes: changes.map(present) }
}

function present(change: Change | undefined): Change {
  if (change === undefined) throw new HistoryFormatError('a change of no layer')
  return change
}

function readHead(reader: ByteReader): { chunkClass: ChunkClass; fromSeq: number; toSeq: number; count: number } {
  for (const byte of MAGIC) if (reader.byte() !== byte) throw new HistoryFormatError('not a chunk')
  const codec = reader.byte()
  if (codec !== HISTORY_CODEC) throw new HistoryFormatError(`a chunk of codec ${codec}, which this version does not know`)
  const chunkClass = CHUNK_CLASSES[reader.byte()]
  if (chunkClass === undefined) throw new HistoryFormatError('a chunk of an unknown class')
  const fromSeq = reader.uint()
  const toSeq = reader.uint()
  if (toSeq < fromSeq - 1) throw new HistoryFormatError('a chunk that ends before it begins')
  return { chunkClass, fromSeq, toSeq, count: reader.count(Math.min(MAX_CHANGES, toSeq - fromSeq + 1)) }
}

function layerName(name: string): LayerName {
  if (!isLayerName(name)) throw new HistoryFormatError(`layer ${name.slice(0, 32)}, which this version does not know`)
  return name
}
