import type { Layer } from '@deck.gl/core'
import { IconLayer } from '@deck.gl/layers'
import type { Device } from '@luma.gl/core'

import { MERCHANT_SAFETY } from '../../shared/domain/merchants.ts'
import type { Position } from '../../shared/domain/field.ts'
import type { Mirror } from '../store/mirror.ts'
import { gatherPoints, type Cluster } from './clusters.ts'
import { DIGIT_SIZE, DIGIT_STEP, type IconAtlas } from './icon-atlas.ts'
import { PALETTE, rgba } from './palette.ts'
import { byEach } from './map-layers.ts'
import { createPointBuffers, type PointBuffers } from './point-buffers.ts'
import { createPointIndex, type PointIndex } from './point-index.ts'
import { createPointLayer } from './point-layer.ts'
import { paintMerchant, paintWorker } from './point-paint.ts'

/** Layers whose records are drawn from GPU buffers, by slot. */
export const POINT_LAYERS = ['merchants', 'workers'] as const
export type PointLayerName = (typeof POINT_LAYERS)[number]

export interface MapPointsOptions {
  readonly device: Device
  readonly mirror: Mirror
  readonly origin: Position
  readonly scale: number
  readonly atlas: IconAtlas
  readonly names: readonly PointLayerName[]
  readonly isVisible: (name: PointLayerName) => boolean
}

/** The many small marks of a map: merchants, gathered where they would cover each other, and workers. */
export interface MapPoints {
  readonly points: readonly {
    readonly name: PointLayerName
    readonly index: PointIndex
    readonly hidden: (slot: number) => boolean
  }[]
  /** Their layers as they are to be drawn now. */
  layers(): readonly Layer[]
  /** Takes changed slots, ascending. */
  write(name: PointLayerName, dirty: readonly number[], resized: boolean): 'written' | 'replaced'
  /** Takes a new zoom, and what came and went since. True when layers have to be set anew. */
  zoomed(zoom: number): boolean
  /** Makes the layers anew, after something was shown or hidden. */
  refresh(): void
  destroy(): void
}

/** Farther out than this a worker is a dot: ninety shields would hide the map. */
const WORKER_DOT_ZOOM = 15.8
/** Squares nearer to each other than this are gathered, in pixels at 1080 lines. */
const GATHER_PX = 26
/** Zooms are told apart by these steps: gathering follows, but not each frame of a flight. */
const ZOOM_STEP = 0.25
const METERS_PER_DEGREE = 111_320
/** Metres of a pixel at zoom 0 on the equator, with MapLibre's tiles of 512. */
const METERS_PER_PIXEL = 78_271.517
const HAZARD = MERCHANT_SAFETY.indexOf('hazard')

/** Letters of a cluster's count, in pixels at 1080 lines. */
const COUNT_PX = 20

/** One digit of a count, and how many digits right of its middle it stands. */
interface CountDigit {
  readonly cluster: Cluster
  readonly digit: string
  readonly place: number
}

function digitsOf(cluster: Cluster): CountDigit[] {
  const digits = Array.from(String(cluster.count))
  return digits.map((digit, index) => ({ cluster, digit, place: index - (digits.length - 1) / 2 }))
}

interface Kind {
  readonly name: PointLayerName
  readonly buffers: PointBuffers
  readonly index: PointIndex
  readonly hidden: (slot: number) => boolean
  layer: Layer
}

