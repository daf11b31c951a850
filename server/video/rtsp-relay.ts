import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { RtspTap, type VideoCodec } from './rtsp-tap.ts'

/** Why a camera's address could not be dialled. */
export type DialFailure = 'no_route' | 'refused' | 'timed_out'

export interface RelayTarget {
  /** The address that was checked; never a name. */
  readonly address: string
  readonly port: number
  /** Speak TLS to the camera. Its certificate is not judged: cameras sign their own, and their address is the identity here. */
  readonly secure: boolean
  readonly hasCredentials: boolean
  readonly accepts: readonly VideoCodec[]
}

/** A relay holding one connection to a camera, for one connection of ffmpeg's. */
export interface RtspRelay {
  /** Loopback port that ffmpeg is to connect to. */
  readonly port: number
  readonly tap: RtspTap
  /** Milliseconds since the camera last sent anything to ffmpeg, or since ffmpeg connected; 0 before: nobody asked it yet. */
  silentMs(): number
  close(): void
}

/** Time to reach a camera; one on the same site answers in a few milliseconds, so 3 s covers a lost SYN and its repeat. */
const DIAL_TIMEOUT_MS = 3_000

/** Dials a checked address. Rejects never; a failure is its closed code. */
export async function dialCamera(
  target: RelayTarget,
  signal: AbortSignal,
): Promise<{ ok: true; socket: Socket } | { ok: false; code: DialFailure }> {
  const { address: host, port } = target
  const socket = target.secure ? connectTls({ host, port, rejectUnauthorized: false }) : connectTcp({ host, port })
  socket.setNoDelay(true)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
  try {
    await once(socket, target.secure ? 'secureConnect' : 'connect', { signal: limit })
    return { ok: true, socket }
  } catch (error) {
    socket.on('error', ignoreLateError)
    socket.destroy()
    return { ok: false, code: dialFailure(error) }
  }
}

/** A destroyed socket may still report; the failure was already told. */
function ignoreLateError(): void {}

function dialFailure(error: unknown): DialFailure {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPROTO') return 'refused'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EACCES' || code === 'EADDRNOTAVAIL') return 'no_route'
  return 'timed_out'
}

/**
 * Listens on loopback for the one ffmpeg of a pull and joins it to `camera`, an open connection. A second connection is
 * never taken, so ffmpeg cannot be led to another host; an RTSP redirect, or an answer that is not RTSP, cuts both ends.
 */
export async function openRelay(camera: Socket, target: RelayTarget, now: () => number): Promise<RtspRelay> {
  const tap = new RtspTap(target.hasCredentials, target.accepts)
  let heardAtMs: number | null = null
  let local: Socket | null = null
  const server: Server = createServer((socket) => {
    if (local !== null) {
      socket.destroy()
      return
    }
    local = socket
    heardAtMs = now()
    server.close()
    join(socket, camera, tap, () => (heardAtMs = now()))
  })
  const close = (): void => {
    server.close()
    local?.destroy()
    camera.destroy()
  }
  camera.on('error', close)
  camera.on('close', close)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, tap, silentMs: () => (heardAtMs === null ? 0 : now() - heardAtMs), close }
}

function join(local: Socket, camera: Socket, tap: RtspTap, heard: () => void): void {
  local.setNoDelay(true)
  local.on('data', (chunk) => {
    tap.sent(chunk)
    if (!camera.write(chunk)) local.pause()
  })
  camera.on('drain', () => local.resume())
  camera.on('data', (chunk) => {
    heard()
    tap.received(chunk)
    if (tap.verdict === 'redirected' || tap.verdict === 'not_video') {
      camera.destroy()
      local.destroy()
      return
    }
    if (!local.write(chunk)) camera.pause()
  })
  local.on('drain', () => camera.resume())
  local.on('error', () => camera.destroy())
  local.on('close', () => camera.destroy())
  camera.on('end', () => local.end())
}
