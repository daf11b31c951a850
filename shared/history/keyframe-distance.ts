import type { World } from '../world/world.ts'
import { KEYFRAME_CHANGES } from './chunk-codec.ts'

/** Records up to which a keyframe comes after every {@link KEYFRAME_CHANGES}; twice as many double the distance. */
const RECORDS_OF_ONE_DISTANCE = 20_000
/** More than this would make a seek decode too many changes: 262,144 at the most. */
const MOST_DOUBLINGS = 3
/** No two keyframes are further apart than this, however large the world. */
export const MOST_KEYFRAME_CHANGES = KEYFRAME_CHANGES * 2 ** MOST_DOUBLINGS

/**
 * Whether a keyframe is made of this world. A keyframe costs bytes by the record, so a larger world has them further apart and
 * the bytes a change stay the same; always at multiples of {@link KEYFRAME_CHANGES}, so that a world that grows keeps in step.
 */
export function isKeyframeDue(world: World): boolean {
  let records = 0
  for (const layer of world.layers.values()) records += layer.records.size
  const doublings = Math.min(MOST_DOUBLINGS, Math.max(0, Math.floor(Math.log2(records / RECORDS_OF_ONE_DISTANCE)) + 1))
  return world.seq % (KEYFRAME_CHANGES * 2 ** doublings) === 0
}
