import { isLayerName, type LayerName } from '../../shared/domain/layers.ts'
import { layersOf, type Audience } from '../../shared/domain/roles.ts'
import { BEAT_MS, LIVE_NAMESPACE, TICK_MS } from '../../shared/protocol/live-events.ts'
import type { JoinReply, JoinRequest } from '../../shared/protocol/join.ts'
import { PROTOCOL_VERSION } from '../../shared/protocol/version.ts'
import { createDeltaEncoder } from './delta-encoder.ts'
import { createFeed, RECENT_TICKS, type Feed } from './feed.ts'
import { frameEvent, inOnePiece, type Message } from './frames.ts'
import { createGroups } from './groups.ts'
import type { LiveClient } from './live-client.ts'
import type { LiveSource } from './live-source.ts'
import { streamOf } from './streams.ts'

/** A catch-up of more rows than this part of the layers' records costs more than the snapshot. */
const MAX_CATCH_UP_PART = 0.5
/** A catch-up this small is always sent, however few records there are. */
const SMALL_CATCH_UP = 2_000

export interface Hub {
  readonly feed: Feed
  /**
   * Joins at a tick's end: at once when nothing is pending, else when the tick is cut. `reply` is called once, before the
   * first delta.
   */
  join(client: LiveClient, request: JoinRequest, reply: (answer: JoinReply) => void): void
  /** The client has applied everything up to `seq`. */
  acknowledge(client: LiveClient, seq: number): void
  leave(client: LiveClient): void
  /** Clients that get deltas now. */
  readonly joined: number
  stop(): void
}

export interface HubOptions {
  readonly source: LiveSource
  /** Random id made with the log. */
  readonly epoch: string
  /** UTC milliseconds. */
  readonly now: () => number
  /** Milliseconds that never jump, for ticks and credit. */
  readonly monotonic: () => number
  readonly resumeFloorSeq: number | null
  /** {@link RECENT_TICKS} when left out. */
  readonly recentTicks?: number
  /** A tick was cut, perhaps with nothing in it that anyone sees. */
  readonly onTick: (feed: Feed) => void
}

/** The beats of one moment, made once for all clients that are at the same place. */
interface Beats {
  /** A delta and the beat after it, or the beat alone. */
  after(delta: Message | null, covered: number): Message
}

function createBeats(atMs: number): Beats {
  const at = new Date(atMs).toISOString()
  const alone = new Map<number, Message>()
  const joined = new Map<Message, Message>()
  const beatAt = (covered: number): Message => {
    const known = alone.get(covered)
    if (known !== undefined) return known
    const made = frameEvent(LIVE_NAMESPACE, JSON.stringify(['beat', { seq: covered, at }]), null)
    alone.set(covered, made)
    return made
  }
  return {
    after(delta, covered) {
      if (delta === null) return beatAt(covered)
      const known = joined.get(delta)
      if (known !== undefined) return known
      const made = inOnePiece(delta, beatAt(covered))
      joined.set(delta, made)
      return made
    },
  }
}

