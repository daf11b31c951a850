import { describe, expect, it } from 'vitest'

import type { HistoryIndex } from '../../shared/protocol/history.ts'
import type { Change } from '../../shared/world/change.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, reduce, type World } from '../../shared/world/world.ts'
import { createMirror } from '../store/mirror.ts'
import type { HistorySource } from './history-source.ts'
import { createRecordedPlayer } from './recorded-player.ts'

const START = Date.parse('2026-11-23T06:00:00.000Z')
const CHUNK = 10
const CHUNKS_A_KEYFRAME = 3

/** A log of one merchant that opens and closes each second, and a new one every tenth. */
function logOf(count: number): Change[] {
  return Array.from({ length: count }, (_, index): Change => {
    const recordedAt = START + index * 1_000
    const common = { seq: index + 1, recordedAt, observedAt: recordedAt, layer: 'merchants' as const }
    return index % 10 === 0
      ? { ...common, id: `m${index / 10}`, op: 'put', fields: { name: `m${index / 10}`, open: true, position: [114.65, 33.62] } }
      : { ...common, id: 'm0', op: 'patch', fields: { open: index % 2 === 0 } }
  })
}
const worldAt = (log: readonly Change[], atMs: number): World => {
  const world = createWorld()
  for (const change of log) if (change.recordedAt <= atMs) reduce(world, change)
  return world
}

/** A server with this log: chunks of 10, keyframes every 3 chunks, the rest unsealed. */
function serverWith(log: Change[], options: { nowMs?: number; lifetimes?: HistoryIndex['lifetimes'] } = {}) {
  const asked: string[] = []
  const sealed = Math.floor(log.length / CHUNK)
  const chunks = Array.from({ length: sealed }, (_, index) => {
    const changes = log.slice(index * CHUNK, (index + 1) * CHUNK)
    const [from = 0, fromAt = 0] = [changes[0]?.seq, changes[0]?.recordedAt]
    return { from, to: from + CHUNK - 1, fromAt, toAt: changes.at(-1)?.recordedAt ?? 0 }
  })
  const keyframes = chunks
    .filter((_, index) => (index + 1) % CHUNKS_A_KEYFRAME === 0)
    .map(({ to, toAt }) => ({ seq: to, at: toAt }))
  const headMs = log.at(-1)?.recordedAt ?? 0
  let failing = false
  const source: HistorySource = {
    index() {
      asked.push('index')
      if (failing) return Promise.reject(new Error('no way'))
      return Promise.resolve({
        epoch: 'e',
        firstAt: log[0]?.recordedAt ?? null,
        head: { seq: log.length, at: headMs },
        now: options.nowMs ?? headMs + 5_000,
        keyframes,
        chunks,
        lifetimes: options.lifetimes ?? [],
        density: [],
        days: [],
      })
    },
    keyframe(seq) {
      asked.push(`keyframe ${seq}`)
      return Promise.resolve(snapshotWorld(worldAt(log, log[seq - 1]?.recordedAt ?? 0)))
    },
    chunk(from) {
      asked.push(`chunk ${from}`)
      return Promise.resolve({ changes: log.slice(from - 1, from - 1 + CHUNK), toSeq: from + CHUNK - 1 })
    },
    tail(after) {
      asked.push(`tail ${after}`)
      return Promise.resolve({ changes: log.slice(after), toSeq: log.length })
    },
  }
  return { source, asked, fail: (on: boolean) => (failing = on) }
}

function open(log: Change[], atMs: number, options?: Parameters<typeof serverWith>[1]) {
  const server = serverWith(log, options)
  const mirror = createMirror([114.65, 33.62])
  let monotonicMs = 0
  let frame: (() => void) | null = null
  const player = createRecordedPlayer({
    source: server.source,
    mirror,
    atMs,
    monotonicMs: () => monotonicMs,
    nextFrame: (callback) => {
      frame = callback
      return () => {
        frame = null
      }
    },
  })
  const settled = async () => {
    for (let turns = 0; turns < 60; turns += 1) await Promise.resolve()
  }
  const pass = async (ms: number) => {
    monotonicMs += ms
    frame?.()
    await settled()
  }
  const shown = () =>
    [...mirror.layer('merchants').records.values()].map(({ id, fields }) => `${id} ${fields['open'] === true}`).toSorted()
  const expected = (ms: number) =>
    [...(worldAt(log, ms).layers.get('merchants')?.records.values() ?? [])]
      .map(({ id, fields }) => `${id} ${fields['open'] === true}`)
      .toSorted()
  /** Time goes by without a picture. */
  const later = (ms: number) => (monotonicMs += ms)
  return { ...server, player, mirror, settled, pass, later, shown, expected }
}

