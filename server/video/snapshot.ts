import { spawn } from 'node:child_process'
import type { CameraChannel } from './camera-channel.ts'
import { SNAPSHOT_ARGUMENTS } from './ffmpeg-command.ts'
import type { SnapshotResult } from './hub-protocol.ts'
import type { StartGate } from './start-gate.ts'

/** One key frame takes 30-80 ms to decode; past this the decoder is stuck. */
const DECODE_LIMIT_MS = 5_000
/** A 4K JPEG at this quality is under 4 MB. */
const MAX_JPEG_BYTES = 8 * 1024 * 1024

/** Turns the newest key frame of a channel into a JPEG; the same frame is decoded once, whoever asks and however often. */
export class Snapshotter {
  readonly #ffmpegPath: string | null
  readonly #gate: StartGate
  #cached: { decodeTime: bigint; result: Promise<SnapshotResult> } | null = null

  constructor(ffmpegPath: string | null, gate: StartGate) {
    this.#ffmpegPath = ffmpegPath
    this.#gate = gate
  }

  async take(channel: CameraChannel): Promise<SnapshotResult> {
    const frame = channel.bus.keyFrame()
    if (frame === null || !channel.isFlowing) return { ok: false, code: 'no_picture' }
    if (this.#ffmpegPath === null) return { ok: false, code: 'ffmpeg_missing' }
    const { decodeTime, atMs, bytes } = frame.fragment
    if (this.#cached?.decodeTime !== decodeTime) {
      this.#cached = { decodeTime, result: this.#decode(this.#ffmpegPath, Buffer.concat([frame.head.init, bytes]), atMs) }
    }
    return await this.#cached.result
  }

  async #decode(ffmpegPath: string, movie: Buffer, atMs: number): Promise<SnapshotResult> {
    const release = await this.#gate.enter(AbortSignal.timeout(DECODE_LIMIT_MS)).catch(() => null)
    if (release === null) return { ok: false, code: 'decoder_failed' }
    try {
      const jpeg = await decodeJpeg(ffmpegPath, movie)
      return jpeg === null ? { ok: false, code: 'decoder_failed' } : { ok: true, jpeg: new Uint8Array(jpeg), atMs }
    } finally {
      release()
    }
  }
}

/** First picture of a fragmented MP4 as JPEG; null when ffmpeg cannot make one. */
export function decodeJpeg(ffmpegPath: string, movie: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const ffmpeg = spawn(ffmpegPath, SNAPSHOT_ARGUMENTS, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    const limit = setTimeout(() => ffmpeg.kill('SIGKILL'), DECODE_LIMIT_MS)
    const chunks: Buffer[] = []
    let size = 0
    const done = (jpeg: Buffer | null): void => {
      clearTimeout(limit)
      resolve(jpeg)
    }
    ffmpeg.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_JPEG_BYTES) ffmpeg.kill('SIGKILL')
      else chunks.push(chunk)
    })
    ffmpeg.on('error', () => done(null))
    ffmpeg.on('close', (code) => done(code === 0 && size > 0 ? Buffer.concat(chunks) : null))
    // ffmpeg closes its input as soon as it has the picture, before it has read all.
    ffmpeg.stdin.on('error', () => ffmpeg.stdin.destroy())
    ffmpeg.stdin.end(movie)
  })
}
