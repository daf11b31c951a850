import { describe, expect, it } from 'vitest'

import { PEOPLE_LAYERS } from '../../shared/domain/layers.ts'
import { ReplayBlock } from '../../shared/replay/replay-block.ts'
import { ReplayCursor } from '../../shared/replay/replay-cursor.ts'
import type { Change } from '../../shared/world/change.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import { createMirror } from '../../client/store/mirror.ts'
import { showMove } from '../../client/players/show-move.ts'
import type { Random } from '../support/random.ts'
import { randomChanges } from '../support/random-changes.ts'
import { forEachSeed, LAW_TIMEOUT_MS } from '../support/seeds.ts'

const worldOf = (changes: readonly Change[]): World => {
  const world = createWorld()
  for (const change of changes) reduce(world, change)
  return world
}
const whole = (world: World) => JSON.stringify({ ...snapshotWorld(world), seq: 0, recordedAt: 0 })
const records = (world: World) =>
  [...world.layers].map(([layer, state]) => [layer, [...state.records.values()].map(plain).toSorted(byId)])
const plain = ({ id, observedAt, fields }: { id: string; observedAt: number; fields: object }) => ({ id, observedAt, fields })
const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

/** So small that a run of a few dozen changes crosses several. */
const MARK_EVERY = 7

/** The log cut into blocks and, inside them, into arrivals of any size; some seqs are hidden from the reader. */
function load(random: Random, changes: readonly Change[], hidden: (change: Change) => boolean) {
  const blocks: ReplayBlock[] = []
  let block = new ReplayBlock(snapshotWorld(createWorld()), MARK_EVERY)
  blocks.push(block)
  for (let from = 0; from < changes.length;) {
    if (random.chance(0.2)) {
      block = new ReplayBlock(block.endSnapshot(), MARK_EVERY)
      blocks.push(block)
    }
    const part = changes.slice(from, from + 1 + random.below(40))
    from += part.length
    block.append(
      part.filter((change) => !hidden(change)),
      part.at(-1)?.seq ?? 0,
    )
  }
  return blocks
}
const blockOf = (blocks: readonly ReplayBlock[], seq: number) =>
  blocks.findLast((block) => block.baseSeq <= seq && block.toSeq > block.baseSeq) ?? blocks[0]

describe('laws of the replay', { timeout: LAW_TIMEOUT_MS }, () => {
  it('a seek and then play, forward or backward, in any chunks, is the log reduced up to there', () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 20 + random.below(120))
      const blocks = load(random, changes, () => false)
      const cursor = new ReplayCursor()
      for (let moves = 0; moves < 8; moves += 1) {
        const seq = random.below(changes.length + 1)
        const block = blockOf(blocks, seq)
        if (block === undefined) throw new Error('no block')
        cursor.moveTo(block, block.countTo(seq))
        expect(whole(cursor.world)).toBe(whole(worldOf(changes.slice(0, seq))))
      }
    }, 0.5)
  })

  it('an instant shows every change recorded at or before it, and none after', () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 60)
      const [block] = load(random, changes, () => false).slice(0, 1)
      const atMs = random.pick(changes).recordedAt + random.pick([-1, 0, 1])
      const held = block?.changes ?? []
      expect(block?.countAt(atMs)).toBe(held.filter(({ recordedAt }) => recordedAt <= atMs).length)
    }, 0.3)
  })

  it("a reader who may not see people has the others' world exactly", () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 100)
      const mine = changes.filter(({ layer }) => !PEOPLE_LAYERS.includes(layer))
      const blocks = load(random, changes, ({ layer }) => PEOPLE_LAYERS.includes(layer))
      const seq = random.below(changes.length + 1)
      const block = blockOf(blocks, seq)
      if (block === undefined) throw new Error('no block')
      const cursor = new ReplayCursor()
      cursor.moveTo(block, block.countTo(seq))
      expect(whole(cursor.world)).toBe(whole(worldOf(mine.filter((change) => change.seq <= seq))))
    }, 0.3)
  })

  it('the mirror of a screen shows what the cursor is at, after any way there', () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 20 + random.below(100))
      const blocks = load(random, changes, () => false)
      const cursor = new ReplayCursor()
      const mirror = createMirror([114.65, 33.62])
      for (let moves = 0; moves < 8; moves += 1) {
        const seq = random.below(changes.length + 1)
        const block = blockOf(blocks, seq)
        if (block === undefined) throw new Error('no block')
        showMove(mirror, cursor, block, block.countTo(seq))
        const shown = [...cursor.world.layers.keys()].map((layer) => [
          layer,
          [...mirror.layer(layer).records.values()].map(plain).toSorted(byId),
        ])
        expect(JSON.stringify(shown)).toBe(JSON.stringify(records(cursor.world)))
      }
    }, 0.3)
  })
})
