import type { Layer } from '@deck.gl/core'

import type { IconAtlas } from './icon-atlas.ts'
import { markLayer } from './map-layers.ts'
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
