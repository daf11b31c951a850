import type { Change } from './change.ts'
import { layerOf, reduce, type Effect, type World } from './world.ts'

/**
 * {@link reduce} for a world that follows another's effective changes. What came too late was left out at the origin, so
 * the follower keeps no removals of its own: a put of a removed id always takes effect.
 */
export function follow(world: World, change: Change): Effect {
  const { tombstones } = layerOf(world, change.layer)
  tombstones.delete(change.id)
  const effect = reduce(world, change)
  tombstones.delete(change.id)
  return effect
}
