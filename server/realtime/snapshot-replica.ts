import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gzip, zstdCompress } from 'node:zlib'

import { fieldSpecsOf } from '../../shared/domain/layers.ts'
import { fromWire } from '../../shared/protocol/wire-change.ts'
import { follow } from '../../shared/world/follow.ts'
import { restoreWorld } from '../../shared/world/snapshot.ts'
import { createWorld, layerOf, type World } from '../../shared/world/world.ts'
import { buildSnapshot } from './snapshot-build.ts'
import type { StaticColumns } from './snapshot-columns.ts'
import type { BuiltSnapshot, Packing, ReplicaChanges, SnapshotKey, ToReplica } from './snapshot-messages.ts'
import { STREAMS, visibleFieldsOf, type Stream } from './streams.ts'

/** One stream and format is built at most this often, whoever asks. */
const BUILD_EACH_MS = 1_000
const GZIP_LEVEL = 4
const ZSTD_LEVEL = 3

interface Waiting {
  readonly request: number
  readonly packing: Packing
  readonly atLeastSeq: number
}

/** One stream in one format: the last build and who waits for the next. */
interface Shelf {
  readonly stream: Stream
  readonly format: SnapshotKey['format']
  seq: number
  builtAtMs: number
  bytes: Uint8Array<ArrayBuffer>
  packed: Map<Packing, Promise<BuiltSnapshot>>
  waiting: Waiting[]
  timer: NodeJS.Timeout | null
}

/** The world once more, away from the stream's thread, so that building a snapshot delays nobody. */
export interface Replica {
  take(message: ToReplica): void
}

export interface ReplicaOptions {
  readonly answer: (request: number, built: BuiltSnapshot) => void
  /** Milliseconds that never jump. */
  readonly monotonic: () => number
}

export function createReplica({ answer, monotonic }: ReplicaOptions): Replica {
  /** A world by stream: a stream with hidden fields has its own; the others share the first. */
  const worlds = new Map<Stream, World>()
  const shelves = new Map<string, Shelf>()
  const staticColumns = new Map<Stream, StaticColumns>()
  let epoch = ''
  let seq = 0

  const worldOf = (stream: Stream): World => {
    const world = worlds.get(stream)
    if (world === undefined) throw new Error('the replica was not started')
    return world
  }

  const shelfOf = ({ streamIndex, format }: SnapshotKey): Shelf => {
    const stream = STREAMS[streamIndex]
    if (stream === undefined) throw new Error(`there is no stream ${streamIndex}`)
    const key = `${streamIndex} ${format}`
    const known = shelves.get(key)
    if (known !== undefined) return known
    const shelf: Shelf = {
      stream,
      format,
      seq: -1,
      builtAtMs: -Infinity,
      bytes: new Uint8Array(),
      packed: new Map(),
      waiting: [],
      timer: null,
    }
    shelves.set(key, shelf)
    return shelf
  }

  const hand = (shelf: Shelf, { request, packing }: Waiting): void => {
    let packed = shelf.packed.get(packing)
    if (packed === undefined) {
      packed = pack(shelf.bytes, packing, shelf.seq)
      shelf.packed.set(packing, packed)
    }
    // Packing of bytes that are in memory fails for want of memory only; then the thread ends, and the server with it.
    void packed.then((built) => answer(request, built))
  }

  /** Answers whom the last build serves; builds for the others when it is time and their seq has come. */
  const settle = (shelf: Shelf): void => {
    shelf.waiting = shelf.waiting.filter((one) => {
      if (one.atLeastSeq > shelf.seq) return true
      hand(shelf, one)
      return false
    })
    if (shelf.timer !== null || !shelf.waiting.some((one) => one.atLeastSeq <= seq)) return
    const waitMs = shelf.builtAtMs + BUILD_EACH_MS - monotonic()
    if (waitMs > 0) {
      shelf.timer = setTimeout(() => {
        shelf.timer = null
        settle(shelf)
      }, waitMs)
      return
    }
    shelf.builtAtMs = monotonic()
    shelf.seq = seq
    const { stream, format } = shelf
    const kept = staticColumns.get(stream) ?? new Map()
    staticColumns.set(stream, kept)
    shelf.bytes = buildSnapshot({ epoch, seq, stream, format, world: worldOf(stream) }, kept)
    shelf.packed = new Map()
    settle(shelf)
  }

  return {
    take(message) {
      switch (message.type) {
        case 'start': {
          epoch = message.epoch
          seq = message.world.seq
          const whole = restoreWorld(message.world)
          for (const stream of STREAMS) worlds.set(stream, stream.hidden.size === 0 ? whole : narrowed(whole, stream))
          return
        }
        case 'tick': {
          for (const [index, changes] of message.streams) {
            const stream = STREAMS[index]
            if (stream === undefined) throw new Error(`there is no stream ${index}`)
            const world = worldOf(stream)
            // Our own text of a moment ago, from the thread beside: not a boundary.
            for (const wire of JSON.parse(changes) as ReplicaChanges) {
              follow(world, fromWire(wire, message.atMs))
              if (touchesStatic(wire)) staticColumns.delete(stream)
            }
          }
          seq = message.toSeq
          for (const shelf of shelves.values()) if (shelf.waiting.length > 0) settle(shelf)
          return
        }
        case 'get': {
          const shelf = shelfOf(message.key)
          shelf.waiting.push({ request: message.request, packing: message.key.packing, atLeastSeq: message.atLeastSeq })
          settle(shelf)
          return
        }
      }
    },
  }
}

/** Whether the layer's seldom changing columns are other ones after the change: rows came, went, or were corrected. */
function touchesStatic({ op, layer, fields }: ReplicaChanges[number]): boolean {
  if (op !== 'patch') return true
  const specs = fieldSpecsOf(layer)
  return Object.keys(fields).some((name) => specs[name]?.live !== true)
}

function narrowed(whole: World, stream: Stream): World {
  const world = createWorld()
  const state = layerOf(world, stream.layer)
  for (const record of layerOf(whole, stream.layer).records.values()) {
    state.occupySlot(record.slot, record.id)
    state.records.set(record.id, { ...record, fields: visibleFieldsOf(stream, record.fields) })
  }
  return world
}

const gzipAsync = promisify(gzip)
const zstdAsync = promisify(zstdCompress)

async function pack(bytes: Uint8Array<ArrayBuffer>, packing: Packing, seq: number): Promise<BuiltSnapshot> {
  const packed = await packBytes(bytes, packing)
  const etag = `"${createHash('sha256').update(packed).digest('base64url').slice(0, 22)}"`
  return { seq, etag, bytes: packed }
}

async function packBytes(bytes: Uint8Array<ArrayBuffer>, packing: Packing): Promise<Uint8Array<ArrayBuffer>> {
  switch (packing) {
    case 'identity':
      return bytes
    case 'gzip':
      return new Uint8Array(await gzipAsync(bytes, { level: GZIP_LEVEL }))
    case 'zstd':
      return new Uint8Array(await zstdAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }))
  }
}
