import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket as NetSocket } from 'node:net'

import { Server, type DefaultEventsMap, type Socket } from 'socket.io'

import type { Role } from '../../shared/domain/roles.ts'
import { ackSchema } from '../../shared/protocol/ack.ts'
import type { ConnectCode, EndedCode } from '../../shared/protocol/ended.ts'
import { joinRequestSchema, type JoinReply } from '../../shared/protocol/join.ts'
import { EVENT_ROLES, LIVE_NAMESPACE, type ClientToServer, type ServerToClient } from '../../shared/protocol/live-events.ts'
import type { ClockReply } from '../../shared/protocol/clock.ts'
import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import type { Message } from './frames.ts'
import type { Hub } from './hub.ts'
import { createLiveClient, type ClientPort, type LiveClient } from './live-client.ts'
import type { AuthenticateLive, LivePrincipal } from './live-source.ts'
import { createMessageBudget } from './message-budget.ts'

/** A join with every layer is far smaller; anything larger is not ours. */
const MAX_MESSAGE_BYTES = 16_384
/** A dead peer is noticed after one of each. */
const PING_MS = 5_000
/** How long an ended principal's id is remembered, so that a handshake under way cannot outlive it. */
const ENDED_MEMORY_MS = 60_000

/** Who may connect at all: whom any event serves. */
const SERVED_ROLES: ReadonlySet<Role> = new Set(Object.values(EVENT_ROLES).flat())
/** A socket with this much unsent hears of no progress: an analysis tells some six times. */
const MOST_QUEUED = 16
/** How long an ended socket may take to close by itself. */
const LAST_WORD_MS = 500

interface SocketData {
  principal: LivePrincipal
}
type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>

export interface LiveServerOptions {
  readonly httpServer: HttpServer
  readonly hub: Hub
  readonly authenticate: AuthenticateLive
  /** Whether a handshake with this request's Origin is ours; one without Origin comes with a token. */
  readonly originAllowed: (request: IncomingMessage) => boolean
  readonly now: () => number
}

export interface LiveServer {
  /** Ends every socket of this session, device or token at once, and any whose handshake is still under way. */
  close(principalKey: string): void
  /** Tells the sockets of this session, device or token how far something is that it asked for; nothing when it has none. */
  tell(principalKey: string, progress: AnalysisProgress): void
  readonly connected: number
  /** Tells every client, closes every socket. */
  stop(): Promise<void>
}

class RefusedConnection extends Error {
  readonly data: { readonly code: ConnectCode }
  constructor(code: ConnectCode) {
    super(code)
    this.data = { code }
  }
}

/** The Socket.IO side of the stream: handshake, parsing, rates; everything that counts is in the hub. */
export function createLiveServer(options: LiveServerOptions): LiveServer {
  const { hub, now } = options
  const io = new Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>(options.httpServer, {
    transports: ['websocket'],
    allowUpgrades: false,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    pingInterval: PING_MS,
    pingTimeout: PING_MS,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: PING_MS,
    destroyUpgrade: false,
    allowRequest: (request, decide) => decide(null, options.originAllowed(request)),
  })
  io.engine.use(refusePolling)
  // Socket.IO's own first namespace is always there; nothing of ours is in it, so nobody gets in.
  io.use((_socket, next) => next(new Error('Invalid namespace')))
  const live = io.of(LIVE_NAMESPACE)
  const byPrincipal = new Map<string, Set<LiveSocket>>()
  const endedAtMs = new Map<string, number>()
  let stopping = false
  const justEnded = (key: string): boolean => now() - (endedAtMs.get(key) ?? -Infinity) <= ENDED_MEMORY_MS

  live.use((socket, next) => {
    const { headers, address, auth } = socket.handshake
    const { token } = auth as { token?: unknown }
    const handshake = { headers, token: typeof token === 'string' ? token : null, remoteAddress: address }
    if (stopping) return next(new RefusedConnection('stopping'))
    options.authenticate(handshake).then(
      (principal) => {
        if (principal === null || justEnded(principal.key)) return next(new RefusedConnection('unauthorized'))
        if (!SERVED_ROLES.has(principal.audience.role)) return next(new RefusedConnection('forbidden'))
        socket.data.principal = principal
        next()
      },
      () => next(new RefusedConnection('unauthorized')),
    )
  })

  live.on('connection', (socket) => {
    const { key } = socket.data.principal
    const client = createLiveClient(socket.data.principal.audience, portOf(socket))
    if (justEnded(key)) return client.port.end('session_ended')
    const sockets = byPrincipal.get(key) ?? new Set()
    byPrincipal.set(key, sockets.add(socket))
    listen(socket, client, hub, now)
    socket.on('disconnect', () => {
      hub.leave(client)
      sockets.delete(socket)
      if (sockets.size === 0) byPrincipal.delete(key)
    })
  })

  return {
    close(principalKey) {
      const nowMs = now()
      for (const [key, atMs] of endedAtMs) if (nowMs - atMs > ENDED_MEMORY_MS) endedAtMs.delete(key)
      endedAtMs.set(principalKey, nowMs)
      for (const socket of byPrincipal.get(principalKey) ?? []) portOf(socket).end('session_ended')
    },
    tell(principalKey, progress) {
      // A socket that does not read misses it: nothing is lost but a bar that moves.
      for (const socket of byPrincipal.get(principalKey) ?? [])
        if (queuedOf(socket) < MOST_QUEUED) socket.emit('progress', progress)
    },
    get connected() {
      return live.sockets.size
    },
    async stop() {
      stopping = true
      for (const socket of live.sockets.values()) portOf(socket).end('stopping')
      // The HTTP server is its owner's to close.
      io.engine.close()
      await live.adapter.close()
    },
  }
}

