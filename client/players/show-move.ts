import type { ReplayBlock } from '../../shared/replay/replay-block.ts'
import { touchedLayers, type ReplayCursor } from '../../shared/replay/replay-cursor.ts'
import { layerOf } from '../../shared/world/world.ts'
import type { Mirror } from '../store/mirror.ts'

/** Moves a cursor after the first `count` changes of a block, and the mirror with it. */
export function showMove(mirror: Mirror, cursor: ReplayCursor, block: ReplayBlock, count: number): void {
  const touched = cursor.moveTo(block, count)
  for (const layer of touchedLayers(touched)) {
    mirror.showLayer(layer, layerOf(cursor.world, layer).records, touched?.get(layer) ?? null)
  }
}
