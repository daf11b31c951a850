import type { TrackFacts } from './fmp4-boxes.ts'
import type { Piece } from './fmp4-splitter.ts'

/** One frame of a camera: a whole `moof` + `mdat`. `decodeTime` never goes back while its bus lives. */
export interface Fragment {
  readonly bytes: Buffer
  readonly decodeTime: bigint
  readonly isKey: boolean
  /** When its last byte reached the hub, Unix milliseconds. */
  readonly atMs: number
}

/** A stream's description and its init segment. */
export interface StreamHead {
  readonly track: TrackFacts
  readonly init: Buffer
}

/** Takes a stream in order: a head, then fragments beginning with a key frame; a new head when the coding changed. */
export interface StreamSink {
  /** A run of the camera begins: its own clock started anew. Before `head` where both happen. */
  run?(): void
  head(head: StreamHead): void
  fragment(fragment: Fragment): void
}

/** A group of pictures larger than this is not kept for joiners: they wait for the next key frame instead. */
const MAX_CACHE_BYTES = 32 * 1024 * 1024

/**
 * Hands one stream to everybody who takes it: keeps the group of pictures since the last key frame, so that a joiner sees a
 * picture at once, and joins runs that come and go into one time line.
 */
export class FragmentBus {
  readonly #now: () => number
  readonly #sinks = new Set<StreamSink>()
  /** Sinks that have the head and wait for a key frame, because no group is kept for them. */
  readonly #waiting = new Set<StreamSink>()
  #head: StreamHead | null = null
  #group: Fragment[] = []
  #groupBytes = 0
  #last: Fragment | null = null
  #shift: bigint | null = null

  /** @param now Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  get sinkCount(): number {
    return this.#sinks.size
  }

  /** Adds a sink, which gets the head and the kept group before this returns. The result takes it out again. */
  subscribe(sink: StreamSink): () => void {
    this.#sinks.add(sink)
    if (this.#head !== null) {
      sink.head(this.#head)
      if (this.#group.length === 0) this.#waiting.add(sink)
      for (const fragment of this.#group) sink.fragment(fragment)
    } else this.#waiting.add(sink)
    return () => {
      this.#sinks.delete(sink)
      this.#waiting.delete(sink)
    }
  }

  /** The newest key frame with its head, for a still picture; null before the first. */
  keyFrame(): { head: StreamHead; fragment: Fragment } | null {
    const first = this.#group[0]
    return this.#head === null || first === undefined ? null : { head: this.#head, fragment: first }
  }

  /** The run ended: the next one's clock is joined to this one's end. */
  broken(): void {
    this.#shift = null
  }

  /** Lets every sink go. */
  clear(): void {
    this.#sinks.clear()
    this.#waiting.clear()
  }

  /** A run begins. */
  init({ bytes, track }: Extract<Piece, { kind: 'init' }>): void {
    this.#shift = null
    this.#group = []
    this.#groupBytes = 0
    for (const sink of this.#sinks) sink.run?.()
    // Each run's init is the same while the camera codes the same way; then players go on without starting over.
    const isSame = this.#head !== null && this.#head.init.equals(bytes)
    if (!isSame) {
      this.#head = { init: bytes, track }
      for (const sink of this.#sinks) sink.head(this.#head)
    }
    for (const sink of this.#sinks) this.#waiting.add(sink)
  }

  /** A frame of the run. */
  fragment(piece: Extract<Piece, { kind: 'fragment' }>): void {
    const { bytes, isKey } = piece
    const atMs = this.#now()
    const decodeTime = this.#place(piece, atMs)
    const fragment: Fragment = { bytes, decodeTime, isKey, atMs }
    this.#last = fragment
    this.#keep(fragment)
    for (const sink of this.#sinks) {
      if (isKey) this.#waiting.delete(sink)
      if (!this.#waiting.has(sink)) sink.fragment(fragment)
    }
  }

  /** Moves a run's own clock onto the bus's: a new run begins as much later as it really came. */
  #place(piece: Extract<Piece, { kind: 'fragment' }>, atMs: number): bigint {
    if (this.#shift === null) {
      const timescale = this.#head?.track.timescale ?? 1
      const last = this.#last
      const elapsed = last === null ? 0n : BigInt(Math.max(1, Math.round(((atMs - last.atMs) * timescale) / 1000)))
      this.#shift = (last === null ? 0n : last.decodeTime + elapsed) - piece.decodeTime
    }
    const moved = piece.decodeTime + this.#shift
    if (piece.decodeTimeOffset >= 0) piece.bytes.writeBigUInt64BE(moved < 0n ? 0n : moved, piece.decodeTimeOffset)
    return moved
  }

  #keep(fragment: Fragment): void {
    if (fragment.isKey) {
      this.#group = []
      this.#groupBytes = 0
    } else if (this.#group.length === 0) return
    this.#groupBytes += fragment.bytes.length
    if (this.#groupBytes > MAX_CACHE_BYTES) this.#group = []
    else this.#group.push(fragment)
  }
}
