import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type Koa from 'koa'

import { securityHeaders } from './security-headers.ts'

/** Takes over one upgrade; the socket is its own from then on. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface ServerDependencies {
  readonly app: Pick<Koa, 'callback'>
  /** PEM texts; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
}

// A request of 5 MB over a poor line takes less; what trickles longer is cut.
const LIMITS: ServerOptions = {
  requestTimeout: 60_000,
  headersTimeout: 15_000,
  // Longer than sources pause between two batches, so that theirs is not the request that meets a closing connection.
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
}

/** Every open socket of a server, those that were upgraded too: an HTTP server forgets them. */
const openSockets = new WeakMap<Server, Set<Socket>>()

/** The one port. Socket.IO finds its own upgrades by itself; see {@link finishServer} for the others. */
export function createServer({ app, tls }: ServerDependencies): Server {
  const callback = app.callback()
  const listener = (request: IncomingMessage, response: Parameters<typeof callback>[1]): void => void callback(request, response)
  const server = tls === null ? createHttpServer(LIMITS, listener) : createHttpsServer({ ...LIMITS, ...tls }, listener)
  const sockets = new Set<Socket>()
  openSockets.set(server, sockets)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return server
}

/**
 * The last step of a server whose listeners are all there: sends upgrades to who serves them, and puts the headers of every
 * answer on those that never come to the application too, Socket.IO's and those to what is no HTTP.
 * @param secure whether browsers reach this server by HTTPS
 */
export function finishServer(server: Server, media: UpgradeHandler | null, secure: boolean): void {
  dispatchUpgrades(server, media)
  const headers = securityHeaders(secure)
  server.prependListener('request', (_request, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  })
  server.on('clientError', (fault: NodeJS.ErrnoException, socket: Duplex) => {
    if (fault.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const [status, reason] = FAULTS[fault.code ?? ''] ?? [400, 'Bad Request']
    refuseUpgrade(socket, status, reason)
  })
}

/** What Node itself answers to what its parser refuses; anything else is 400. */
const FAULTS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/**
 * Sends upgrades to who serves them: `/socket.io/` is left to Socket.IO's own listener, `/media/` goes to `media`,
 * anything else is answered 404.
 */
function dispatchUpgrades(server: Server, media: UpgradeHandler | null): void {
  server.on('upgrade', (request, socket, head) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (path === '/socket.io' || path.startsWith('/socket.io/')) return
    if (path.startsWith('/media/') && media !== null) return media(request, socket, head)
    refuseUpgrade(socket, 404, 'Not Found')
  })
}

/** Without HSTS, which the answers of the application tell. */
const BARE_HEADERS = Object.entries(securityHeaders(false))
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

/** Answers an upgrade, or what is no request at all, with a status and ends it. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n${BARE_HEADERS}\r\n`)
}

/** Starts to listen; rejects when the address is taken. Resolves with the real port. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}

/** Takes no new connections and closes idle ones; resolves when the last answer is out, or after `graceMs` by force. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const force = setTimeout(() => {
    for (const socket of openSockets.get(server) ?? []) socket.destroy()
  }, graceMs)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(force)
}

/** The address is taken, not ours to take, or not on this machine. */
export function isAddressFault(cause: unknown): cause is { code: string } {
  if (typeof cause !== 'object' || cause === null || !('code' in cause) || !('syscall' in cause)) return false
  return cause.syscall === 'listen' && ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(String(cause.code))
}
