import { io, type Socket } from 'socket.io-client'

import type { LayerName } from '../../shared/domain/layers.ts'
import { beatSchema } from '../../shared/protocol/beat.ts'
import { clockReplySchema } from '../../shared/protocol/clock.ts'
import { connectErrorSchema, endedSchema } from '../../shared/protocol/ended.ts'
import { joinReplySchema, type Encoding, type JoinReply } from '../../shared/protocol/join.ts'
import { LIVE_NAMESPACE, type ClientToServer, type ServerToClient } from '../../shared/protocol/live-events.ts'
import { PROTOCOL_VERSION } from '../../shared/protocol/version.ts'
import type { Mirror } from '../store/mirror.ts'
import { ALWAYS_VISIBLE, type Visibility } from '../store/visibility.ts'
import { createAckHabit } from './ack-habit.ts'
import { createBackOff } from './back-off.ts'
import { createDeltaDecoder } from './delta-decoder.ts'
import { startHydration, type Hydration } from './hydration.ts'
import { FIRST_LINK_STATE, SILENCE_MS, type LinkState } from './link-state.ts'
import { createServerClock } from './server-clock.ts'
import type { FetchBytes } from './snapshot-loader.ts'

/** How often the server is asked for its clock. */
const CLOCK_EACH_MS = 5_000
/** How often silence is looked for. */
const WATCH_EACH_MS = 500
/** How long the server may take to answer a join: a tick and the way. */
const JOIN_TIMEOUT_MS = 10_000

