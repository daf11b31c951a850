import { Deck, MapView } from '@deck.gl/core'
import { IconLayer } from '@deck.gl/layers'
import type { Device } from '@luma.gl/core'

import { drawIconAtlas } from '../../client/map/icon-atlas.ts'
import { createPointBuffers, type PaintSlot } from '../../client/map/point-buffers.ts'
import { createPointLayer } from '../../client/map/point-layer.ts'
import type { Position } from '../../shared/domain/field.ts'

const ORIGIN: Position = [114.65, 33.62]
/** A community's width in degrees. */
const SPREAD = 0.02
/** A picture so small that drawing it by the processor does not hide what the update costs. */
const SIDE_PX = 64

/** What one way costs: main-thread milliseconds of each tick, from the change to the drawn picture. */
export interface MapProbe {
  typed(records: number, changed: number, ticks: number): Promise<number[]>
  objects(records: number, changed: number, ticks: number): Promise<number[]>
}

let spentMs = 0
const plainFrame = globalThis.requestAnimationFrame.bind(globalThis)
globalThis.requestAnimationFrame = (callback) =>
  plainFrame((atMs) => {
    const from = performance.now()
    callback(atMs)
    spentMs += performance.now() - from
  })
const nextFrame = (): Promise<unknown> => new Promise((resolve) => plainFrame(resolve))

/** The main-thread time of `work` and of the frames that it causes. */
async function costOf(work: () => void): Promise<number> {
  await nextFrame()
  spentMs = 0
  const from = performance.now()
  work()
  const now = performance.now() - from
  await nextFrame()
  await nextFrame()
  return now + spentMs
}

function openDeck(): Promise<{ deck: Deck<MapView>; device: Device }> {
  const parent = document.createElement('div')
  parent.style.cssText = `position:relative;width:${SIDE_PX}px;height:${SIDE_PX}px`
  document.body.append(parent)
  return new Promise((resolve) => {
    const deck: Deck<MapView> = new Deck({
      parent,
      views: new MapView(),
      width: SIDE_PX,
      height: SIDE_PX,
      initialViewState: { longitude: ORIGIN[0], latitude: ORIGIN[1], zoom: 13 },
      layers: [],
      onDeviceInitialized: (device: Device) => plainFrame(() => resolve({ deck, device })),
    })
  })
}

/** Spread evenly, the same each time: steps of the golden ratio. */
const share = (index: number, step: number): number => (index * step) % 1
const slotsOf = (tick: number, records: number, changed: number): number[] =>
  Array.from({ length: changed }, (_, index) => Math.floor(share(index + tick * changed, 0.618_034) * records)).toSorted(
    (a, b) => a - b,
  )

const probe: MapProbe = {
  async typed(records, changed, ticks) {
    const { deck, device } = await openDeck()
    const positions = new Float32Array(2 * records)
    for (let slot = 0; slot < records; slot += 1) {
      positions[2 * slot] = (share(slot, 0.618_034) - 0.5) * SPREAD
      positions[2 * slot + 1] = (share(slot, 0.754_878) - 0.5) * SPREAD
    }
    const paint: PaintSlot = (_, into, at) => into.fill(255, at, at + 4)
    const buffers = createPointBuffers(device, () => ({ length: records, positions }), 10, paint)
    buffers.write([], true)
    const atlas = drawIconAtlas()
    const layer = createPointLayer(buffers, { id: 'points', icon: 'square', sizePx: 6, origin: ORIGIN, visible: true, atlas })
    deck.setProps({ layers: [layer] })
    await nextFrame()
    await nextFrame()
    const costs: number[] = []
    for (let tick = 0; tick < ticks; tick += 1) {
      const dirty = slotsOf(tick, records, changed)
      costs.push(
        await costOf(() => {
          for (const slot of dirty) positions[2 * slot] = (positions[2 * slot] ?? 0) + 1e-6
          buffers.write(dirty, false)
          layer.setNeedsRedraw()
        }),
      )
    }
    buffers.destroy()
    deck.finalize()
    return costs
  },
  async objects(records, changed, ticks) {
    const { deck } = await openDeck()
    const atlas = drawIconAtlas()
    interface Point {
      readonly position: [number, number, number]
    }
    let points: Point[] = Array.from({ length: records }, (_, slot) => ({
      position: [ORIGIN[0] + (share(slot, 0.618_034) - 0.5) * SPREAD, ORIGIN[1] + (share(slot, 0.754_878) - 0.5) * SPREAD, 10],
    }))
    const draw = (): void => {
      const layer = new IconLayer<Point>({
        id: 'points',
        data: points,
        iconAtlas: atlas.picture as unknown as string,
        iconMapping: atlas.mapping,
        getIcon: () => 'square',
        getPosition: ({ position }) => position,
        getSize: 6,
        getColor: [255, 255, 255, 255],
      })
      deck.setProps({ layers: [layer] })
    }
    draw()
    await nextFrame()
    await nextFrame()
    const costs: number[] = []
    for (let tick = 0; tick < ticks; tick += 1) {
      const dirty = new Set(slotsOf(tick, records, changed))
      costs.push(
        await costOf(() => {
          points = points.map((point, slot) =>
            dirty.has(slot) ? { position: [point.position[0] + 1e-6, point.position[1], 10] } : point,
          )
          draw()
        }),
      )
    }
    deck.finalize()
    return costs
  },
}
Object.assign(globalThis, { probe })
