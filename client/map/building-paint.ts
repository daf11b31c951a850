import type { Map as MapLibreMap } from 'maplibre-gl'

import type { Mirror } from '../store/mirror.ts'
import { BUILDINGS_SOURCE } from './style.ts'

/**
 * Gives the houses of one map the colour of their care state.
 * @returns takes changed slots, or null for all; before the style is there it does nothing
 */
export function createBuildingPaint(map: MapLibreMap, mirror: Mirror): (slots: readonly number[] | null) => void {
  const layer = mirror.layer('buildings')
  const painted = new Map<string, unknown>()
  const paint = (id: string): void => {
    const care = layer.records.get(id)?.fields['careBand'] ?? 'none'
    // Most changes of a building are of its counts; each state that is set costs a whole picture.
    if (painted.get(id) === care) return
    painted.set(id, care)
    map.setFeatureState({ source: BUILDINGS_SOURCE, id }, { care })
  }
  return (slots) => {
    if (!map.isStyleLoaded() && map.getSource(BUILDINGS_SOURCE) === undefined) return
    if (slots === null) for (const id of layer.records.keys()) paint(id)
    else for (const slot of slots) paint(layer.idAt(slot) ?? '')
  }
}