/** A client of plain defaults begins with polling: it is told at once what to change, by Engine.IO's error shape and in words. */
function refusePolling(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const { searchParams } = new URL(request.url ?? '/', 'http://live')
  if (searchParams.get('transport') === 'websocket') return next()
  const body = JSON.stringify({ code: 0, message: "WebSocket only: connect with { transports: ['websocket'] }" })
  response.writeHead(400, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }).end(body)
}

function listen(socket: LiveSocket, client: LiveClient, hub: Hub, now: () => number): void {
  const budget = createMessageBudget(now())
  // Whatever it says, how much it says is bounded; a listener, as middleware costs every message a turn of the loop.
  socket.onAny(() => {
    if (!budget.take(now())) client.port.end('bad_messages')
  })
  const bad = (): void => {
    if (!budget.takeBad()) client.port.end('bad_messages')
  }

  const serves = (event: keyof ClientToServer): boolean => EVENT_ROLES[event].includes(client.audience.role)

  socket.on('join', (...args: unknown[]) => {
    // Whoever forgets the request is answered too.
    const [request, reply] = args.length === 1 && typeof args[0] === 'function' ? [undefined, args[0]] : args
    const answer = typeof reply === 'function' ? (reply as (answer: JoinReply) => void) : null
    const parsed = joinRequestSchema.safeParse(request)
    if (answer === null || !parsed.success || !serves('join')) {
      bad()
      answer?.({ ok: false, code: 'bad_request', message: 'join takes { protocol, layers, encoding, since? } and a callback' })
      return
    }
    if (!budget.takeJoin(now())) {
      answer({ ok: false, code: 'too_many_requests', message: 'at most 10 joins in 10 seconds' })
      return
    }
    hub.join(client, parsed.data, answer)
  })
  socket.on('ack', (ack: unknown) => {
    const parsed = ackSchema.safeParse(ack)
    if (parsed.success && serves('ack')) hub.acknowledge(client, parsed.data.seq)
    else bad()
  })
  socket.on('clock', (...args: unknown[]) => {
    const reply = args.at(-1)
    if (typeof reply === 'function' && serves('clock'))
      (reply as (answer: ClockReply) => void)({ at: new Date(now()).toISOString() })
    else bad()
  })
}

/** How much Engine.IO holds that its transport has not taken; not in its types. */
function queuedOf({ conn }: LiveSocket): number {
  return (conn as unknown as { writeBuffer: readonly unknown[] }).writeBuffer.length
}

function portOf(socket: LiveSocket): ClientPort {
  const { conn } = socket
  const wire = wireOf(conn.transport)
  const queued = (): number => queuedOf(socket)
  const drained = (): boolean => queued() === 0 && (wire === null || wire.writableLength === 0)
  return {
    write({ text, attachment, framed, next }: Message) {
      if (wire !== null && queued() === 0) {
        // Frames of Engine.IO's own are in the wire already, so what is written now comes after them.
        if (wire.writable) wire.write(framed)
        return
      }
      conn.write(text, { compress: false })
      if (attachment !== null) conn.write(attachment, { compress: false })
      if (next !== null) conn.write(next.text, { compress: false })
    },
    drained,
    end(code: EndedCode) {
      const reads = drained()
      if (socket.connected && reads) socket.emit('ended', { code })
      socket.disconnect(true)
      // A peer that does not read or answer would keep its socket for long; one that does has this time to hear why.
      const destroy = (): void => void socket.request.socket.destroy()
      if (reads) setTimeout(destroy, LAST_WORD_MS).unref()
      else destroy()
    },
  }
}

/**
 * The TCP or TLS socket under a WebSocket transport, for frames that are made already (ws 8.23, engine.io 6.6, pinned and
 * tested): through Engine.IO and ws each would cost a third more. Null where there is none, as on other transports, or where
 * frames are deflated on their way and would be overtaken.
 */
function wireOf(transport: unknown): NetSocket | null {
  const { socket: ws } = transport as { socket?: { _socket?: unknown; extensions?: unknown } }
  return ws?._socket instanceof NetSocket && ws.extensions === '' ? ws._socket : null
}
