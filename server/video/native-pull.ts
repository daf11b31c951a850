import type { Socket } from 'node:net'
import type { CameraUrl } from './camera-address.ts'
import type { CameraReason } from './camera-report.ts'
import type { Piece } from './fmp4-splitter.ts'
import { H264Stream } from './h264-stream.ts'
import { PullWatch } from './pull-watch.ts'
import { WRITTEN_TIMESCALE } from './fmp4-writer.ts'
import type { RelayTarget } from './rtsp-relay.ts'
import type { VideoOffer } from './rtsp-offer.ts'
import { RtspSession } from './rtsp-session.ts'
import { RtspTap } from './rtsp-tap.ts'

export interface NativePullParts {
  /** Connected to the address that was checked. */
  readonly socket: Socket
  readonly target: RelayTarget
  readonly url: CameraUrl
  readonly now: () => number
  readonly signal: AbortSignal
  readonly deliver: (piece: Piece) => void
}

/** How a run ended; `needsFfmpeg`: the camera was reached, and what it sends or says is for ffmpeg. */
export interface NativeEnd {
  readonly reason: CameraReason
  readonly why: string
  readonly needsFfmpeg: boolean
}

/** Verdicts that another way of asking would only hear again. */
const FINAL: readonly CameraReason[] = ['sign_in_refused', 'not_found', 'redirected', 'not_video', 'not_h264', 'switched_off']

const isForUs = ({ coding, clockHz }: VideoOffer): boolean => coding === 'H264' && clockHz === WRITTEN_TIMESCALE

/** Takes a camera's H.264 without another process: RTSP, RTP and the writing of fragments. Resolves when the run is over. */
export function pullNatively(parts: NativePullParts): Promise<NativeEnd> {
  const { socket, target, url, now, signal } = parts
  const tap = new RtspTap(target.hasCredentials, target.accepts)
  let heardAtMs = now()
  let stream: H264Stream | null = null
  let why = ''
  let isForeign = false
  return new Promise((resolve) => {
    const watch = new PullWatch({ now, silentMs: () => now() - heardAtMs, kill: () => finish(), deliver: parts.deliver })
    const session = new RtspSession(socket, {
      url,
      tap,
      offered: (offer) => {
        if (isForUs(offer)) stream = new H264Stream(offer.payloadType, offer.parameterSets, (piece) => watch.piece(piece))
        else foreign(`${offer.coding} is for ffmpeg`)
        return stream !== null
      },
      packet: (bytes, at, end) => {
        const fault = stream?.packet(bytes, at, end) ?? null
        if (fault === 'unknown_packing' || fault === 'time_went_back') foreign(fault)
        else if (fault !== null) broken(fault)
        return fault === null
      },
      broken,
    })
    const onEnd = (): void => broken('the camera closed the connection')
    const onStop = (): void => watch.end('switched_off')
    let isDone = false
    socket.on('data', () => (heardAtMs = now()))
    socket.on('error', onEnd)
    socket.on('close', onEnd)
    signal.addEventListener('abort', onStop, { once: true })
    if (socket.destroyed) onEnd()

    function broken(because: string): void {
      why = because
      watch.end(tap.verdict ?? 'lost')
    }

    /** Something that is none of ours but may be ffmpeg's, such as H.265 or pictures out of order. */
    function foreign(because: string): void {
      isForeign = true
      broken(because)
    }

    function finish(): void {
      if (isDone) return
      isDone = true
      watch.close()
      signal.removeEventListener('abort', onStop)
      session.close()
      const reason = watch.verdict ?? 'lost'
      // A conversation that led to no picture for no clear reason: perhaps ffmpeg knows this camera's ways.
      const isOdd = !watch.hasFlowed && !FINAL.includes(reason) && tap.codec !== null
      resolve({ reason, why, needsFfmpeg: isForeign || isOdd })
    }
  })
}
