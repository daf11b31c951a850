import {
  MEDIA_CLOSE,
  mediaMessageSchema,
  type MediaFormat,
  type MediaMessage,
  type MediaProfile,
} from '../../shared/protocol/media.ts'

export interface MediaLinkListener {
  message(message: MediaMessage): void
  /** Media, in order: for `fmp4` whole init segments and fragments. */
  media(bytes: ArrayBuffer): void
  /** The link is lost and will be tried again; decoders start over with the next init segment. */
  lost(): void
  /** The server ended this viewer's right to look, or the camera is gone. No more attempts are made. */
  ended(): void
}

/** Reconnects begin fast, because most cuts are a server that starts again, and are spread so that sixteen tiles do not come at once. */
const FIRST_RETRY_MS = 500
const RETRY_CAP_MS = 10_000
const PING_MS = 5_000
/** A link that is silent for this long is dead, whatever the network says: the server marks and pings more often. */
const SILENT_MS = 20_000

/** One media socket that comes back by itself, and the server's clock as seen through it. */
export class MediaLink {
  readonly #url: string
  readonly #listener: MediaLinkListener
  #socket: WebSocket | null = null
  #retry: ReturnType<typeof setTimeout> | null = null
  #ping: ReturnType<typeof setInterval> | null = null
  #failures = 0
  #heardAtMs = 0
  #isStopped = false
  #best: { roundTripMs: number; offsetMs: number } | null = null

  constructor(url: string, listener: MediaLinkListener) {
    this.#url = url
    this.#listener = listener
    this.#connect()
  }

  /** The server's clock now, by the fastest round trip so far; null before one was made. */
  serverNowMs(): number | null {
    return this.#best === null ? null : Date.now() + this.#best.offsetMs
  }

  stop(): void {
    this.#isStopped = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#drop()
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    this.#heardAtMs = Date.now()
    // A late event of a socket that was given up must not touch its successor.
    const isCurrent = (): boolean => this.#socket === socket
    socket.addEventListener('open', () => this.#sendPing())
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isCurrent()) this.#heard(event.data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (isCurrent()) this.#closed(code)
    })
    this.#ping = setInterval(() => {
      if (Date.now() - this.#heardAtMs > SILENT_MS) this.#closed(0)
      else this.#sendPing()
    }, PING_MS)
  }

  #sendPing(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'ping', sentAtMs: Date.now() }))
    }
  }

  #heard(data: unknown): void {
    this.#heardAtMs = Date.now()
    this.#failures = 0
    if (data instanceof ArrayBuffer) {
      this.#listener.media(data)
      return
    }
    const message = readMessage(data)
    if (message === null) return
    if (message.type === 'pong') this.#measure(message.sentAtMs, message.atMs)
    else this.#listener.message(message)
  }

  #measure(sentAtMs: number, atMs: number): void {
    const now = Date.now()
    const roundTripMs = now - sentAtMs
    if (roundTripMs < 0 || (this.#best !== null && roundTripMs > this.#best.roundTripMs)) return
    this.#best = { roundTripMs, offsetMs: atMs - (sentAtMs + roundTripMs / 2) }
  }

  #closed(code: number): void {
    this.#drop()
    if (this.#isStopped) return
    if (code === MEDIA_CLOSE.ended || code === MEDIA_CLOSE.unknownCamera) {
      this.#isStopped = true
      this.#listener.ended()
      return
    }
    this.#listener.lost()
    const waitMs = Math.min(RETRY_CAP_MS, FIRST_RETRY_MS * 2 ** this.#failures) * (0.5 + Math.random() / 2)
    this.#failures += 1
    this.#retry = setTimeout(() => this.#connect(), waitMs)
  }

  #drop(): void {
    if (this.#ping !== null) clearInterval(this.#ping)
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    socket.close()
  }
}

function readMessage(data: unknown): MediaMessage | null {
  if (typeof data !== 'string') return null
  let body: unknown
  try {
    body = JSON.parse(data)
  } catch {
    // Not JSON: not from our server; nothing can be made of it.
    return null
  }
  const parsed = mediaMessageSchema.safeParse(body)
  return parsed.success ? parsed.data : null
}

/** Address of a camera's live socket on this page's own server. */
export function mediaUrl(cameraId: string, profile: MediaProfile, format: MediaFormat, hevc: boolean): string {
  const url = new URL(`/media/live/${encodeURIComponent(cameraId)}`, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = new URLSearchParams({ profile, format, hevc: hevc ? '1' : '0' }).toString()
  return url.href
}
