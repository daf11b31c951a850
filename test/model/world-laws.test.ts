import { describe, expect, it } from 'vitest'

import type { Change } from '../../shared/world/change.ts'
import { mergeChanges } from '../../shared/world/merge.ts'
import { restoreWorld, snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, forgetOldTombstones, reduce, reduceWithUndo, undo, type World } from '../../shared/world/world.ts'
import type { Random } from '../support/random.ts'
import { randomChanges } from '../support/random-changes.ts'
import { forEachSeed, LAW_TIMEOUT_MS } from '../support/seeds.ts'

const SOME_CHANGES = 80
const logOf = (random: Random): Change[] => randomChanges(random, 1 + random.below(SOME_CHANGES))
const worldOf = (changes: readonly Change[]): World => {
  const world = createWorld()
  for (const change of changes) reduce(world, change)
  return world
}
/** Everything that a world holds, slots and removals included. */
const whole = (world: World) => JSON.stringify(snapshotWorld(world))
/** What a client sees: records, wherever they are kept. */
const seen = (world: World) =>
  JSON.stringify(
    [...world.layers].map(([layer, { records }]) => [
      layer,
      [...records.values()].map((record) => ({ ...record, slot: 0 })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ]),
  )

describe('laws of the world', { timeout: LAW_TIMEOUT_MS }, () => {
  it('the live state at seq N equals a replay to N', () => {
    forEachSeed((random) => {
      const changes = logOf(random)
      const live = createWorld()
      const at = random.below(changes.length)
      let then = whole(live)
      for (const [index, change] of changes.entries()) {
        if (index === at) then = whole(live)
        reduce(live, change)
        if (random.chance(0.05)) forgetOldTombstones(live)
      }
      expect(whole(worldOf(changes.slice(0, at)))).toBe(then)
      expect(whole(worldOf(changes))).toBe(whole(live))
    })
  })

  it('a snapshot and the rest of the log equal the whole log', () => {
    forEachSeed((random) => {
      const changes = logOf(random)
      const at = random.below(changes.length + 1)
      const stored = JSON.parse(JSON.stringify(snapshotWorld(worldOf(changes.slice(0, at))))) as ReturnType<typeof snapshotWorld>
      const world = restoreWorld(stored)
      for (const change of changes.slice(at)) reduce(world, change)
      expect(whole(world)).toBe(whole(worldOf(changes)))
    })
  })

  it('apply then undo is identity, slots included', () => {
    forEachSeed((random) => {
      const changes = logOf(random)
      const world = createWorld()
      const at = random.below(changes.length + 1)
      for (const change of changes.slice(0, at)) reduce(world, change)
      const before = whole(world)
      const steps = changes.slice(at).map((change) => reduceWithUndo(world, change))
      for (const step of steps.toReversed()) undo(world, step)
      expect(whole(world)).toBe(before)
      for (const change of changes.slice(at)) reduce(world, change)
      expect(whole(world)).toBe(whole(worldOf(changes)))
    })
  })

  it('batches split anywhere, each on a restored world, give the same world', () => {
    forEachSeed((random) => {
      const changes = logOf(random)
      let world = createWorld()
      for (let from = 0; from < changes.length;) {
        const to = from + 1 + random.below(changes.length)
        for (const change of changes.slice(from, to)) reduce(world, change)
        world = restoreWorld(snapshotWorld(world))
        from = to
      }
      expect(whole(world)).toBe(whole(worldOf(changes)))
    })
  })

  it('merged ticks give the same records at every tick’s last seq', () => {
    forEachSeed((random) => {
      const changes = logOf(random)
      const live = createWorld()
      const mirror = createWorld()
      for (let from = 0; from < changes.length;) {
        const to = from + 1 + random.below(20)
        const effective = changes.slice(from, to).filter((change) => reduce(live, change) === 'applied')
        const merged = mergeChanges(effective)
        expect(merged.map(({ seq }) => seq)).toEqual(merged.map(({ seq }) => seq).toSorted((a, b) => a - b))
        for (const change of merged) reduce(mirror, change)
        expect(seen(mirror)).toBe(seen(live))
        from = to
      }
    })
  })
})
