import { type Layer } from '@deck.gl/core'
import { IconLayer, PathLayer, ScatterplotLayer } from '@deck.gl/layers'

import type { Position } from '../../shared/domain/field.ts'
import type { IconAtlas } from './icon-atlas.ts'
import type { Mark } from './marks.ts'
import { PALETTE, rgba } from './palette.ts'

const ON_TOP = { depthCompare: 'always', depthWriteEnabled: false } as const
/**
 * A value given mark by mark though it is the same for all: layers whose values come in the same way share a program, which a
 * machine without a graphics card takes a third of a second to make.
 */
export function byEach<T>(value: T): () => T {
  return () => value
}

export interface MarkLayerOptions {
  readonly id: string
  readonly atlas: IconAtlas
  readonly scale: number
  readonly visible: boolean
}

/** Marks that change seldom enough to be made anew when they do: stations, cameras, cases, alarms. */
export function markLayer(marks: readonly Mark[], { id, atlas, scale, visible }: MarkLayerOptions): Layer {
  return new IconLayer<Mark>({
    id,
    data: marks,
    visible,
    iconAtlas: atlas.picture as unknown as string,
    iconMapping: atlas.mapping,
    getIcon: ({ icon }) => icon,
    getPosition: ({ position }) => [position[0], position[1], 10],
    getSize: ({ sizePx }) => sizePx * scale,
    getPixelOffset: byEach<[number, number]>([0, 0]),
    getColor: ({ icon }) => (icon === 'dot' ? rgba(PALETTE.ok, 220) : [255, 255, 255, 255]),
    sizeUnits: 'pixels',
    pickable: false,
    parameters: ON_TOP,
  })
}

/** Ways on the ground, over everything that stands there. */
export function trailLayers(ways: readonly (readonly Position[])[], scale: number): Layer[] {
  if (ways.length === 0) return []
  const layer = new PathLayer<readonly Position[]>({
    id: 'trail',
    data: ways,
    getPath: (each) => each.map(([lng, lat]) => [lng, lat, 2] as [number, number, number]),
    getColor: rgba(PALETTE.done),
    getWidth: 5 * scale,
    widthUnits: 'pixels',
    capRounded: true,
    jointRounded: true,
    parameters: ON_TOP,
  })
  return [layer]
}

/** One breath of a pulse, in milliseconds. */
const PULSE_MS = 2_400
const PULSES = 2

/** Rings that grow around alarms; at 10 pictures a second they are seen from the other side of the room. */
export function pulseLayers(marks: readonly Mark[], atMs: number, scale: number): Layer[] {
  return Array.from({ length: PULSES }, (_, pulse) => {
    const phase = (atMs / PULSE_MS + pulse / PULSES) % 1
    return new ScatterplotLayer<Mark>({
      id: `pulse-${pulse}`,
      data: marks,
      getPosition: ({ position }) => [position[0], position[1], 10],
      getRadius: 1,
      radiusUnits: 'pixels',
      radiusScale: (24 + 56 * phase) * scale,
      stroked: true,
      filled: true,
      lineWidthUnits: 'pixels',
      getLineWidth: 2.5 * scale,
      getLineColor: ({ icon }) => rgba(icon === 'mark-alarm' ? PALETTE.alarm : PALETTE.warning),
      getFillColor: ({ icon }) => rgba(icon === 'mark-alarm' ? PALETTE.alarm : PALETTE.warning, 40),
      opacity: (1 - phase) ** 1.3,
      pickable: false,
      parameters: ON_TOP,
    })
  })
}
