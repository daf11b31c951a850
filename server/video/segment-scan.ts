import { createReadStream } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { Fmp4Splitter } from './fmp4-splitter.ts'
import type { Gop, Segment } from './recording-index.ts'

/** What a recording file really holds. */
export interface ScannedSegment {
  readonly segment: Segment
  readonly gops: readonly Gop[]
  /** Bytes past the last whole fragment: a write that a crash cut short. */
  readonly tornBytes: number
}

/**
 * Reads a whole file and says what an index of it must say; null when it holds no picture. Its first key frame was taken at
 * `startMs`, which its name tells, and the rest follows from decode times.
 */
export async function scanSegment(
  path: string,
  facts: { readonly cameraId: string; readonly startMs: number; readonly path: string },
): Promise<ScannedSegment | null> {
  const { cameraId, startMs } = facts
  const gops: Gop[] = []
  let head: { initBytes: number; codec: string; timescale: number } | null = null
  let first: bigint | null = null
  let endMs = startMs
  let whole = 0
  let size = 0
  const splitter = new Fmp4Splitter((piece) => {
    const offset = whole
    whole += piece.bytes.length
    if (piece.kind === 'init') {
      head ??= { initBytes: piece.bytes.length, codec: piece.track.codec, timescale: piece.track.timescale }
      return
    }
    first ??= piece.decodeTime
    const wallMs = startMs + Math.round((Number(piece.decodeTime - first) * 1000) / (head?.timescale ?? 1))
    endMs = Math.max(endMs, wallMs)
    if (piece.isKey) gops.push({ cameraId, startMs, wallMs, decodeTime: Number(piece.decodeTime), offset })
  })
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (splitter.push(chunk) !== null) break
  }
  const found = head as { initBytes: number; codec: string; timescale: number } | null
  if (found === null || gops.length === 0) return null
  return { segment: { ...facts, ...found, endMs, bytes: whole, closed: true }, gops, tornBytes: Math.max(0, size - whole) }
}

/** Cuts a file after its last whole fragment. */
export async function cutTornEnd(path: string, scanned: ScannedSegment): Promise<void> {
  if (scanned.tornBytes > 0) await truncate(path, scanned.segment.bytes)
}
