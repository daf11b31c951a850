import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createDeltaDecoder } from '../../client/connection/delta-decoder.ts'
import { EvidenceLog } from '../../client/evidence-viewer/evidence-log.ts'
import { createMirror } from '../../client/store/mirror.ts'
import { createHub } from '../../server/realtime/hub.ts'
import { createLiveClient } from '../../server/realtime/live-client.ts'
import type { LiveSource } from '../../server/realtime/live-source.ts'
import type { Message } from '../../server/realtime/frames.ts'
import { streamOf, visibleChange, type Stream } from '../../server/realtime/streams.ts'
import { layersOf, type Audience } from '../../shared/domain/roles.ts'
import { decodeChunk, encodeChunk } from '../../shared/history/chunk-codec.ts'
import { CHUNK_CLASSES, classOf, layersOfClass, type ChunkClass } from '../../shared/history/classes.ts'
import { decodeKeyframe, encodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import { chunkPart, keyframePart, tailPart } from '../../shared/history/manifest.ts'
import type { ViewerIndex } from '../../shared/history/viewer-index.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld, snapshotLayer, snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld, layerOf, reduce, type World } from '../../shared/world/world.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { randomChanges } from '../support/random-changes.ts'
import { forEachSeed, LAW_TIMEOUT_MS } from '../support/seeds.ts'

const worldOf = (changes: readonly Change[]): World => {
  const world = createWorld()
  for (const change of changes) reduce(world, change)
  return world
}
/** What a world holds, whatever the last seq that it saw of others' layers. */
const whole = (world: World) => JSON.stringify({ ...snapshotWorld(world), seq: 0, recordedAt: 0 })

interface Stored {
  readonly fromSeq: number
  readonly toSeq: number
  readonly fromMs: number
  readonly toMs: number
  readonly bodies: Readonly<Record<ChunkClass, Uint8Array>>
}

const byClass = (make: (chunkClass: ChunkClass) => Uint8Array): Stored['bodies'] => ({
  community: make('community'),
  people: make('people'),
})

/** The log as bytes: chunks cut anywhere, each class by itself. */
function stored(random: Random, changes: readonly Change[]): Stored[] {
  const chunks: Stored[] = []
  for (let from = 0; from < changes.length;) {
    const some = changes.slice(from, from + 1 + random.below(30))
    const [first, last] = [some[0] as Change, some.at(-1) as Change]
    const range = { fromSeq: first.seq, toSeq: last.seq }
    chunks.push({
      ...range,
      fromMs: first.recordedAt,
      toMs: last.recordedAt,
      bodies: byClass((chunkClass) =>
        encodeChunk({ chunkClass, ...range, changes: some.filter(({ layer }) => classOf(layer) === chunkClass) }),
      ),
    })
    from += some.length
  }
  return chunks
}

/** A keyframe after a change, as bytes of each class. */
function keyframeOf(world: World): Stored['bodies'] {
  const { seq, recordedAt } = world
  return byClass((chunkClass) =>
    encodeKeyframe({
      chunkClass,
      seq,
      recordedAt,
      layers: layersOfClass(chunkClass).map((layer) => snapshotLayer(world, layer)),
    }),
  )
}

const changesOf = (chunk: Stored, classes: readonly ChunkClass[]): Change[] =>
  classes.flatMap((name) => decodeChunk(chunk.bodies[name]).changes).toSorted((a, b) => a.seq - b.seq)

describe('laws of the stored history', { timeout: LAW_TIMEOUT_MS }, () => {
  it('a keyframe and what follows it, from bytes cut anywhere, is the log from its beginning, for all classes and for one', () => {
    forEachSeed((random) => {
      const changes = randomChanges(random, 20 + random.below(150))
      const chunks = stored(random, changes)
      const classes = random.pick([CHUNK_CLASSES, ['community'] as const])
      const mine = changes.filter(({ layer }) => classes.some((name) => classOf(layer) === name))
      const keyframeSeq = random.below(changes.length + 1)
      const keyframe = keyframeOf(worldOf(changes.slice(0, keyframeSeq)))
      const parts = classes.map((name) => decodeKeyframe(keyframe[name]))
      const world = restoreWorld({ seq: keyframeSeq, recordedAt: 0, layers: parts.flatMap(({ layers }) => layers) })
      // Seek, then play on to a later instant; both times as it is from the beginning, and as it was live.
      const [seek, play] = [random.below(changes.length + 1), random.below(changes.length + 1)].toSorted((a, b) => a - b)
      let at = keyframeSeq
      for (const target of [Math.max(keyframeSeq, seek ?? 0), Math.max(keyframeSeq, play ?? 0)]) {
        for (const chunk of chunks.filter(({ fromSeq, toSeq }) => toSeq > at && fromSeq <= target)) {
          for (const change of changesOf(chunk, classes)) if (change.seq > at && change.seq <= target) reduce(world, change)
        }
        at = target
        expect(whole(world)).toBe(whole(worldOf(mine.filter(({ seq }) => seq <= target))))
      }
    }, 0.2)
  })

  it('the viewer in a bundle shows at any instant what the log says, whichever way it comes there', async () => {
    const runs = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 1_000) * 0.1)
    for (let seed = 1; seed <= runs; seed += 1) {
      const random = seededRandom(seed)
      const changes = randomChanges(random, 20 + random.below(150))
      const all = stored(random, changes)
      const first = random.below(all.length)
      // The keyframe may lie inside the first chunk of the bundle; the last chunk may be one that was not sealed.
      const [from, to] = [all[first]?.fromSeq ?? 1, all[first]?.toSeq ?? 1]
      const keyframeSeq = from === 1 && random.chance(0.5) ? null : from - 1 + random.below(to - from + 2)
      const withTail = random.chance(0.5) && all.length - first > 1
      const chunks = all.slice(first, withTail ? -1 : undefined)
      const unsealedAfter = withTail ? (chunks.at(-1)?.toSeq ?? 0) : null
      const classes = random.pick([[...CHUNK_CLASSES], ['community' as const]])
      const index: ViewerIndex = {
        format: 'community-lookout-viewer',
        version: 1,
        from: '',
        to: '',
        madeAt: '',
        reason: '',
        caseId: null,
        classes,
        keyframeSeq,
        logFrom: null,
        chunks,
        unsealedAfter,
        lifetimes: [],
        videos: [],
        site: null,
      }
      const files = new Map<string, Uint8Array>()
      const keyframe = keyframeOf(worldOf(changes.slice(0, keyframeSeq ?? 0)))
      for (const name of classes) {
        if (keyframeSeq !== null) files.set(keyframePart(name, keyframeSeq), keyframe[name])
        for (const chunk of chunks) files.set(chunkPart(name, chunk.fromSeq), chunk.bodies[name])
        const tail = all.at(-1)
        if (unsealedAfter !== null && tail !== undefined) files.set(tailPart(name, unsealedAfter), tail.bodies[name])
      }
      const log = new EvidenceLog(index, (part) => {
        const bytes = files.get(part)
        return bytes === undefined ? Promise.reject(new Error(part)) : Promise.resolve(Buffer.from(bytes).toString('base64'))
      })
      const mine = changes.filter(({ layer }) => classes.some((name) => classOf(layer) === name))
      const begins = changes[(keyframeSeq ?? 1) - 1]?.recordedAt ?? 0
      for (let moves = 0; moves < 8; moves += 1) {
        const atMs = Math.max(begins, random.pick(changes).recordedAt + random.pick([-1, 0, 0, 1]))
        const expected = mine.filter(({ seq, recordedAt }) => recordedAt <= atMs || seq <= (keyframeSeq ?? 0))
        expect(whole(await log.worldAt(atMs)), `seed ${seed}`).toBe(whole(worldOf(expected)))
      }
    }
  })
})

