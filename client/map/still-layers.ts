import type { Layer } from '@deck.gl/core'

import type { SiteSight } from '../../shared/video/site-sight.ts'
import type { CameraView } from './camera-view.ts'
import type { IconAtlas } from './icon-atlas.ts'
import { coverageLayers, markLayer, viewLayer, type MapCoverage } from './map-layers.ts'
import { looksOf, type Marks } from './marks.ts'

/** From the ground up. */
const ORDER = ['cases', 'cameras', 'stations', 'alarms'] as const

/** Layers of marks that are the same objects as long as they would look the same: deck.gl then does nothing. */
export function createMarkLayers(
  atlas: IconAtlas,
  scale: number,
): (marks: Marks, isVisible: (id: keyof Marks) => boolean) => readonly Layer[] {
  const made = new Map<string, { readonly look: string; readonly layer: Layer }>()
  return (marks, isVisible) =>
    ORDER.map((id) => {
      const visible = isVisible(id)
      const look = `${visible} ${looksOf(marks[id])}`
      const before = made.get(id)
      if (before?.look === look) return before.layer
      const layer = markLayer(marks[id], { id, atlas, scale, visible })
      made.set(id, { look, layer })
      return layer
    })
}

/** What lies on the ground. */
export interface Ground {
  readonly views: readonly { readonly id: string; readonly view: CameraView; readonly hot: boolean }[]
  readonly viewsVisible: boolean
  readonly coverage: MapCoverage | null
}

/** Layers of the ground, which are drawn with the map: null when nothing changed, as a change of them costs a whole picture. */
export function createGroundLayers(sight: Pick<SiteSight, 'rays'>): (ground: Ground) => readonly Layer[] | null {
  let look = ''
  let drawn: MapCoverage | null = null
  return ({ views, viewsVisible, coverage }) => {
    const next = JSON.stringify([views, viewsVisible])
    if (next === look && coverage === drawn) return null
    look = next
    drawn = coverage
    return [...coverageLayers(coverage, sight), viewLayer(views, sight, viewsVisible)]
  }
}
