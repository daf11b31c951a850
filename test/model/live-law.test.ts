import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import { layersOf, type Audience } from '../../shared/domain/roles.ts'
import type { Encoding, JoinReply } from '../../shared/protocol/join.ts'
import type { Change } from '../../shared/world/change.ts'
import { createWorld, layerOf, reduce, type World } from '../../shared/world/world.ts'
import { createDeltaDecoder, type Delta } from '../../client/connection/delta-decoder.ts'
import { createMirror } from '../../client/store/mirror.ts'
import { createHub, type Hub } from '../../server/realtime/hub.ts'
import { createLiveClient } from '../../server/realtime/live-client.ts'
import type { LiveSource } from '../../server/realtime/live-source.ts'
import type { Message } from '../../server/realtime/frames.ts'
import { STREAMS, streamOf, visibleChange, type Stream } from '../../server/realtime/streams.ts'
import { randomChanges } from '../support/random-changes.ts'
import type { Random } from '../support/random.ts'
import { forEachSeed } from '../support/seeds.ts'

const AUDIENCES: readonly Audience[] = [
  { role: 'wall', integration: false },
  { role: 'duty', integration: false },
  { role: 'supervisor', integration: true },
  { role: 'office', integration: false },
]

type Records = ReadonlyMap<string, { readonly observedAt: number; readonly fields: unknown }>
const plain = (records: Records): unknown =>
  [...records].map(([id, { observedAt, fields }]) => ({ id, observedAt, fields })).toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** A log that is committed batch by batch, and each stream's records at every cut, told by the reducer alone. */
function createOrigin(changes: readonly Change[]) {
  const live = createWorld()
  const told = new Map<Stream, World>(STREAMS.map((stream) => [stream, createWorld()]))
  const atSeq = new Map<number, Map<Stream, unknown>>()
  let listener: Parameters<LiveSource['onCommitted']>[0] = () => undefined
  let next = 0
  return {
    source: {
      live,
      onCommitted(one: typeof listener) {
        listener = one
        return () => undefined
      },
    },
    get left() {
      return changes.length - next
    },
    commit(count: number) {
      const batch = changes.slice(next, next + count)
      next += batch.length
      const effective = batch.filter((change) => reduce(live, change) === 'applied')
      for (const [stream, world] of told) {
        for (const change of effective) {
          const visible = change.layer === stream.layer ? visibleChange(stream, change) : null
          if (visible !== null) reduce(world, visible)
        }
      }
      if (batch.length > 0) listener(batch, live.recordedAt, effective)
    },
    keep(seq: number) {
      atSeq.set(seq, new Map([...told].map(([stream, world]) => [stream, plain(layerOf(world, stream.layer).records)])))
    },
    expected: (seq: number, stream: Stream): unknown => atSeq.get(seq)?.get(stream),
  }
}
type Origin = ReturnType<typeof createOrigin>