const AUDIENCES: readonly Audience[] = [
  { role: 'supervisor', integration: false },
  { role: 'supervisor', integration: true },
  { role: 'duty', integration: false },
  { role: 'wall', integration: false },
  { role: 'office', integration: false },
]

describe('history and the live stream', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("a role's filtered history, reduced, is its live stream, reduced, at every delta's toSeq", () => {
    let deltas = 0
    forEachSeed((random) => {
      const changes = randomChanges(random, 150 + random.below(100))
      const chunks = stored(random, changes)
      const audience = random.pick(AUDIENCES)
      const layers = layersOf(audience)
      const encoding = random.pick(['json', 'columns'] as const)
      const streams = new Map(layers.map((layer) => [layer, streamOf(layer, audience) as Stream]))
      const live = createWorld()
      let committed: Parameters<LiveSource['onCommitted']>[0] = () => undefined
      const hub = createHub({
        source: {
          live,
          onCommitted(listener) {
            committed = listener
            return () => undefined
          },
        },
        epoch: 'e',
        now: Date.now,
        monotonic: () => performance.now(),
        resumeFloorSeq: 0,
        recentTicks: 200,
        onTick: () => undefined,
      })
      const mirror = createMirror([0, 0])
      const decoder = createDeltaDecoder(encoding, layers)
      const inbox: Message[] = []
      const client = createLiveClient(audience, {
        write: (message) => void inbox.push(message),
        drained: () => true,
        end: () => undefined,
      })
      // Before the first change: nothing to load.
      hub.join(client, { protocol: 1, layers: [...layers], encoding }, (reply) => expect(reply.ok).toBe(true))
      for (const layer of layers) {
        mirror.replaceLayer(layer, [], 0)
        decoder.loaded(layer, [], [])
      }
      const [past, full] = [createWorld(), createWorld()]
      const history = chunks.flatMap((chunk) =>
        changesOf(
          chunk,
          CHUNK_CLASSES.filter((name) => layersOfClass(name).some((layer) => layers.includes(layer))),
        ),
      )
      let reduced = 0
      const read = (): void => {
        for (const message of inbox.splice(0)) {
          const [event, body] = JSON.parse(message.text.slice(message.text.indexOf('['))) as [string, Record<string, unknown>]
          if (event !== 'delta') continue
          const delta = decoder.decode(message.attachment === null ? body : { ...body, columns: message.attachment })
          if (delta === null) throw new Error(`not a delta: ${message.text}`)
          mirror.apply([...delta.layers].flatMap(([, open]) => open()))
          for (; reduced < history.length && (history[reduced] as Change).seq <= delta.toSeq; reduced += 1) {
            const change = history[reduced] as Change
            const stream = streams.get(change.layer)
            const effect = reduce(full, change)
            // Whom fields are hidden from is told what had an effect; the others read the log as it is.
            const counts = stream !== undefined && (stream.hidden.size === 0 || effect === 'applied')
            const seen = counts ? visibleChange(stream, change) : null
            if (seen !== null) reduce(past, seen)
          }
          for (const layer of layers) {
            expect(plain(mirror.layer(layer).records), `${audience.role} ${layer} at ${delta.toSeq}`).toEqual(
              plain(layerOf(past, layer).records),
            )
          }
          hub.acknowledge(client, delta.toSeq)
          deltas += 1
        }
      }
      for (let next = 0; next < changes.length;) {
        const batch = changes.slice(next, next + 1 + random.below(15))
        next += batch.length
        const effective = batch.filter((change) => reduce(live, change) === 'applied')
        committed(batch, live.recordedAt, effective)
        if (random.chance(0.5)) vi.advanceTimersByTime(random.pick([40, 100, 250]))
        read()
      }
      vi.advanceTimersByTime(1_500)
      read()
      hub.stop()
    }, 0.06)
    expect(deltas).toBeGreaterThan(100)
  })
})

type Records = ReadonlyMap<string, { readonly observedAt: number; readonly fields: unknown }>
const plain = (records: Records): unknown =>
  [...records].map(([id, { observedAt, fields }]) => ({ id, observedAt, fields })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
