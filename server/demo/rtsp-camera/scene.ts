import { BLOCK, colour, Picture, type Colour } from './picture.ts'

/** What a picture shows: the place's name in it, and a seed from which its houses and traffic follow. */
export interface ScenePlace {
  readonly name: string
  readonly seed: number
}

const SKIES: readonly (readonly [top: string, bottom: string])[] = [
  ['#0d1b33', '#35527f'],
  ['#101c2e', '#5a5876'],
  ['#0a1424', '#24507f'],
  ['#141a2c', '#6b4f5e'],
  ['#0c1a24', '#2d6a6f'],
  ['#12182a', '#4c4a80'],
  ['#161424', '#7a4e3a'],
  ['#0b1830', '#3877c0'],
]
const skyOf = ({ seed }: ScenePlace): readonly [string, string] => SKIES[seed % SKIES.length] ?? ['#0d1b33', '#35527f']

/** Sizes are given for 1280x720 and scaled: the sub-stream is the same scene at half the size. */
export interface SceneSize {
  readonly widthPx: number
  readonly heightPx: number
  readonly scale: number
}
export const MAIN_SIZE: SceneSize = { widthPx: 1280, heightPx: 720, scale: 1 }
export const SUB_SIZE: SceneSize = { widthPx: 640, heightPx: 360, scale: 0.5 }

/** Flat bands of whole macroblocks at both sizes, in which things move; the rest of the picture is still. */
const CLOCK_BAND = { top: 64, height: 64 }
const ROAD_BAND = { top: 544, height: 96 }
const TITLE_HEIGHT = 64

const BAND = colour('#0a1424')
const ROAD = colour('#2a3442')
const PAVEMENT = colour('#46505f')
const WHITE = colour('#eef5ff')

const CAR_BODIES = ['#e3a32f', '#4fc3f7', '#b0a0f0', '#35c9a5', '#d7dde8', '#ff8a65'].map(colour)

/** The same small generator everywhere in the demo pictures: mulberry32, from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Macroblock rows in which things move. */
export function movingRows({ scale }: SceneSize): ReadonlySet<number> {
  const rows = new Set<number>()
  for (const { top, height } of [CLOCK_BAND, ROAD_BAND]) {
    for (let row = (top * scale) / BLOCK; row < ((top + height) * scale) / BLOCK; row++) rows.add(row)
  }
  return rows
}

/** The still part: sky, houses with lit windows, pavement and road. Text is drawn over it by ffmpeg. */
export function drawBackground(place: ScenePlace, size: SceneSize): Picture {
  const { scale } = size
  const picture = new Picture(size.widthPx, size.heightPx)
  const random = randomFrom(place.seed)
  const box = (left: number, top: number, width: number, height: number, paint: Colour): void =>
    picture.fill(left * scale, top * scale, width * scale, height * scale, paint)
  drawSky(place, box)
  for (let left = -40; left < 1280;) {
    const width = 120 + Math.floor(random() * 140)
    drawHouse(left, 180 + Math.floor(random() * 150), width, random, box)
    left += width + 12 + Math.floor(random() * 30)
  }
  box(0, 480, 1280, 64, PAVEMENT)
  box(0, 640, 1280, 80, PAVEMENT)
  for (let left = 30; left < 1280; left += 150) box(left, 470, 10, 54, colour('#1f4d3a'))
  for (let left = 8; left < 1280; left += 150) box(left, 430, 54, 48, colour('#2f7d5b'))
  box(0, 0, 1280, TITLE_HEIGHT, BAND)
  box(0, CLOCK_BAND.top, 1280, CLOCK_BAND.height, BAND)
  box(0, ROAD_BAND.top, 1280, ROAD_BAND.height, ROAD)
  return picture
}

type Box = (left: number, top: number, width: number, height: number, paint: Colour) => void

function drawSky(place: ScenePlace, box: Box): void {
  const [top, bottom] = skyOf(place).map(colour) as [Colour, Colour]
  for (let line = 128; line < 480; line += 4) {
    const part = (line - 128) / 352
    const mix = (index: 0 | 1 | 2): number => Math.round(top[index] + (bottom[index] - top[index]) * part)
    box(0, line, 1280, 4, [mix(0), mix(1), mix(2)])
  }
}

function drawHouse(left: number, top: number, width: number, random: () => number, box: Box): void {
  const walls = ['#1b2c47', '#24406a', '#2c466e', '#33415c'].map(colour)
  const wall = walls[Math.floor(random() * walls.length)] ?? BAND
  box(left, top, width, 480 - top, wall)
  box(left - 4, top - 8, width + 8, 8, colour('#16243c'))
  for (let row = top + 20; row < 450; row += 44) {
    for (let column = left + 16; column < left + width - 24; column += 40) {
      box(column, row, 22, 26, colour(random() < 0.45 ? '#f3c876' : '#0f1b30'))
    }
  }
}

/** One character of the clock, and where it is in the sheet of digits. */
export const CLOCK_CHARACTERS = '0123456789-:'
/** Width of a character's cell; its height is the band's. */
export const CLOCK_CELL_PX = 32

