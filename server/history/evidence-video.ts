import { formatInstant } from '../../shared/domain/field.ts'
import { VIDEO_INDEX_NAME, type VideoIndex } from '../../shared/history/viewer-index.ts'
import type { RecordingIndex } from '../video/recording-index.ts'
import { groupHolding, playableBytes, RecordingReader, SEAM_MS, spansOf, type Span } from '../video/recording-reader.ts'
import type { EvidenceRequest, ExtraPart } from './evidence-bundle.ts'

/** A file of video holds this much time at most: it is in memory while it is packed. */
const FILE_MS = 5 * 60_000

/** What is recorded of the cameras asked for, as playable files of a few minutes, and an index that names the gaps too. */
export async function* evidenceVideo(
  { index, folder }: { readonly index: RecordingIndex; readonly folder: string },
  { cameras, fromMs, toMs }: Pick<EvidenceRequest, 'cameras' | 'fromMs' | 'toMs'>,
): AsyncGenerator<ExtraPart> {
  const listed: VideoIndex = []
  for (const [number, cameraId] of cameras.entries()) {
    const { gaps } = await spansOf(index, cameraId, fromMs, toMs)
    const files: VideoIndex[number]['files'] = []
    for (const piece of await piecesOf(index, folder, cameraId, fromMs, toMs)) {
      const first = (await groupHolding(index, cameraId, piece.fromMs)) ?? (await index.gopAfter(cameraId, piece.fromMs))
      if (first === null || first.wallMs >= piece.toMs) continue
      const bytes: Buffer[] = []
      for await (const some of playableBytes(index, folder, cameraId, piece.fromMs, piece.toMs)) bytes.push(Buffer.from(some))
      const name = `video/camera-${number + 1}-${piece.fromMs}.mp4`
      // It begins with the group in which the piece begins: what its first picture shows is a little earlier.
      files.push({ name, from: formatInstant(first.wallMs), to: formatInstant(piece.toMs) })
      yield { name, bytes: Buffer.concat(bytes) }
    }
    const notRecorded = gaps.map((gap) => ({ from: formatInstant(gap.fromMs), to: formatInstant(gap.toMs) }))
    listed.push({ cameraId, files, notRecorded })
  }
  if (listed.length > 0) yield { name: VIDEO_INDEX_NAME, bytes: Buffer.from(JSON.stringify(listed, null, 1)) }
}

/** Stretches of a few minutes at most in which the camera kept its coding: one file has one coding. */
async function piecesOf(
  index: RecordingIndex,
  folder: string,
  cameraId: string,
  fromMs: number,
  toMs: number,
): Promise<readonly Span[]> {
  const reader = new RecordingReader(index, folder)
  const pieces: { fromMs: number; toMs: number; head: Buffer }[] = []
  try {
    for (const segment of await index.segmentsBetween(cameraId, fromMs, toMs)) {
      const head = await reader.init(segment)
      const span = { fromMs: Math.max(fromMs, segment.startMs), toMs: Math.min(toMs, segment.endMs + 1) }
      const last = pieces.at(-1)
      const goesOn = last !== undefined && last.head.equals(head) && segment.startMs - last.toMs <= SEAM_MS
      if (last !== undefined && goesOn && span.toMs - last.fromMs <= FILE_MS) last.toMs = span.toMs
      else if (span.toMs > span.fromMs) pieces.push({ ...span, head })
    }
  } finally {
    await reader.close()
  }
  return pieces
}
