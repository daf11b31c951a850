import { formatInstant } from '../../shared/domain/field.ts'
import { decodeChunk, type ChunkContent } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, layersOfClass, type ChunkClass } from '../../shared/history/classes.ts'
import { decodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import { historyIndexSchema, type HistoryIndex } from '../../shared/protocol/history.ts'
import type { Change } from '../../shared/world/change.ts'
import type { WorldSnapshot } from '../../shared/world/snapshot.ts'

/** A stretch of the log as it came: all changes that this reader may see, in seq order, up to `toSeq`. */
export interface Stretch {
  readonly changes: readonly Change[]
  readonly toSeq: number
}

/** Where a recorded player gets the log from. All reject with an Error when the server does not answer as expected. */
export interface HistorySource {
  index(fromMs: number, toMs: number, signal: AbortSignal): Promise<HistoryIndex>
  keyframe(seq: number, signal: AbortSignal): Promise<WorldSnapshot>
  chunk(fromSeq: number, signal: AbortSignal): Promise<Stretch>
  /** What follows a seq, sealed or not; empty when that is the head. */
  tail(afterSeq: number, signal: AbortSignal): Promise<Stretch>
}

type Fetch = (path: string, signal: AbortSignal) => Promise<Response>

/** History over HTTP: bytes of the classes that `layers` need, decoded here. */
export function createHistorySource(fetchPath: Fetch, layers: readonly LayerName[]): HistorySource {
  const classes = CHUNK_CLASSES.filter((name) => layersOfClass(name).some((layer) => layers.includes(layer)))

  // After a restore the same seq is another change: an address that may stay in a cache says which life of the log it means.
  let life = ''

  async function get(path: string, signal: AbortSignal): Promise<Response> {
    const response = await fetchPath(path, signal)
    if (!response.ok) throw new Error(`history answered ${response.status}`)
    return response
  }
  const bytes = async (path: string, signal: AbortSignal) => new Uint8Array(await (await get(path, signal)).arrayBuffer())

  async function stretch(path: (name: ChunkClass) => string, signal: AbortSignal): Promise<Stretch> {
    const contents = await Promise.all(classes.map(async (name) => decodeChunk(await bytes(path(name), signal))))
    return { changes: mergeClasses(contents), toSeq: Math.min(...contents.map(({ toSeq }) => toSeq)) }
  }

  return {
    async index(fromMs, toMs, signal) {
      const range = new URLSearchParams({ from: formatInstant(fromMs), to: formatInstant(toMs) })
      const index = historyIndexSchema.parse(await (await get(`/api/history/index?${range}`, signal)).json())
      life = `?${new URLSearchParams({ epoch: index.epoch })}`
      return index
    },
    async keyframe(seq, signal) {
      const parts = await Promise.all(
        classes.map(async (name) => decodeKeyframe(await bytes(`/api/history/keyframe/${name}/${seq}${life}`, signal))),
      )
      return { seq, recordedAt: parts[0]?.recordedAt ?? 0, layers: parts.flatMap((part) => part.layers) }
    },
    chunk: (fromSeq, signal) => stretch((name) => `/api/history/chunk/${name}/${fromSeq}${life}`, signal),
    async tail(afterSeq, signal) {
      const found = await stretch((name) => `/api/history/tail/${name}?after=${afterSeq}`, signal)
      // Two classes may be answered a moment apart: what only one of them has comes with the next question.
      return { ...found, changes: found.changes.filter(({ seq }) => seq <= found.toSeq) }
    },
  }
}

/** One list in seq order out of the lists of the classes. */
export function mergeClasses(contents: readonly Pick<ChunkContent, 'changes'>[]): readonly Change[] {
  const [first, ...rest] = contents
  if (first === undefined) return []
  if (rest.length === 0) return first.changes
  return contents.flatMap(({ changes }) => changes).toSorted((a, b) => a.seq - b.seq)
}