describe('the recorded player', () => {
  it('opens at an instant, in the middle of the log or in its unsealed end', async () => {
    for (const second of [3, 47, 29, 30, 123, 124]) {
      const atMs = START + second * 1_000
      const { player, settled, shown, expected } = open(logOf(125), atMs)
      player.start()
      await settled()
      expect(player.state).toMatchObject({ atMs, loading: false, knowledge: 'known', failure: null, seq: second + 1 })
      expect(shown()).toEqual(expected(atMs))
      player.stop()
    }
  })

  it('loads one keyframe and the chunks that it needs, and none of the rest', async () => {
    const { player, settled, asked } = open(logOf(125), START + 71_000)
    player.start()
    await settled()
    expect(asked).toEqual(['index', 'keyframe 60', 'chunk 61', 'chunk 71'])
    player.controls.seek(START + 65_000)
    await settled()
    expect(asked).toHaveLength(4)
  })

  it('asks for a keyframe and what follows it together, and keeps what came when it is called elsewhere', async () => {
    const { player, settled, source, asked, shown, expected } = open(logOf(125), START + 115_000)
    player.start()
    await settled()
    asked.length = 0
    // What is asked for stays under way until it is let through.
    const letThrough: (() => void)[] = []
    const underWay = async <Found>(found: Promise<Found>): Promise<Found> => {
      await new Promise<void>((resolve) => letThrough.push(resolve))
      return found
    }
    const { keyframe, chunk } = source
    source.keyframe = (...of) => underWay(keyframe(...of))
    source.chunk = (...of) => underWay(chunk(...of))
    player.controls.seek(START + 55_000)
    await settled()
    expect(asked).toEqual(['keyframe 30', 'chunk 31', 'chunk 41', 'chunk 51'])
    for (const through of letThrough.slice(0, 3)) through()
    await settled()
    expect(player.state.loading).toBe(true)
    asked.length = 0
    player.controls.seek(START + 45_000)
    await settled()
    expect(asked).toEqual([])
    expect(player.state).toMatchObject({ atMs: START + 45_000, loading: false })
    expect(shown()).toEqual(expected(START + 45_000))
  })

  it('leaves nothing out when two loads take the same stretch', async () => {
    const { player, settled, source, asked, shown, expected } = open(logOf(125), START + 115_000)
    player.start()
    await settled()
    const letThrough = new Map<number, (() => void)[]>()
    const { chunk } = source
    // A load that was given up and whose answer comes all the same.
    source.chunk = async (from, signal) => {
      await new Promise<void>((resolve) => letThrough.set(from, [...(letThrough.get(from) ?? []), resolve]))
      return chunk(from, signal)
    }
    player.controls.seek(START + 55_000)
    await settled()
    player.controls.seek(START + 35_000)
    await settled()
    expect(letThrough.get(31)).toHaveLength(2)
    for (const through of letThrough.get(31) ?? []) through()
    await settled()
    expect(shown()).toEqual(expected(START + 35_000))
    source.chunk = chunk
    asked.length = 0
    player.controls.seek(START + 45_000)
    await settled()
    expect(asked).toEqual(['chunk 41'])
    expect(shown()).toEqual(expected(START + 45_000))
  })

  it('plays forward and backward at its speed, over the borders of what it holds', async () => {
    const { player, settled, pass, shown, expected } = open(logOf(125), START + 20_000)
    player.start()
    await settled()
    player.controls.play(4)
    for (let second = 0; second < 10; second += 1) await pass(1_000)
    expect(player.state.atMs).toBe(START + 60_000)
    expect(shown()).toEqual(expected(START + 60_000))
    player.controls.play(-16)
    await pass(2_500)
    expect(player.state.atMs).toBe(START + 20_000)
    expect(shown()).toEqual(expected(START + 20_000))
    player.controls.pause()
    await pass(1_000)
    expect(player.state).toMatchObject({ atMs: START + 20_000, playing: false })
  })

  it('has a clock that runs on between two pictures, and stands while it is paused or loads', async () => {
    const { player, settled, later } = open(logOf(125), START + 20_000)
    player.start()
    expect(player.clock()).toMatchObject({ playing: false })
    await settled()
    player.controls.play(2)
    later(150)
    expect(player.state.atMs).toBe(START + 20_000)
    expect(player.clock()).toMatchObject({ atMs: START + 20_300, speed: 2, playing: true })
    player.controls.pause()
    later(150)
    expect(player.clock().atMs).toBe(player.state.atMs)
  })

  it('stops at the beginning, and waits at now', async () => {
    const { player, settled, pass } = open(logOf(125), START + 100_000)
    player.start()
    await settled()
    player.controls.play(600)
    await pass(1_000)
    await pass(16)
    expect(player.state).toMatchObject({ atMs: START + 128_999, playing: true })
    player.controls.play(-600)
    await pass(1_000)
    await pass(16)
    expect(player.state).toMatchObject({ atMs: START, playing: false })
  })

  it('steps from change to change', async () => {
    const { player, settled } = open(logOf(125), START + 20_500)
    player.start()
    await settled()
    player.controls.stepChange(1)
    await settled()
    expect(player.state.atMs).toBe(START + 21_000)
    player.controls.stepChange(-1)
    await settled()
    expect(player.state.atMs).toBe(START + 20_000)
  })

  it('steps over the borders of chunks and keyframes, both ways, and stops at the ends of the log', async () => {
    const { player, settled, shown, expected } = open(logOf(125), START + 26_500)
    player.start()
    await settled()
    for (let second = 27; second <= 125; second += 1) {
      player.controls.stepChange(1)
      await settled()
      const atMs = START + Math.min(second, 124) * 1_000
      expect(player.state).toMatchObject({ atMs, loading: false })
      expect(shown()).toEqual(expected(atMs))
    }
    for (let second = 123; second >= -1; second -= 1) {
      player.controls.stepChange(-1)
      await settled()
      const atMs = START + Math.max(second, 0) * 1_000
      expect(player.state.atMs).toBe(atMs)
      expect(shown()).toEqual(expected(atMs))
    }
  })

  it('a seek overtakes a step that still loads', async () => {
    const { player, settled } = open(logOf(125), START + 29_500)
    player.start()
    await settled()
    player.controls.stepChange(1)
    player.controls.seek(START + 95_000)
    await settled()
    expect(player.state).toMatchObject({ atMs: START + 95_000, loading: false })
  })

  it('begins again after a stop, with whatever the mirror has been given meanwhile', async () => {
    const { player, settled, mirror, shown, expected } = open(logOf(125), START + 20_000)
    player.start()
    await settled()
    player.stop()
    mirror.replaceLayer('merchants', [{ id: 'now', observedAt: START, fields: { open: true } }], 125)
    player.start(START + 21_000)
    await settled()
    expect(shown()).toEqual(expected(START + 21_000))
  })

  it('shows nothing, and says why, where the server was down', async () => {
    const lifetimes = [
      { from: START - 1_000, to: START + 40_000 },
      { from: START + 80_000, to: START + 130_000 },
    ]
    const { player, settled, mirror } = open(logOf(125), START + 30_000, { lifetimes })
    player.start()
    await settled()
    expect(mirror.layer('merchants').records.size).toBeGreaterThan(0)
    player.controls.seek(START + 60_000)
    await settled()
    expect(player.state.knowledge).toBe('server_down')
    expect(mirror.layer('merchants').records.size).toBe(0)
    player.controls.seek(START + 90_000)
    await settled()
    expect(player.state.knowledge).toBe('known')
    expect(mirror.layer('merchants').records.size).toBeGreaterThan(0)
  })

  it('says that nothing is recorded yet', async () => {
    const { player, settled } = open([], START, { nowMs: START })
    player.start()
    await settled()
    expect(player.state).toMatchObject({ loading: false, knowledge: 'before_first', range: null })
  })

  it('tells of a server that does not answer, and goes on loading while the seek changes', async () => {
    const { player, settled, fail } = open(logOf(125), START + 10_000)
    fail(true)
    player.start()
    await settled()
    expect(player.state).toMatchObject({ loading: true, failure: 'Error' })
    fail(false)
    player.controls.seek(START + 50_000)
    player.controls.seek(START + 60_000)
    await settled()
    expect(player.state).toMatchObject({ loading: false, failure: null, atMs: START + 60_000 })
    player.stop()
  })
})
