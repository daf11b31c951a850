import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { splitAnnexB } from './bits.ts'
import { codedBackground, type CodedBackground } from './picture-coder.ts'
import { Picture } from './picture.ts'
import { CLOCK_CELL_PX, CLOCK_CHARACTERS, drawBackground, type ScenePlace, type SceneSize } from './scene.ts'

/** The font that the client ships too, so that the pictures need nothing from the system. */
const FONT = join(
  dirname(createRequire(import.meta.url).resolve('@fontsource/noto-sans-sc/package.json')),
  'files/noto-sans-sc-chinese-simplified-500-normal.woff',
)
const CLOCK_HEIGHT_PX = 64
const TITLE_PX = 40
/** Where the clock's characters stand, so that `-` hangs where it should. */
const BASELINE_PX = 44
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024

/** Constant quality for the still picture: no visible loss at about 20 KB a key frame. */
const X264 = 'slices=ROWS:cabac=0:no-deblock=1:bframes=0:ref=1:keyint=250:8x8dct=0:weightp=0:scenecut=0'

/** The still picture of a camera: coded for key frames, and as samples for what moves over it. Rejects when ffmpeg cannot. */
export async function makeBackground(
  ffmpegPath: string,
  place: ScenePlace,
  size: SceneSize,
): Promise<{ still: Picture; coded: CodedBackground }> {
  const drawn = drawBackground(place, size)
  // One run for both: the picture with its text as samples, and the same picture coded.
  const filter = `${titleFilter(place.name, size)},split[samples][coded]`
  const x264 = X264.replace('ROWS', String(drawn.rows))
  const [samples, stream] = await run(
    ffmpegPath,
    [
      ...rawInput(size),
      '-filter_complex',
      filter,
      ...`-map [samples] ${RAW_OUTPUT} pipe:1 -map [coded] -frames:v 1 -c:v libx264 -threads 1`.split(' '),
      ...`-profile:v baseline -preset veryfast -qp 22 -x264-params ${x264} -f h264 pipe:3`.split(' '),
    ],
    drawn.toRaw(),
  )
  drawn.setRaw(samples)
  return { still: drawn, coded: codedBackground(splitAnnexB(stream), drawn.rows) }
}

/** The clock's characters side by side, each in its cell, on the clock band's colour. */
export async function makeDigits(ffmpegPath: string, { scale }: SceneSize): Promise<Picture> {
  const sheet = new Picture(CLOCK_CELL_PX * CLOCK_CHARACTERS.length * scale, CLOCK_HEIGHT_PX * scale)
  const size = { widthPx: sheet.widthPx, heightPx: sheet.heightPx, scale }
  const cell = CLOCK_CELL_PX * scale
  const filter = CLOCK_CHARACTERS.split('')
    .map((character, index) =>
      text(
        character === ':' ? String.raw`\:` : character,
        `${index * cell}+(${cell}-text_w)/2`,
        `${scale * BASELINE_PX}-ascent`,
        44 * scale,
      ),
    )
    .join(',')
  const background = `color=c=0x0a1424:s=${size.widthPx}x${size.heightPx}`
  const output = `${RAW_OUTPUT} pipe:1`.split(' ')
  const [samples] = await run(ffmpegPath, ['-f', 'lavfi', '-i', background, '-vf', filter, ...output], null)
  sheet.setRaw(samples)
  return sheet
}

function titleFilter(name: string, { scale }: SceneSize): string {
  const top = `${10 * scale}`
  return [
    text(name, `${32 * scale}`, top, TITLE_PX * scale),
    text('演示数据', `w-text_w-${32 * scale}`, top, TITLE_PX * scale, '0xf3c876'),
  ].join(',')
}

function text(content: string, x: string, y: string, sizePx: number, paint = '0xeef5ff'): string {
  const font = FONT.replaceAll(':', String.raw`\:`)
  return `drawtext=fontfile='${font}':text='${content}':x=${x}:y=${y}:fontsize=${sizePx}:fontcolor=${paint}`
}

const rawInput = ({ widthPx, heightPx }: SceneSize): string[] =>
  `-f rawvideo -pix_fmt yuv420p -s ${widthPx}x${heightPx} -i pipe:0`.split(' ')
const RAW_OUTPUT = '-frames:v 1 -f rawvideo -pix_fmt yuv420p'

/** What ffmpeg writes to its standard output and to its pipe 3. */
function run(ffmpegPath: string, parameters: readonly string[], input: Buffer | null): Promise<[Buffer, Buffer]> {
  return new Promise((resolve, reject) => {
    const ffmpeg = spawn(ffmpegPath, ['-hide_banner', '-nostats', '-v', 'error', ...parameters], {
      env: {},
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const outputs: [Buffer[], Buffer[]] = [[], []]
    let size = 0
    let complaint = ''
    const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_OUTPUT_BYTES) ffmpeg.kill('SIGKILL')
      else chunks.push(chunk)
    }
    ffmpeg.stdio[1].on('data', keep(outputs[0]))
    ffmpeg.stdio[3]?.on('data', keep(outputs[1]))
    ffmpeg.stdio[2].on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString('utf8')).slice(-500)))
    ffmpeg.on('error', reject)
    ffmpeg.on('close', (code) => {
      if (code === 0) resolve([Buffer.concat(outputs[0]), Buffer.concat(outputs[1])])
      else reject(new Error(`ffmpeg could not draw the demo picture: ${complaint}`))
    })
    // ffmpeg may have read all that it wants before we wrote all.
    ffmpeg.stdin.on('error', () => ffmpeg.stdin.destroy())
    if (input === null) ffmpeg.stdin.end()
    else ffmpeg.stdin.end(input)
  })
}
