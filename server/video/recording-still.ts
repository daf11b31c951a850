import { decodeJpeg } from './snapshot.ts'
import type { SnapshotResult } from './hub-protocol.ts'
import type { RecordingIndex } from './recording-index.ts'
import { stillAt } from './recording-reader.ts'

/** A past instant's still: the key frame at or before it. `no_picture` where nothing is recorded. */
export async function recordedStill(
  parts: { readonly index: RecordingIndex; readonly folder: string; readonly ffmpegPath: string | null },
  cameraId: string,
  atMs: number,
): Promise<SnapshotResult> {
  if (parts.ffmpegPath === null) return { ok: false, code: 'ffmpeg_missing' }
  const found = await stillAt(parts.index, parts.folder, cameraId, atMs)
  if (found === null) return { ok: false, code: 'no_picture' }
  const jpeg = await decodeJpeg(parts.ffmpegPath, found.movie)
  return jpeg === null ? { ok: false, code: 'decoder_failed' } : { ok: true, jpeg: new Uint8Array(jpeg), atMs: found.wallMs }
}
