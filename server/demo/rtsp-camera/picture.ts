/** Side of a macroblock, in luma samples. */
export const BLOCK = 16

/** A colour as luma and chroma, each 16-240 (BT.601 studio range). */
export type Colour = readonly [y: number, u: number, v: number]

/** Converts `#rrggbb`. */
export function colour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16)
  const [r, g, b] = [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
  const y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
  const u = 128 - 37.797 * r - 74.203 * g + 112 * b
  const v = 128 + 112 * r - 93.786 * g - 18.214 * b
  return [Math.round(y), Math.round(u), Math.round(v)]
}

/** A 4:2:0 picture in whole macroblocks, which knows which of them were drawn on. */
export class Picture {
  readonly widthPx: number
  readonly heightPx: number
  readonly columns: number
  readonly rows: number
  readonly y: Buffer
  readonly u: Buffer
  readonly v: Buffer
  /** One byte a macroblock: 1 when touched since `clean`. */
  readonly touched: Uint8Array

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.columns = Math.ceil(widthPx / BLOCK)
    this.rows = Math.ceil(heightPx / BLOCK)
    const samples = this.columns * this.rows * BLOCK * BLOCK
    this.y = Buffer.alloc(samples, 16)
    this.u = Buffer.alloc(samples / 4, 128)
    this.v = Buffer.alloc(samples / 4, 128)
    this.touched = new Uint8Array(this.columns * this.rows)
  }

  get stride(): number {
    return this.columns * BLOCK
  }

  clean(): void {
    this.touched.fill(0)
  }

  /** Fills a rectangle; positions and sizes are rounded to even samples, as chroma needs. */
  fill(left: number, top: number, width: number, height: number, [y, u, v]: Colour): void {
    const box = this.#clip(left, top, width, height)
    const { stride } = this
    for (let row = box.top; row < box.bottom; row++) this.y.fill(y, row * stride + box.left, row * stride + box.right)
    for (let row = box.top / 2; row < box.bottom / 2; row++) {
      const from = (row * stride) / 2
      this.u.fill(u, from + box.left / 2, from + box.right / 2)
      this.v.fill(v, from + box.left / 2, from + box.right / 2)
    }
    this.#touch(box)
  }

  /** Copies the same rectangle from another picture of this size. */
  restore(from: Picture, left: number, top: number, width: number, height: number): void {
    const box = this.#clip(left, top, width, height)
    const { stride } = this
    for (let row = box.top; row < box.bottom; row++) {
      from.y.copy(this.y, row * stride + box.left, row * stride + box.left, row * stride + box.right)
    }
    for (let row = box.top / 2; row < box.bottom / 2; row++) {
      const [start, end] = [(row * stride + box.left) / 2, (row * stride + box.right) / 2]
      from.u.copy(this.u, start, start, end)
      from.v.copy(this.v, start, start, end)
    }
    this.#touch(box)
  }

  /** Copies luma of a rectangle of another picture to (left, top) of this one. */
  stamp(from: Picture, source: { left: number; top: number; width: number; height: number }, left: number, top: number): void {
    for (let row = 0; row < source.height; row++) {
      const start = (source.top + row) * from.stride + source.left
      from.y.copy(this.y, (top + row) * this.stride + left, start, start + source.width)
    }
    this.#touch(this.#clip(left, top, source.width, source.height))
  }

  /** Planar 4:2:0 of the visible part, as ffmpeg's rawvideo takes it. */
  toRaw(): Buffer {
    const { widthPx, heightPx, stride } = this
    const plane = (samples: Buffer, width: number, height: number, step: number): Buffer[] =>
      Array.from({ length: height }, (_, row) => samples.subarray(row * step, row * step + width))
    return Buffer.concat([
      ...plane(this.y, widthPx, heightPx, stride),
      ...plane(this.u, widthPx / 2, heightPx / 2, stride / 2),
      ...plane(this.v, widthPx / 2, heightPx / 2, stride / 2),
    ])
  }

  /** Takes what `toRaw` gives. */
  setRaw(raw: Buffer): void {
    const { widthPx, heightPx, stride } = this
    let at = 0
    for (const [samples, width, height, step] of [
      [this.y, widthPx, heightPx, stride],
      [this.u, widthPx / 2, heightPx / 2, stride / 2],
      [this.v, widthPx / 2, heightPx / 2, stride / 2],
    ] as const) {
      for (let row = 0; row < height; row++, at += width) raw.copy(samples, row * step, at, at + width)
    }
  }

  #clip(left: number, top: number, width: number, height: number) {
    const even = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value / 2) * 2))
    const [right, bottom] = [this.columns * BLOCK, this.rows * BLOCK]
    return {
      left: even(left, right),
      top: even(top, bottom),
      right: even(left + width, right),
      bottom: even(top + height, bottom),
    }
  }

  #touch(box: { left: number; top: number; right: number; bottom: number }): void {
    if (box.right <= box.left || box.bottom <= box.top) return
    for (let row = Math.floor(box.top / BLOCK); row * BLOCK < box.bottom; row++) {
      const start = row * this.columns
      this.touched.fill(1, start + Math.floor(box.left / BLOCK), start + Math.ceil(box.right / BLOCK))
    }
  }
}
