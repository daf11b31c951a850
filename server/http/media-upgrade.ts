import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { WebSocketServer } from 'ws'

import type { CameraUse } from '../../shared/domain/consent.ts'
import { ID_PATTERN } from '../../shared/domain/field.ts'
import type { Role } from '../../shared/domain/roles.ts'
import { MEDIA_CLOSE, mediaQuerySchema } from '../../shared/protocol/media.ts'
import { recordingQuerySchema } from '../../shared/protocol/media-recording.ts'
import type { Principal } from '../accounts/principal.ts'
import type { RecordingIndex } from '../video/recording-index.ts'
import type { LiveLooks } from '../video/live-looks.ts'
import { RecordingSession } from '../video/recording-session.ts'
import type { MediaHandle, MediaTarget, VideoHub } from '../video/video-hub.ts'
import type { Authenticator } from './authenticator.ts'
import type { ViewingReasons } from '../video/viewing-reasons.ts'
import { refuseUpgrade, type UpgradeHandler } from './create-server.ts'
import { readInstant, RECORDING_ROLES } from './routes/recordings.ts'

/** Who may see pictures: those that see the `cameras` layer on a wall or at a desk. Never a token. */
export const MEDIA_ROLES: readonly Role[] = ['wall', 'duty', 'supervisor']

export interface MediaUpgradeDependencies {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'originOf'>
  /** Called with the id of each session, device or token that ends. */
  readonly onEnded: (listener: (credentialId: string) => void) => () => void
  readonly hub: Pick<VideoHub, 'openMedia'>
  readonly onFault: (cause: unknown) => void
  /** UTC milliseconds. */
  readonly now: () => number
  /** Whether a camera's owner lets it be used so, now; left out: always. */
  readonly allows?: (cameraId: string, use: CameraUse) => boolean
  /** Keeps who watched live; left out: nobody asks. */
  readonly looks?: Pick<LiveLooks, 'record'>
  /** Left out: nothing is recorded here, and `/media/at/` is not served. */
  readonly recordings?: { readonly index: RecordingIndex; readonly folder: string; readonly reasons: ViewingReasons }
}

export interface MediaUpgrades {
  readonly handle: UpgradeHandler
  /** Stops listening for ended sessions. */
  stop(): void
}

/** Consents end by the clock, so what is open is looked at twice within the second in which it must close. */
const CONSENT_LOOK_MS = 400
/** Viewers one session may have: a wall of sixteen, its successors in a tour, and as much again. */
const MAX_VIEWERS = 64
const MAX_REQUEST_BYTES = 256

