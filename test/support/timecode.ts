import { spawnSync } from 'node:child_process'
import { TIMECODE, TIMECODE_BITS } from '../../server/demo/rtsp-camera/scene.ts'

const [WIDTH, HEIGHT] = [1280, 720]

/** The instants burnt into the frames of a movie of the demo's main profile, as Unix milliseconds. */
export function timecodesOf(ffmpegPath: string, movie: Buffer, aroundMs: number): number[] {
  const decoded = spawnSync(
    ffmpegPath,
    '-v error -f mp4 -i pipe:0 -vsync passthrough -f rawvideo -pix_fmt gray pipe:1'.split(' '),
    {
      input: movie,
      maxBuffer: 512 * 1024 * 1024,
    },
  ).stdout
  return Array.from({ length: decoded.length / (WIDTH * HEIGHT) }, (_, frame) => {
    const row = frame * WIDTH * HEIGHT + (TIMECODE.top + TIMECODE.side / 2) * WIDTH
    let value = 0
    for (let bit = 0; bit < TIMECODE_BITS; bit++) {
      const sample = decoded[row + TIMECODE.left + bit * TIMECODE.side + TIMECODE.side / 2] ?? 0
      value = value * 2 + (sample > 128 ? 1 : 0)
    }
    // The code holds the lowest bits of the time; the rest is that of any instant near it.
    const whole = 2 ** TIMECODE_BITS
    return Math.floor(aroundMs / whole) * whole + value
  })
}
