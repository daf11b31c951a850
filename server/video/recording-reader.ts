import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Fmp4Splitter, type Piece } from './fmp4-splitter.ts'
import type { Gop, RecordingIndex, Segment } from './recording-index.ts'

/** A time that is recorded without a break. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** One group of pictures as it is in its file. */
export interface RecordedGroup {
  readonly segment: Segment
  readonly gop: Gop
  readonly fragments: readonly Extract<Piece, { kind: 'fragment' }>[]
}

/** Two segments closer than this are one recording: the slowest camera in use has a frame a second. */
export const SEAM_MS = 1_500

/** What is recorded of a camera between two instants, cut to them, and what is missing. */
export async function spansOf(
  index: RecordingIndex,
  cameraId: string,
  fromMs: number,
  toMs: number,
): Promise<{ spans: Span[]; gaps: Span[] }> {
  const spans: { fromMs: number; toMs: number }[] = []
  for (const { startMs, endMs } of await index.segmentsBetween(cameraId, fromMs, toMs)) {
    const last = spans.at(-1)
    const [from, to] = [Math.max(fromMs, startMs), Math.min(toMs, endMs)]
    if (last !== undefined && startMs - last.toMs <= SEAM_MS) last.toMs = Math.max(last.toMs, to)
    else if (to >= from) spans.push({ fromMs: from, toMs: to })
  }
  const gaps: Span[] = []
  let at = fromMs
  for (const span of spans) {
    if (span.fromMs - at > SEAM_MS) gaps.push({ fromMs: at, toMs: span.fromMs })
    at = span.toMs
  }
  if (toMs - at > SEAM_MS) gaps.push({ fromMs: at, toMs })
  return { spans, gaps }
}

/** Reads groups of pictures out of the files, in the order of time, a file open at a time. */
export class RecordingReader {
  readonly #index: RecordingIndex
  readonly #folder: string
  #file: { path: string; handle: FileHandle } | null = null

  constructor(index: RecordingIndex, folder: string) {
    this.#index = index
    this.#folder = folder
  }

  /** The init segment of a segment. */
  async init(segment: Segment): Promise<Buffer> {
    return await this.#read(segment.path, 0, segment.initBytes)
  }

  /** A group with all its whole fragments; of a segment that is still written, as many as there are. */
  async group(gop: Gop): Promise<RecordedGroup | null> {
    const segment = await this.#index.segment(gop.cameraId, gop.startMs)
    if (segment === null) return null
    const gops = await this.#index.gopsOf(gop.cameraId, gop.startMs)
    const next = gops.find(({ offset }) => offset > gop.offset)
    const bytes = await this.#read(segment.path, gop.offset, next === undefined ? null : next.offset - gop.offset)
    const fragments: Extract<Piece, { kind: 'fragment' }>[] = []
    const splitter = new Fmp4Splitter((piece) => {
      if (piece.kind === 'fragment') fragments.push(piece)
    })
    splitter.push(bytes)
    return { segment, gop, fragments }
  }

  /** The group that comes after another in time; null when it is the newest. */
  async next(gop: Gop): Promise<Gop | null> {
    return await this.#index.gopAfter(gop.cameraId, gop.wallMs)
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.handle.close()
  }

  /** `count` bytes from `at`, or all to the end of the file. */
  async #read(path: string, at: number, count: number | null): Promise<Buffer> {
    if (this.#file?.path !== path) {
      await this.close()
      this.#file = { path, handle: await open(join(this.#folder, path), 'r') }
    }
    const { handle } = this.#file
    const wanted = count ?? Math.max(0, (await handle.stat()).size - at)
    const bytes = Buffer.allocUnsafe(wanted)
    let done = 0
    while (done < wanted) {
      const { bytesRead } = await handle.read(bytes, done, wanted - done, at + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  }
}

/** The group in which an instant lies; null where it is not recorded. */
export async function groupHolding(index: RecordingIndex, cameraId: string, atMs: number): Promise<Gop | null> {
  const gop = await index.gopAt(cameraId, atMs)
  if (gop === null) return null
  const segment = await index.segment(cameraId, gop.startMs)
  const next = await index.gopAfter(cameraId, atMs)
  const isInside = segment !== null && atMs <= segment.endMs + SEAM_MS
  // The newest group of an open segment lasts until the next is indexed.
  const isNewest = next === null && segment?.closed === false
  return isInside || isNewest ? gop : null
}

/**
 * One playable fragmented MP4 of a camera between two instants, exact to the group: from the group in which `fromMs` lies (else the
 * first after it) up to the first that begins at or after `toMs`. It begins at time zero, breaks keep their length, and it ends
 * early where the camera changed its coding, because one file has one coding.
 */
export async function* playableBytes(
  index: RecordingIndex,
  folder: string,
  cameraId: string,
  fromMs: number,
  toMs: number,
): AsyncGenerator<Buffer> {
  const reader = new RecordingReader(index, folder)
  try {
    let gop = (await groupHolding(index, cameraId, fromMs)) ?? (await index.gopAfter(cameraId, fromMs))
    let init: Buffer | null = null
    let placedStartMs = -1
    let shift = 0n
    const beginMs = gop?.wallMs ?? 0
    let last = -1n
    while (gop !== null && gop.wallMs < toMs) {
      const group = await reader.group(gop)
      if (group === null) return
      const head = await reader.init(group.segment)
      if (init === null) {
        init = head
        yield head
      } else if (!init.equals(head)) return
      for (const { bytes, decodeTime, decodeTimeOffset } of group.fragments) {
        if (placedStartMs !== gop.startMs) {
          const due = BigInt(Math.round(((gop.wallMs - beginMs) * group.segment.timescale) / 1000))
          placedStartMs = gop.startMs
          shift = (due > last ? due : last + 1n) - decodeTime
        }
        last = decodeTime + shift
        if (decodeTimeOffset >= 0) bytes.writeBigUInt64BE(last, decodeTimeOffset)
        yield bytes
      }
      gop = await reader.next(gop)
    }
  } finally {
    await reader.close()
  }
}

/** The key frame at or before an instant as a small movie, and when it was taken; null where nothing is recorded. */
export async function stillAt(
  index: RecordingIndex,
  folder: string,
  cameraId: string,
  atMs: number,
): Promise<{ movie: Buffer; wallMs: number } | null> {
  const gop = await groupHolding(index, cameraId, atMs)
  if (gop === null) return null
  const reader = new RecordingReader(index, folder)
  try {
    const group = await reader.group(gop)
    const [first] = group?.fragments ?? []
    if (group === null || first === undefined) return null
    return { movie: Buffer.concat([await reader.init(group.segment), first.bytes]), wallMs: gop.wallMs }
  } finally {
    await reader.close()
  }
}