/** Lets WebSocket upgrades of `/media/live/:camera` and `/media/at/:camera` in by session or device, and cuts them when that, or the owner's consent, ends. */
export function createMediaUpgrades({
  authenticator,
  onEnded,
  hub,
  onFault,
  now,
  allows = () => true,
  looks,
  recordings,
}: MediaUpgradeDependencies): MediaUpgrades {
  const open = new Map<string, Set<OpenMedia>>()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_REQUEST_BYTES })
  let endCount = 0
  const stop = onEnded((credentialId) => {
    endCount += 1
    for (const { handle } of open.get(credentialId) ?? []) handle.close(MEDIA_CLOSE.ended, 'ended')
  })
  const look = setInterval(() => {
    for (const { handle, cameraId, use } of [...open.values()].flatMap((each) => [...each])) {
      if (!allows(cameraId, use)) handle.close(MEDIA_CLOSE.ended, 'no_consent')
    }
  }, CONSENT_LOOK_MS).unref()

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const target = targetOf(request.url ?? '')
    if (target === null) return refuseUpgrade(socket, 404, 'Not Found')
    if (authenticator.originOf(request) === 'other') return refuseUpgrade(socket, 403, 'Forbidden')
    const endsBefore = endCount
    const principal = await authenticator.authenticate(request)
    // Something ended while we looked: it may have been this one, so look again.
    if (endsBefore !== endCount) return admit(request, socket, head)
    if (principal === null) return refuseUpgrade(socket, 401, 'Unauthorized')
    const roles = target.use === 'live' ? MEDIA_ROLES : RECORDING_ROLES
    if (!maySee(principal, roles) || !allows(target.cameraId, target.use)) return refuseUpgrade(socket, 403, 'Forbidden')
    if (target.use === 'recordings') {
      const { cameraId, atMs } = target
      const look = { cameraId, what: 'play', fromMs: atMs, toMs: atMs } as const
      if (recordings === undefined) return refuseUpgrade(socket, 404, 'Not Found')
      if (!(await recordings.reasons.record(principal, look))) return refuseUpgrade(socket, 403, 'Reason Required')
    }
    if (target.use === 'live') await looks?.record(principal, target.cameraId, 'live')
    if (socket.destroyed) return
    // It ended while it was written down: nothing is open yet that could be closed.
    if (endsBefore !== endCount) return admit(request, socket, head)
    // Only now, with nothing awaited between: sockets that open together must not each begin a set of their own.
    const handles = open.get(principal.credentialId) ?? new Set()
    if (handles.size >= MAX_VIEWERS) return refuseUpgrade(socket, 429, 'Too Many Requests')
    open.set(principal.credentialId, handles)
    const handle = target.use === 'live' ? hub.openMedia(request, socket, head, target) : replay(request, socket, head, target)
    const expiry = principal.kind === 'user' ? closeAt(handle, principal.expiresAt, now) : null
    const opened: OpenMedia = { handle, cameraId: target.cameraId, use: target.use }
    handles.add(opened)
    handle.onClose(() => {
      handles.delete(opened)
      if (expiry !== null) clearTimeout(expiry)
      if (handles.size === 0) open.delete(principal.credentialId)
    })
  }

  const replay = (request: IncomingMessage, socket: Duplex, head: Buffer, { cameraId, atMs }: RecordingTarget): MediaHandle => {
    const closers = new Set<() => void>()
    let end: (code: number, reason: string) => void = () => socket.destroy()
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      accepted.on('error', () => accepted.terminate())
      end = (code, reason) => accepted.close(code, reason)
      accepted.on('close', () => {
        for (const closed of closers) closed()
      })
      if (recordings !== undefined) new RecordingSession(accepted, recordings.index, recordings.folder, cameraId, atMs)
    })
    return { close: (code, reason) => end(code, reason), onClose: (listener) => void closers.add(listener) }
  }

  return {
    stop() {
      stop()
      clearInterval(look)
    },
    handle(request, socket, head) {
      // The client may go away while we look who it is.
      const gone = (): void => void socket.destroy()
      socket.on('error', gone)
      admit(request, socket, head).catch((cause: unknown) => {
        onFault(cause)
        socket.destroy()
      })
    },
  }
}

/** Longest timer of the platform; a session lasts 30 days at most, and nobody looks at one picture for 24. */
const MAX_TIMER_MS = 2 ** 31 - 1

function closeAt(handle: MediaHandle, atMs: number, now: () => number): NodeJS.Timeout {
  const waitMs = Math.min(MAX_TIMER_MS, Math.max(0, atMs - now()))
  return setTimeout(() => handle.close(MEDIA_CLOSE.ended, 'expired'), waitMs).unref()
}

function maySee(principal: Principal, roles: readonly Role[]): boolean {
  return (principal.kind === 'user' || principal.kind === 'device') && roles.includes(principal.role)
}

type RecordingTarget = { readonly cameraId: string; readonly atMs: number }
type Target = ({ readonly use: 'live' } & MediaTarget) | ({ readonly use: 'recordings' } & RecordingTarget)

interface OpenMedia {
  readonly handle: MediaHandle
  readonly cameraId: string
  readonly use: CameraUse
}

function targetOf(path: string): Target | null {
  const url = new URL(path, 'http://media')
  const [, kind, cameraId = ''] = /^\/media\/(live|at)\/([^/]+)$/.exec(url.pathname) ?? []
  if (!ID_PATTERN.test(cameraId)) return null
  const parameters = Object.fromEntries(url.searchParams)
  if (kind === 'live') {
    const query = mediaQuerySchema.safeParse(parameters)
    return query.success ? { use: 'live', cameraId, ...query.data } : null
  }
  const query = recordingQuerySchema.safeParse(parameters)
  const atMs = query.success ? readInstant(query.data.t) : null
  return atMs === null ? null : { use: 'recordings', cameraId, atMs }
}