/** The instant in the picture for machines: so many squares in the clock band's last row of macroblocks, highest bit first, white for one. */
export const TIMECODE_BITS = 40
/** Left edge and side of a square, and the top of the row, at 1280x720. */
export const TIMECODE = { left: 640, top: 112, side: BLOCK } as const

interface Car {
  readonly lane: 0 | 1
  readonly speedPxPerSecond: number
  readonly startPx: number
  readonly body: Colour
}

/** What moves: the clock and the traffic, both functions of the time alone. */
export class MovingScene {
  readonly #size: SceneSize
  readonly #still: Picture
  readonly #digits: Picture
  readonly #picture: Picture
  readonly #cars: readonly Car[]
  readonly #hasTimecode: boolean
  #clockText = ''
  #timecode = ''
  #drawn: { left: number; top: number }[] = []

  /**
   * `still` is the background with its text; `digits` has the clock's characters side by side. With `hasTimecode` the picture
   * carries the instant for machines too, for measuring.
   */
  constructor(place: ScenePlace, size: SceneSize, still: Picture, digits: Picture, hasTimecode = false) {
    this.#size = size
    this.#still = still
    this.#digits = digits
    this.#hasTimecode = hasTimecode
    this.#picture = new Picture(size.widthPx, size.heightPx)
    this.#picture.setRaw(still.toRaw())
    const random = randomFrom(place.seed * 7919)
    this.#cars = ([0, 1] as const).map((lane) => ({
      lane,
      speedPxPerSecond: 70 + random() * 90,
      startPx: random() * 1400,
      body: CAR_BODIES[Math.floor(random() * CAR_BODIES.length)] ?? WHITE,
    }))
  }

  /** Draws the instant; touched macroblocks are those that differ from the last call. */
  draw(atMs: number): Picture {
    this.#drawClock(atMs)
    this.#drawTraffic(atMs)
    if (this.#hasTimecode) this.#drawTimecode(atMs)
    return this.#picture
  }

  #drawClock(atMs: number): void {
    const text = clockText(atMs)
    const { scale } = this.#size
    const cell = CLOCK_CELL_PX * scale
    for (const [index, character] of text.split('').entries()) {
      if (this.#clockText[index] === character || character === ' ') continue
      const source = { left: CLOCK_CHARACTERS.indexOf(character) * cell, top: 0, width: cell, height: CLOCK_BAND.height * scale }
      this.#picture.stamp(this.#digits, source, 32 * scale + index * cell, CLOCK_BAND.top * scale)
    }
    this.#clockText = text
  }

  #drawTimecode(atMs: number): void {
    const bits = (Math.floor(atMs) % 2 ** TIMECODE_BITS).toString(2).padStart(TIMECODE_BITS, '0')
    const { scale } = this.#size
    const side = TIMECODE.side * scale
    for (let bit = 0; bit < TIMECODE_BITS; bit++) {
      if (bits[bit] === this.#timecode[bit]) continue
      const paint = bits[bit] === '1' ? WHITE : BAND
      this.#picture.fill(TIMECODE.left * scale + bit * side, TIMECODE.top * scale, side, side, paint)
    }
    this.#timecode = bits
  }

  #drawTraffic(atMs: number): void {
    const { scale } = this.#size
    const [width, height] = [72 * scale, 32 * scale]
    for (const { left, top } of this.#drawn) this.#picture.restore(this.#still, left, top, width, height)
    this.#drawn = this.#cars.map((car) => {
      const along = (car.startPx + (car.speedPxPerSecond * atMs) / 1000) % 1400
      const left = Math.round(((car.lane === 0 ? along : 1400 - along) - 80) * scale)
      const top = (ROAD_BAND.top + (car.lane === 0 ? 8 : 56)) * scale
      this.#drawCar(left, top, car)
      return { left, top }
    })
  }

  #drawCar(left: number, top: number, { body, lane }: Car): void {
    const { scale } = this.#size
    const part = (x: number, y: number, width: number, height: number, paint: Colour): void =>
      this.#picture.fill(left + x * scale, top + y * scale, width * scale, height * scale, paint)
    part(4, 4, 64, 24, body)
    part(0, 8, 72, 16, body)
    part(20, 8, 28, 16, colour('#10203a'))
    part(8, 0, 12, 4, BAND)
    part(52, 0, 12, 4, BAND)
    part(8, 28, 12, 4, BAND)
    part(52, 28, 12, 4, BAND)
    part(lane === 0 ? 68 : 0, 8, 4, 4, WHITE)
    part(lane === 0 ? 68 : 0, 20, 4, 4, WHITE)
  }
}

/** Beijing time, which the community lives by: no summer time since 1991, so a fixed eight hours. */
const BEIJING_MS = 8 * 3_600_000

/** `2026-11-23 14:35:08` in Beijing time. */
export function clockText(atMs: number): string {
  return new Date(atMs + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ')
}
