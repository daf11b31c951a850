import { fieldSpecsOf, isLayerName, LAYERS } from '../domain/layers.ts'
import type { LayerSnapshot } from '../world/snapshot.ts'
import type { WorldRecord } from '../world/world.ts'
import { ByteReader, ByteWriter, HistoryFormatError } from './bytes.ts'
import { HISTORY_CODEC } from './chunk-codec.ts'
import { CHUNK_CLASSES, type ChunkClass } from './classes.ts'
import { readInts, readUints, writeInts, writeUints } from './integers.ts'
import { readRows, writeRows } from './rows.ts'
import { readStrings, steps, sums, writeStrings } from './strings.ts'

const MAGIC = [0x4c, 0x4b, 0x4b] // LKK
/** Records of one layer; far more than a community has. */
const MAX_RECORDS = 1 << 22

/** The layers of one class as they stood after the change `seq`; slots and removals included, so that a replay goes on exactly. */
export interface KeyframeContent {
  readonly chunkClass: ChunkClass
  readonly seq: number
  /** `recordedAt` of that change, UTC milliseconds. */
  readonly recordedAt: number
  readonly layers: readonly LayerSnapshot[]
}

/** The same content always gives the same bytes. */
export function encodeKeyframe({ chunkClass, seq, recordedAt, layers }: KeyframeContent): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  for (const byte of MAGIC) writer.byte(byte)
  writer.byte(HISTORY_CODEC)
  writer.byte(CHUNK_CLASSES.indexOf(chunkClass))
  writer.uint(seq)
  writer.uint(recordedAt)
  writer.uint(layers.length)
  for (const layer of layers) writeLayer(writer, layer)
  return writer.finish()
}

function writeLayer(writer: ByteWriter, { layer, records, tombstones }: LayerSnapshot): void {
  writer.text(layer)
  writeStrings(
    writer,
    records.map(({ id }) => id),
  )
  writeUints(writer, steps(records.map(({ slot }) => slot)))
  writeInts(writer, steps(records.map((record) => record.seq)))
  writeInts(writer, steps(records.map(({ observedAt }) => observedAt)))
  // One owner for all: a value is kept as the step from the record before.
  writeRows(
    writer,
    records.map(({ fields }) => ({ owner: 0, tag: 0, fields })),
    fieldSpecsOf(layer),
  )
  writeStrings(
    writer,
    tombstones.map(({ id }) => id),
  )
  writeInts(writer, steps(tombstones.map((tombstone) => tombstone.seq)))
  writeInts(writer, steps(tombstones.map(({ observedAt }) => observedAt)))
  writeInts(writer, steps(tombstones.map(({ recordedAt }) => recordedAt)))
}

/** @throws HistoryFormatError when the bytes are not a keyframe that this version can read */
export function decodeKeyframe(bytes: Uint8Array): KeyframeContent {
  const reader = new ByteReader(bytes)
  for (const byte of MAGIC) if (reader.byte() !== byte) throw new HistoryFormatError('not a keyframe')
  const codec = reader.byte()
  if (codec !== HISTORY_CODEC) throw new HistoryFormatError(`a keyframe of codec ${codec}, which this version does not know`)
  const chunkClass = CHUNK_CLASSES[reader.byte()]
  if (chunkClass === undefined) throw new HistoryFormatError('a keyframe of an unknown class')
  const seq = reader.uint()
  const recordedAt = reader.uint()
  const layers = Array.from({ length: reader.count(LAYERS.length) }, () => readLayer(reader))
  reader.end()
  return { chunkClass, seq, recordedAt, layers }
}

function readLayer(reader: ByteReader): LayerSnapshot {
  const layer = reader.text()
  if (!isLayerName(layer)) throw new HistoryFormatError(`layer ${layer.slice(0, 32)}, which this version does not know`)
  const ids = readStrings(reader, MAX_RECORDS)
  const slots = sums(readUints(reader, ids.length))
  const seqs = sums(readInts(reader, ids.length))
  const observed = sums(readInts(reader, ids.length))
  const rows = readRows(reader, new Float64Array(ids.length))
  const records = ids.map((id, index): WorldRecord => {
    const slot = slots[index] as number
    if (slot > MAX_RECORDS) throw new HistoryFormatError('a slot out of all proportion')
    const fields = rows[index]?.fields ?? {}
    return { id, slot, seq: seqs[index] as number, observedAt: observed[index] as number, fields }
  })
  const removed = readStrings(reader, MAX_RECORDS)
  const removedSeqs = sums(readInts(reader, removed.length))
  const removedObserved = sums(readInts(reader, removed.length))
  const removedRecorded = sums(readInts(reader, removed.length))
  const tombstones = removed.map((id, index) => ({
    id,
    seq: removedSeqs[index] as number,
    observedAt: removedObserved[index] as number,
    recordedAt: removedRecorded[index] as number,
  }))
  return { layer, records, tombstones }
}