/** @returns points with their first contents in the buffers */
export function createMapPoints(options: MapPointsOptions): MapPoints {
  const { device, mirror, origin, scale, atlas, names, isVisible } = options
  let step = Number.NaN
  let far = true
  let gathered = new Uint8Array(0)
  let clusters: readonly Cluster[] = []
  let clusterLayers: readonly Layer[] = []
  let gatheredVersion = -1

  const kinds: Kind[] = names.map((name) => {
    const columns = () => mirror.layer(name).columns
    const hidden = (slot: number): boolean => name === 'merchants' && gathered[slot] === 1
    const paint = name === 'merchants' ? paintMerchant(mirror, hidden) : paintWorker(mirror)
    const buffers = createPointBuffers(device, columns, 10, paint)
    buffers.write([], true)
    return {
      name,
      buffers,
      index: createPointIndex(mirror.layer(name), () => performance.now()),
      hidden,
      layer: layerOf(name, buffers),
    }
  })

  function layerOf(name: PointLayerName, buffers: PointBuffers): Layer {
    const shape =
      name === 'merchants'
        ? { icon: 'square', sizePx: 11 * scale }
        : far
          ? { icon: 'dot-ringed', sizePx: 17 * scale }
          : { icon: 'worker', sizePx: 32 * scale }
    return createPointLayer(buffers, { id: name, ...shape, origin, visible: isVisible(name), atlas })
  }

  /** Gathers merchants for this zoom; writes only the slots that went in or came out. */
  function gather(): void {
    const merchants = kinds.find(({ name }) => name === 'merchants')
    if (merchants === undefined) return
    const layer = mirror.layer('merchants')
    const { positions, length, bytes } = layer.columns
    const metersPerPixel = (METERS_PER_PIXEL * Math.cos((origin[1] * Math.PI) / 180)) / 2 ** (step * ZOOM_STEP)
    const radiusDeg = (GATHER_PX * scale * metersPerPixel) / METERS_PER_DEGREE
    const alone = (slot: number): boolean => bytes['safety']?.[slot] === HAZARD
    const found = gatherPoints(positions, length, alone, radiusDeg, 1 / Math.cos((origin[1] * Math.PI) / 180))
    const dirty: number[] = []
    for (let slot = 0; slot < length; slot += 1) if ((gathered[slot] ?? 0) !== found.gathered[slot]) dirty.push(slot)
    gathered = new Uint8Array(found.gathered)
    clusters = found.clusters
    gatheredVersion = layer.version
    if (merchants.buffers.write(dirty, false)) merchants.layer = layerOf('merchants', merchants.buffers)
    clusterLayers = clusterLayersOf()
  }

  function clusterLayersOf(): readonly Layer[] {
    const common = {
      visible: isVisible('merchants'),
      iconAtlas: atlas.picture as unknown as string,
      iconMapping: atlas.mapping,
      sizeUnits: 'pixels',
      pickable: false,
      parameters: { depthCompare: 'always', depthWriteEnabled: false },
    } as const
    const placeOf = ({ lngOffset, latOffset }: Cluster): [number, number, number] => [
      origin[0] + lngOffset,
      origin[1] + latOffset,
      10,
    ]
    return [
      new IconLayer<Cluster>({
        ...common,
        id: 'clusters',
        data: clusters,
        getIcon: () => 'square',
        getPosition: placeOf,
        // The square is half of its cell.
        getSize: ({ count }) => (count < 10 ? 48 : count < 100 ? 58 : 70) * scale,
        getPixelOffset: byEach<[number, number]>([0, 0]),
        getColor: byEach(rgba(PALETTE.merchant, 235)),
      }),
      new IconLayer<CountDigit>({
        ...common,
        id: 'cluster-counts',
        data: clusters.flatMap(digitsOf),
        getIcon: ({ digit }) => digit,
        getPosition: ({ cluster }) => placeOf(cluster),
        getPixelOffset: ({ place }) => [place * DIGIT_STEP * COUNT_PX * scale, 0],
        getSize: byEach(DIGIT_SIZE * COUNT_PX * scale),
        getColor: byEach(rgba('#0a1424')),
      }),
    ]
  }

  return {
    points: kinds,
    layers: () => [...kinds.map(({ layer }) => layer), ...clusterLayers],
    write(name, dirty, resized) {
      const kind = kinds.find((each) => each.name === name)
      if (kind === undefined) return 'written'
      if (!kind.buffers.write(dirty, resized)) {
        kind.layer.setNeedsRedraw()
        return 'written'
      }
      kind.layer = layerOf(name, kind.buffers)
      return 'replaced'
    },
    zoomed(zoom) {
      const nextStep = Math.round(zoom / ZOOM_STEP)
      const nextFar = zoom < WORKER_DOT_ZOOM
      const sameMerchants = !names.includes('merchants') || gatheredVersion === mirror.layer('merchants').version
      if (nextStep === step && nextFar === far && sameMerchants) return false
      step = nextStep
      if (nextFar !== far) {
        far = nextFar
        for (const kind of kinds) if (kind.name === 'workers') kind.layer = layerOf('workers', kind.buffers)
      }
      gather()
      return true
    },
    refresh() {
      for (const kind of kinds) kind.layer = layerOf(kind.name, kind.buffers)
      clusterLayers = clusterLayersOf()
    },
    destroy() {
      for (const { buffers } of kinds) buffers.destroy()
    },
  }
}
