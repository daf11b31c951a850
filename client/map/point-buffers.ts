import { Buffer, type Device } from '@luma.gl/core'

/** The typed arrays that a layer's points are drawn from, by slot; a mirror's layer is one. */
export interface PointColumns {
  readonly length: number
  /** Degrees from the site's origin, two floats a slot; NaN: nothing there. */
  readonly positions: Float32Array
}

/** Gives a slot's colour as four bytes into `into` at `at`; alpha 0 hides it. */
export type PaintSlot = (slot: number, into: Uint8Array, at: number) => void

/** Floats a vertex: deck.gl wants a height too. */
const FLOATS = 3
/** Slots between two dirty ones that are rather written again than made a call of their own. */
const JOIN_GAP = 16
const FIRST_CAPACITY = 256

/**
 * Positions and colours on the GPU, by slot. A tick writes only the runs of slots that changed: 1,000 of 100,000 cost
 * about a millisecond, where new arrays cost hundreds.
 */
export interface PointBuffers {
  readonly positions: Buffer
  readonly colours: Buffer
  /** Slots that the buffers have room for. */
  readonly capacity: number
  readonly length: number
  /** Writes these slots, ascending; true when the buffers were replaced to make room and the layer has to be made anew. */
  write(dirty: readonly number[], all: boolean): boolean
  destroy(): void
}

export function createPointBuffers(
  device: Device,
  columns: () => PointColumns,
  heightMeters: number,
  paint: PaintSlot,
): PointBuffers {
  let capacity = 0
  let length = 0
  let places = new Float32Array(0)
  let inks = new Uint8Array(0)
  let positions: Buffer | null = null
  let colours: Buffer | null = null

  const fill = (slot: number, source: PointColumns): void => {
    places[FLOATS * slot] = source.positions[2 * slot] ?? Number.NaN
    places[FLOATS * slot + 1] = source.positions[2 * slot + 1] ?? Number.NaN
    places[FLOATS * slot + 2] = heightMeters
    paint(slot, inks, 4 * slot)
  }

  const rebuild = (source: PointColumns): void => {
    capacity = Math.max(FIRST_CAPACITY, capacity)
    while (capacity < source.length) capacity *= 2
    places = new Float32Array(FLOATS * capacity).fill(Number.NaN)
    inks = new Uint8Array(4 * capacity)
    for (let slot = 0; slot < source.length; slot += 1) fill(slot, source)
    positions?.destroy()
    colours?.destroy()
    positions = device.createBuffer({ usage: Buffer.VERTEX | Buffer.COPY_DST, data: places })
    colours = device.createBuffer({ usage: Buffer.VERTEX | Buffer.COPY_DST, data: inks })
  }

  const upload = (from: number, to: number): void => {
    positions?.write(places.subarray(FLOATS * from, FLOATS * to), 4 * FLOATS * from)
    colours?.write(inks.subarray(4 * from, 4 * to), 4 * from)
  }

  const buffers = {
    get positions(): Buffer {
      if (positions === null) throw new Error('write first')
      return positions
    },
    get colours(): Buffer {
      if (colours === null) throw new Error('write first')
      return colours
    },
    get capacity() {
      return capacity
    },
    get length() {
      return length
    },
    write(dirty: readonly number[], all: boolean): boolean {
      const source = columns()
      length = source.length
      if (positions === null || source.length > capacity) {
        rebuild(source)
        return true
      }
      if (all) {
        for (let slot = 0; slot < capacity; slot += 1) fill(slot, source)
        upload(0, capacity)
        return false
      }
      let from = -1
      let to = -1
      for (const slot of dirty) {
        fill(slot, source)
        if (from !== -1 && slot <= to + JOIN_GAP) {
          to = slot + 1
          continue
        }
        if (from !== -1) upload(from, to)
        from = slot
        to = slot + 1
      }
      if (from !== -1) upload(from, to)
      return false
    },
    destroy() {
      positions?.destroy()
      colours?.destroy()
      positions = null
      colours = null
    },
  }
  return buffers
}
