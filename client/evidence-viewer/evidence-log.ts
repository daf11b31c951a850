import { decodeChunk } from '../../shared/history/chunk-codec.ts'
import { bytesOfBase64 } from '../../shared/history/ed25519.ts'
import { decodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { chunkPart, keyframePart, tailPart } from '../../shared/history/manifest.ts'
import { viewerDataName, type ViewerIndex } from '../../shared/history/viewer-index.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotWorld, type WorldSnapshot } from '../../shared/world/snapshot.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'

/** Loads the script of a part; what it says comes back by the global `lookoutPart`. Rejects when the file is not there. */
export type LoadPart = (part: string) => Promise<string>

/** Pieces between two kept worlds: a jump reduces at most so many of 8,192 changes. */
const PIECES_A_MARK = 8

interface Piece {
  readonly parts: readonly string[]
  readonly fromMs: number
}

/** The log of a bundle: any instant of it, with as much loaded as that needs. */
export class EvidenceLog {
  readonly #index: ViewerIndex
  readonly #load: LoadPart
  readonly #pieces: readonly Piece[]
  /** Worlds before a piece, by its number. */
  readonly #marks = new Map<number, WorldSnapshot>()
  #piece = -1
  #changes: readonly Change[] = []
  #count = 0
  #world: World = createWorld()

  constructor(index: ViewerIndex, load: LoadPart) {
    this.#index = index
    this.#load = load
    const { classes, chunks, unsealedAfter } = index
    const sealed = chunks.map(({ fromSeq, fromMs }) => ({ parts: classes.map((name) => chunkPart(name, fromSeq)), fromMs }))
    const rest =
      unsealedAfter === null
        ? []
        : [{ parts: classes.map((name) => tailPart(name, unsealedAfter)), fromMs: chunks.at(-1)?.toMs ?? 0 }]
    this.#pieces = [...sealed, ...rest]
  }

  /** The world after every change recorded at or before an instant; valid until the next call, one call at a time. */
  async worldAt(atMs: number): Promise<World> {
    // A piece begins with a change of its own instant, so what was before it is whole.
    const target = Math.max(
      0,
      this.#pieces.findLastIndex(({ fromMs }) => fromMs <= atMs),
    )
    const done = this.#changes[this.#count - 1]?.recordedAt ?? 0
    if (target < this.#piece || (target === this.#piece && done > atMs) || this.#piece === -1) await this.#rewind(target)
    for (;;) {
      while (this.#count < this.#changes.length) {
        const change = this.#changes[this.#count] as Change
        if (change.recordedAt > atMs) return this.#world
        reduce(this.#world, change)
        this.#count += 1
      }
      if (this.#piece >= target) return this.#world
      await this.#open(this.#piece + 1)
    }
  }

  /** Back to the nearest kept world before a piece. */
  async #rewind(target: number): Promise<void> {
    const mark = Math.max(-1, ...[...this.#marks.keys()].filter((piece) => piece <= target))
    const kept = this.#marks.get(mark)
    this.#world = kept === undefined ? await this.#beginning() : restoreWorld(kept)
    this.#piece = Math.max(0, mark) - 1
    this.#changes = []
    this.#count = 0
    if (this.#pieces.length > 0) await this.#open(this.#piece + 1)
  }

  async #beginning(): Promise<World> {
    const { keyframeSeq, classes } = this.#index
    if (keyframeSeq === null) return createWorld()
    const parts = await Promise.all(
      classes.map(async (name) => decodeKeyframe(await this.#bytes(keyframePart(name, keyframeSeq)))),
    )
    return restoreWorld({
      seq: keyframeSeq,
      recordedAt: parts[0]?.recordedAt ?? 0,
      layers: parts.flatMap(({ layers }) => layers),
    })
  }

  async #open(number: number): Promise<void> {
    if (number % PIECES_A_MARK === 0 && !this.#marks.has(number)) this.#marks.set(number, snapshotWorld(this.#world))
    const parts = this.#pieces[number]?.parts ?? []
    const contents = await Promise.all(parts.map(async (part) => decodeChunk(await this.#bytes(part)).changes))
    // The keyframe may lie inside the first chunk.
    const after = this.#world.seq
    this.#changes = contents
      .flat()
      .filter(({ seq }) => seq > after)
      .toSorted((a, b) => a.seq - b.seq)
    this.#piece = number
    this.#count = 0
  }

  async #bytes(part: string): Promise<Uint8Array> {
    const bytes = bytesOfBase64(await this.#load(part))
    if (bytes === null) throw new Error(`${viewerDataName(part)} cannot be read`)
    return bytes
  }
}
