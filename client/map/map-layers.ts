import { type Layer } from '@deck.gl/core'
import { IconLayer, PathLayer, ScatterplotLayer, SolidPolygonLayer } from '@deck.gl/layers'

import type { Position } from '../../shared/domain/field.ts'
import type { CameraView } from './camera-view.ts'
import { viewRing } from './camera-view.ts'
import type { IconAtlas } from './icon-atlas.ts'
import type { Mark } from './marks.ts'
import { PALETTE, rgba } from './palette.ts'
import { BUILDINGS_LAYER } from './style.ts'
import type { Coverage } from '../../shared/video/coverage.ts'
import type { SiteSight } from '../../shared/video/site-sight.ts'

const ON_TOP = { depthCompare: 'always', depthWriteEnabled: false } as const
/** Slices by which a view fades with distance. */
const SLICES = 8

interface Slice {
  readonly ring: readonly (readonly [number, number])[]
  readonly alpha: number
  readonly hot: boolean
}

/** The cameras' views on the ground, fading with distance; red where an alarm brought the camera up. */
export function viewLayer(
  views: readonly { readonly view: CameraView; readonly hot: boolean }[],
  sight: Pick<SiteSight, 'rays'>,
  visible: boolean,
): Layer {
  const slices: Slice[] = views.flatMap(({ view, hot }) =>
    Array.from({ length: SLICES }, (_, slice) => ({
      ring: viewRing(view, sight.rays(view), slice / SLICES, (slice + 1) / SLICES),
      alpha: Math.round(190 * (1 - slice / SLICES) ** 1.1),
      hot,
    })),
  )
  return new SolidPolygonLayer<Slice>({
    id: 'camera-views',
    data: slices,
    visible,
    getPolygon: ({ ring }) => ring as [number, number][],
    getFillColor: ({ alpha, hot }) =>
      hot ? rgba(PALETTE.alarm, Math.min(255, Math.round(alpha * 1.4))) : rgba('#49c0ff', alpha),
    parameters: { depthWriteEnabled: false },
    beforeId: BUILDINGS_LAYER,
  } as ConstructorParameters<typeof SolidPolygonLayer<Slice>>[0])
}

/** What every camera sees, and the open ground that none does. */
export interface MapCoverage extends Coverage {
  readonly views: readonly CameraView[]
}

/** Coverage under everything else: seen ground in blue, blind ground dark red. */
export function coverageLayers(coverage: MapCoverage | null, sight: Pick<SiteSight, 'rays'>): Layer[] {
  const { views = [], blind = [] } = coverage ?? {}
  const common = { visible: coverage !== null, parameters: { depthWriteEnabled: false }, beforeId: BUILDINGS_LAYER }
  return [
    new SolidPolygonLayer<Coverage['blind'][number]>({
      ...common,
      id: 'coverage-blind',
      data: blind,
      getPolygon: ({ west, south, east, north }) => [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ],
      getFillColor: rgba(PALETTE.alarm, 46),
    } as ConstructorParameters<typeof SolidPolygonLayer<Coverage['blind'][number]>>[0]),
    new SolidPolygonLayer<CameraView>({
      ...common,
      id: 'coverage-seen',
      data: views,
      getPolygon: (view) => viewRing(view, sight.rays(view), 0, 1) as [number, number][],
      getFillColor: rgba(PALETTE.ok, 120),
    } as ConstructorParameters<typeof SolidPolygonLayer<CameraView>>[0]),
  ]
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