export interface LiveLinkOptions {
  /** Where the server is: `location.origin` in a page. */
  readonly origin: string
  /** An integration's token; null in a page, whose cookie speaks for it. */
  readonly token: string | null
  readonly layers: readonly LayerName[]
  readonly encoding: Encoding
  readonly mirror: Mirror
  /** A GET of a path of the server with this page's or token's rights. */
  readonly fetchBytes: FetchBytes
  /** The page's; when left out, somebody always looks. */
  readonly visibility?: Visibility
  /** UTC milliseconds. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

/** Keeps a mirror equal to what the server shows us, through gaps, restarts and restores. */
export interface LiveLink {
  readonly state: LinkState
  /** Called when the state changes, some times a second. Returns the way to stop listening. */
  subscribe(listener: () => void): () => void
  /** Up to where the mirror has everything that we may see; 0 before the first snapshot. */
  readonly seq: number
  /** The server's clock now, as well as we know it, UTC milliseconds. */
  serverNowMs(): number
  start(): void
  stop(): void
}

export function createLiveLink(options: LiveLinkOptions): LiveLink {
  const { mirror, now, visibility = ALWAYS_VISIBLE } = options
  const listeners = new Set<() => void>()
  const clock = createServerClock()
  const backOff = createBackOff(options.random)
  const decoder = createDeltaDecoder(options.encoding, options.layers)
  let state = FIRST_LINK_STATE
  let place: { readonly epoch: string; seq: number } | null = null
  /** The last `toSeq`, or the seq joined at: what the next `fromSeq` follows. */
  let lastToSeq = 0
  /** Deltas count only between the answer of the latest join and the next. */
  let joined = false
  let joins = 0
  let hydration: Hydration | null = null
  let retryTimer: ReturnType<typeof setTimeout> | null = null
  let stopWatching: () => void = () => undefined
  const acks = createAckHabit()
  let timers: ReturnType<typeof setInterval>[] = []

  const socket: Socket<ServerToClient, ClientToServer> = io(options.origin + LIVE_NAMESPACE, {
    transports: ['websocket'],
    autoConnect: false,
    // Ours, below: Socket.IO's own gives up where the server closes on purpose.
    reconnection: false,
    forceNew: true,
    ...(options.token === null ? { withCredentials: true } : { auth: { token: options.token } }),
  })

  const update = (change: Partial<LinkState>): void => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const heard = (atMs: number, change: Partial<LinkState> = {}): void => {
    const nowMs = now()
    const delayMs = clock.roundTripMs === null ? null : Math.max(0, nowMs + clock.offsetMs - atMs)
    const phase = state.phase === 'silent' ? 'live' : state.phase
    update({ lastMessageAtMs: nowMs, delayMs, phase, stale: phase !== 'live', ...change })
  }
  const end = (endedCode: string, phase: 'ended' | 'outdated' = 'ended'): void => {
    stop()
    update({ phase, stale: true, endedCode })
  }

  const later = (action: () => void): void => {
    if (retryTimer !== null) clearTimeout(retryTimer)
    retryTimer = setTimeout(() => {
      retryTimer = null
      action()
    }, backOff.nextMs())
  }
  const reconnect = (): void => {
    hydration?.stop()
    joined = false
    joins += 1
    update({ phase: 'connecting', stale: true })
    socket.disconnect()
    later(() => socket.connect())
  }

  /** What the mirror holds cannot be trusted any more, or only up to `place`: joins again, later if that keeps happening. */
  const rejoin = (trusted: boolean): void => {
    if (!trusted) place = null
    joined = false
    joins += 1
    update({ rejoins: state.rejoins + 1 })
    later(join)
  }

  const acknowledge = (): void => {
    acks.told()
    socket.emit('ack', { seq: lastToSeq })
  }

  const askClock = (): void => {
    const sentAtMs = now()
    socket.timeout(CLOCK_EACH_MS).emit('clock', (error: Error | null, answer?: unknown) => {
      const parsed = clockReplySchema.safeParse(answer)
      if (error !== null || !parsed.success) return
      clock.sample(sentAtMs, Date.parse(parsed.data.at), now())
      update({ roundTripMs: clock.roundTripMs, clockOffsetMs: clock.offsetMs })
    })
  }

  function join(): void {
    // What is still on its way from snapshots cannot be resumed from.
    if (hydration !== null && !hydration.done) place = null
    hydration?.stop()
    hydration = null
    joined = false
    joins += 1
    const mine = joins
    const since = place === null ? undefined : { epoch: place.epoch, seq: place.seq }
    const request = { protocol: PROTOCOL_VERSION, layers: [...options.layers], encoding: options.encoding }
    const ask = since === undefined ? request : { ...request, since }
    socket.timeout(JOIN_TIMEOUT_MS).emit('join', ask, (error: Error | null, answer?: unknown) => {
      if (mine !== joins) return
      const parsed = joinReplySchema.safeParse(answer)
      if (error !== null || !parsed.success) return reconnect()
      take(parsed.data)
    })
  }

  const take = (reply: JoinReply): void => {
    if (!reply.ok) {
      if (reply.code === 'unsupported_protocol') return end(reply.code, 'outdated')
      if (reply.code === 'too_many_requests' || reply.code === 'stopping') return reconnect()
      return end(reply.code)
    }
    joined = true
    lastToSeq = reply.seq
    place = { epoch: reply.epoch, seq: reply.seq }
    if (reply.resumed) return heard(Date.parse(reply.at), { phase: 'live', stale: false })
    heard(Date.parse(reply.at), { phase: 'loading', stale: true })
    const paths = new Map(options.layers.flatMap((layer) => (reply.snapshots[layer] ? [[layer, reply.snapshots[layer]]] : [])))
    hydration = startHydration({
      mirror,
      epoch: reply.epoch,
      paths,
      fetchBytes: options.fetchBytes,
      backOff,
      onLayer: (layer, { slots, records }) => {
        const ids = records.map(({ id }) => id)
        decoder.loaded(layer, slots ?? [], ids)
      },
      onDone: () => {
        update({ phase: 'live', stale: false })
      },
      onFailed: (code) => (code === 'gone' ? end('session_ended') : rejoin(false)),
    })
  }

  socket.on('connect', () => {
    acks.reset()
    askClock()
    join()
  })
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const refused = connectErrorSchema.safeParse(error.data)
    if (refused.success && refused.data.code !== 'stopping') return end(refused.data.code)
    reconnect()
  })
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') reconnect()
  })
  socket.on('ended', (message: unknown) => {
    const parsed = endedSchema.safeParse(message)
    if (parsed.success && parsed.data.code === 'session_ended') end(parsed.data.code)
  })
  socket.on('beat', (message: unknown) => {
    const parsed = beatSchema.safeParse(message)
    if (!parsed.success) return
    heard(Date.parse(parsed.data.at))
    backOff.reset()
    if (joined && acks.beat()) acknowledge()
    // All that we may see up to here was sent, and a socket loses nothing: as good a place to resume from as a delta.
    if (joined && place !== null) place.seq = Math.max(place.seq, parsed.data.seq)
  })
  socket.on('delta', (message: unknown) => {
    if (!joined || place === null) return
    const delta = decoder.decode(message)
    if (delta === null) return rejoin(false)
    if (delta.toSeq <= lastToSeq) return
    if (delta.fromSeq > lastToSeq + 1) return rejoin(true)
    try {
      if (hydration !== null) mirror.apply(hydration.ready(delta))
      else mirror.apply([...delta.layers.values()].flatMap((changes) => changes()))
    } catch {
      // What came does not fit what we hold: the mirror is loaded anew.
      return rejoin(false)
    }
    lastToSeq = delta.toSeq
    place.seq = Math.max(place.seq, delta.toSeq)
    if (acks.applied()) acknowledge()
    heard(delta.atMs, { lastChangeAtMs: delta.atMs })
  })

  const onShown = (): void => {
    // A hidden page's timers may stand for a minute; whoever looks at it again does not want to wait for them.
    if (visibility.hidden || retryTimer === null || socket.active) return
    clearTimeout(retryTimer)
    retryTimer = null
    socket.connect()
  }

  const watch = (): void => {
    const silentMs = now() - (state.lastMessageAtMs ?? now())
    if (state.phase === 'live' && silentMs > SILENCE_MS) update({ phase: 'silent', stale: true })
  }

  function stop(): void {
    for (const timer of timers) clearInterval(timer)
    timers = []
    stopWatching()
    if (retryTimer !== null) clearTimeout(retryTimer)
    hydration?.stop()
    joined = false
    joins += 1
    socket.disconnect()
  }

  return {
    get state() {
      return state
    },
    get seq() {
      return place?.seq ?? 0
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    serverNowMs: () => now() + clock.offsetMs,
    start() {
      stopWatching = visibility.onChange(onShown)
      timers = [setInterval(watch, WATCH_EACH_MS), setInterval(() => socket.connected && askClock(), CLOCK_EACH_MS)]
      socket.connect()
    },
    stop,
  }
}