/** Ticks, who gets what, and how much of it. Knows nothing of sockets. */
export function createHub(options: HubOptions): Hub {
  const { epoch, now, monotonic } = options
  let tickTimer: NodeJS.Timeout | null = null
  let lastTickMs = -Infinity
  let waiting: { client: LiveClient; join: () => void; refuse: () => void }[] = []
  let stopped = false
  let beatDue = false

  const schedule = (): void => {
    if (tickTimer !== null || stopped) return
    // The first commit after a quiet time goes out at once; in a busy one, ticks are TICK_MS apart.
    tickTimer = setTimeout(tick, Math.max(0, lastTickMs + TICK_MS - monotonic()))
  }
  const { source, resumeFloorSeq, recentTicks = RECENT_TICKS } = options
  const feed = createFeed({ source, now, resumeFloorSeq, recentTicks, onPending: schedule })
  const encoder = createDeltaEncoder(feed)
  const groups = createGroups(encoder)

  const cut = (client: LiveClient): void => {
    groups.leave(client)
    client.port.end('too_slow')
  }

  /** Sends what the client lacks, if it may have it now, with a beat where one is due. Only between a cut and the next commit. */
  const serve = (client: LiveClient, nowMs: number, beats: Beats | null = null): void => {
    const { group } = client
    if (group === null) return
    const drained = client.port.drained()
    let delta: Message | null = null
    if (client.covered < feed.seq && client.credit.maySend(nowMs, drained)) {
      // Held so long, or over such a jump of the clock, that removals since are forgotten: it must begin anew.
      if (!feed.remembers(client.covered)) return cut(client)
      delta = group.delta(client.covered, client.position)
      client.covered = feed.seq
      if (delta !== null) client.position = feed.seq
    }
    const message = beats === null || !drained ? delta : beats.after(delta, client.covered)
    if (message !== null) client.port.write(message)
    if (delta !== null) client.credit.sent(feed.seq, delta.framed.length, nowMs)
  }

  const serveAll = (beats: Beats | null): void => {
    const nowMs = monotonic()
    for (const group of groups.all()) for (const client of group.clients) serve(client, nowMs, beats)
  }

  function tick(): void {
    tickTimer = null
    lastTickMs = monotonic()
    feed.cut()
    groups.reset()
    options.onTick(feed)
    serveAll(beatDue ? createBeats(now()) : null)
    beatDue = false
    const joins = waiting
    waiting = []
    for (const { join } of joins) join()
  }

  const beat = (): void => {
    const nowMs = monotonic()
    for (const group of groups.all()) for (const client of group.clients) if (client.credit.tooSlow(nowMs)) cut(client)
    // A tick is near: the beat goes out in one piece with its delta.
    if (tickTimer !== null) beatDue = true
    else serveAll(createBeats(now()))
  }
  const beatTimer = setInterval(beat, BEAT_MS)

  const mayResume = (client: LiveClient, seq: number): boolean => {
    const { group } = client
    if (group === null) return false
    const records = group.streams.reduce((total, stream) => total + feed.view(stream).records.size, 0)
    const lacking = encoder.count(group.streams, group.encoding, seq)
    return lacking <= Math.max(SMALL_CATCH_UP, records * MAX_CATCH_UP_PART)
  }

  const joinNow = (
    client: LiveClient,
    layers: readonly LayerName[],
    request: JoinRequest,
    reply: (a: JoinReply) => void,
  ): void => {
    groups.join(client, layers, request.encoding)
    const { since } = request
    const known = since !== undefined && since.epoch === epoch && since.seq <= feed.seq && feed.remembers(since.seq)
    const resumed = known && mayResume(client, since.seq)
    const seq = resumed ? since.seq : feed.seq
    client.position = seq
    client.covered = seq
    const snapshots: Partial<Record<LayerName, string>> = {}
    if (!resumed) for (const layer of layers) snapshots[layer] = `/api/snapshot/${layer}?format=${request.encoding}`
    reply({ ok: true, epoch, seq, at: new Date(now()).toISOString(), resumed, snapshots })
    serve(client, monotonic())
  }

  return {
    feed,
    join(client, request, reply) {
      const checked = checkJoin(client.audience, request)
      if ('refusal' in checked) return reply(checked.refusal)
      if (stopped) return reply({ ok: false, code: 'stopping', message: 'the server is stopping' })
      // Nothing of the layers that it had until now: a delta between would not be of the new join.
      groups.leave(client)
      for (const earlier of waiting.filter((one) => one.client === client)) earlier.refuse()
      waiting = waiting.filter((one) => one.client !== client)
      const join = (): void => joinNow(client, checked.layers, request, reply)
      if (!feed.pending) return join()
      const refuse = (): void => reply({ ok: false, code: 'too_many_requests', message: 'another join followed at once' })
      waiting.push({ client, join, refuse })
    },
    acknowledge(client, seq) {
      const nowMs = monotonic()
      client.credit.acknowledged(Math.min(seq, client.position), nowMs)
      if (!feed.pending) serve(client, nowMs)
    },
    leave(client) {
      waiting = waiting.filter((one) => one.client !== client)
      groups.leave(client)
    },
    get joined() {
      let count = 0
      for (const group of groups.all()) count += group.clients.size
      return count
    },
    stop() {
      stopped = true
      if (tickTimer !== null) clearTimeout(tickTimer)
      clearInterval(beatTimer)
      feed.stop()
    },
  }
}

function checkJoin(audience: Audience, request: JoinRequest): { layers: LayerName[] } | { refusal: JoinReply } {
  if (request.protocol !== PROTOCOL_VERSION) {
    const message = `this server speaks protocol ${PROTOCOL_VERSION}`
    return { refusal: { ok: false, code: 'unsupported_protocol', message } }
  }
  const layers = new Set<LayerName>()
  for (const layer of request.layers) {
    if (!isLayerName(layer)) {
      return { refusal: { ok: false, code: 'unknown_layer', message: `there is no layer ${layer}`, layer } }
    }
    if (streamOf(layer, audience) === null) {
      const seen = layersOf(audience).join(', ') || 'none'
      return { refusal: { ok: false, code: 'forbidden_layer', message: `may not see ${layer}; sees ${seen}`, layer } }
    }
    layers.add(layer)
  }
  return { layers: [...layers] }
}