/** A client as docs/protocol.md tells one to be, whose link and patience are the test's. */
function createFollower(random: Random, hub: Hub, origin: Origin) {
  const audience = random.pick(AUDIENCES)
  const seen = layersOf(audience)
  const chosen = seen.filter(() => random.chance(0.7))
  const layers: readonly LayerName[] = chosen.length > 0 ? chosen : seen
  const encoding: Encoding = random.pick(['json', 'columns'])
  const mirror = createMirror([0, 0])
  const decoder = createDeltaDecoder(encoding, layers)
  const streams = new Map(layers.map((layer) => [layer, streamOf(layer, audience) as Stream]))
  const inbox: Message[] = []
  let drained = true
  let ended = false
  let place: { epoch: string; seq: number } | null = null
  let client = createLiveClient(audience, { write: () => undefined, drained: () => true, end: () => undefined })
  let waitingForSnapshot: Delta[] | null = null
  /** What the last snapshot holds. */
  let loadedSeq = 0
  let checks = 0

  const check = (seq: number): void => {
    for (const [layer, stream] of streams) {
      expect(plain(mirror.layer(layer).records), `${audience.role} ${encoding} ${layer} at ${seq}`).toEqual(
        origin.expected(seq, stream),
      )
    }
    checks += 1
  }
  const apply = (delta: Delta): void => {
    if (delta.toSeq <= loadedSeq) return
    const changes = [...delta.layers].flatMap(([layer, read]) => (streams.has(layer) ? read() : []))
    mirror.apply(changes.filter(({ seq }) => seq > loadedSeq))
    check(delta.toSeq)
  }

  const joined = (reply: JoinReply): void => {
    // Only a join that another one overtook.
    if (!reply.ok) return expect(reply.code).toBe('too_many_requests')
    if (reply.resumed) expect(reply.seq).toBe(place?.seq)
    else waitingForSnapshot = []
    place = { epoch: reply.epoch, seq: reply.seq }
  }
  const join = (withSince: boolean): void => {
    // A half loaded mirror has nothing to resume from.
    if (!withSince || waitingForSnapshot !== null) place = null
    const since = place === null ? {} : { since: place }
    waitingForSnapshot = null
    inbox.length = 0
    hub.join(client, { protocol: 1, layers: [...layers], encoding, ...since }, joined)
  }

  return {
    get checks() {
      return checks
    },
    connect(withSince: boolean) {
      hub.leave(client)
      drained = true
      ended = false
      client = createLiveClient(audience, {
        write: (message) => void inbox.push(message),
        drained: () => drained,
        end: () => {
          ended = true
        },
      })
      join(withSince)
    },
    rejoin: () => join(true),
    /** Stops or starts taking what is written, as a full socket does. */
    block(blocked: boolean) {
      drained = !blocked
    },
    acknowledge() {
      if (place !== null && !ended) hub.acknowledge(client, place.seq)
    },
    loadSnapshot() {
      if (waitingForSnapshot === null || hub.feed.pending) return
      const { seq } = hub.feed
      for (const [layer, stream] of streams) {
        const records = [...hub.feed.view(stream).records.values()]
        mirror.replaceLayer(layer, records, seq)
        decoder.loaded(
          layer,
          records.map(({ slot }) => slot),
          records.map(({ id }) => id),
        )
      }
      loadedSeq = seq
      check(seq)
      for (const delta of waitingForSnapshot) apply(delta)
      waitingForSnapshot = null
    },
    read() {
      for (const message of inbox.splice(0)) {
        const [event, body] = JSON.parse(message.text.slice(message.text.indexOf('['))) as [string, Record<string, unknown>]
        if (event !== 'delta') continue
        const delta = decoder.decode(message.attachment === null ? body : { ...body, columns: message.attachment })
        if (delta === null || place === null) throw new Error(`not a delta: ${message.text}`)
        expect(delta.fromSeq).toBe(place.seq + 1)
        place = { ...place, seq: delta.toSeq }
        if (waitingForSnapshot !== null) waitingForSnapshot.push(delta)
        else apply(delta)
      }
    },
    get ended() {
      return ended
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a client of the stream', () => {
  it('has at every toSeq the records that the server had, as its role sees them, whatever its link and patience', () => {
    let checks = 0
    let resumes = 0
    forEachSeed((random) => {
      const origin = createOrigin(randomChanges(random, 200 + random.below(200)))
      origin.keep(0)
      const hub = createHub({
        source: origin.source,
        epoch: 'e',
        now: Date.now,
        monotonic: () => performance.now(),
        resumeFloorSeq: 0,
        recentTicks: random.pick([1, 3, 200]),
        onTick: (feed) => origin.keep(feed.seq),
      })
      const followers = Array.from({ length: 3 }, () => createFollower(random, hub, origin))
      for (const one of followers) one.connect(false)
      while (origin.left > 0) {
        const one = random.pick(followers)
        const step = random.below(12)
        if (step < 4) origin.commit(1 + random.below(12))
        else if (step < 7) vi.advanceTimersByTime(random.pick([1, 40, 100, 250]))
        else if (step === 7) one.acknowledge()
        else if (step === 8) one.block(random.chance(0.4))
        else if (step === 9) one.loadSnapshot()
        else if (step === 10) one.read()
        else if (random.chance(0.3)) {
          resumes += 1
          if (random.chance(0.5)) one.rejoin()
          else one.connect(random.chance(0.8))
        }
        if (one.ended) one.connect(true)
      }
      for (const one of followers) {
        if (one.ended) one.connect(true)
        one.block(false)
        vi.advanceTimersByTime(150)
        one.read()
        one.loadSnapshot()
        one.acknowledge()
        vi.advanceTimersByTime(1_500)
        one.read()
        one.acknowledge()
      }
      origin.commit(1)
      vi.advanceTimersByTime(1_500)
      for (const one of followers) {
        one.read()
        checks += one.checks
      }
      hub.stop()
    }, 0.2)
    expect(checks).toBeGreaterThan(100)
    expect(resumes).toBeGreaterThan(10)
  })

  it('knows every layer of the domain', () => {
    expect(new Set(STREAMS.map(({ layer }) => layer))).toEqual(new Set(LAYERS))
  })
})
