import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { CameraUrl } from './camera-address.ts'
import { readOffer, type VideoOffer } from './rtsp-offer.ts'
import { readChallenge, signIn, type Challenge } from './rtsp-sign-in.ts'
import type { RtspTap } from './rtsp-tap.ts'

export interface RtspSessionParts {
  readonly url: CameraUrl
  /** Reads along, and judges what the camera's answers mean. */
  readonly tap: RtspTap
  /** What the camera offers, before it is asked for; false: the session is not gone on with. */
  readonly offered: (offer: VideoOffer) => boolean
  /** A packet of the video's own channel at `[at, end)`, valid only during the call; false ends the session. */
  readonly packet: (bytes: Buffer, at: number, end: number) => boolean
  /** The conversation cannot go on: the camera's bytes or answers are of no use. Called once. */
  readonly broken: (why: string) => void
}

/** Longest head or body of an answer; real ones are under 4 KB. */
const MAX_MESSAGE_BYTES = 64 * 1024
const INTERLEAVED = 0x24
const INTERLEAVED_HEAD_BYTES = 4
const HEAD_END = '\r\n\r\n'
const DEFAULT_TIMEOUT_S = 60
/** Sign-ins to one request: the first answers the challenge, the second a nonce that had become old. */
const MAX_SIGN_INS = 2
const MAX_KEEP_ALIVE_MS = 30_000

type Method = 'OPTIONS' | 'DESCRIBE' | 'SETUP' | 'PLAY' | 'GET_PARAMETER' | 'TEARDOWN'

/**
 * RTSP 1.0 over the one connection that was dialled to the address that was checked: asks for the video alone, interleaved, and
 * keeps it alive. It opens no other connection, whatever the camera answers.
 */
export class RtspSession {
  readonly #socket: Socket
  readonly #parts: RtspSessionParts
  readonly #who: { username: string; password: string } | null
  readonly #base: string
  #rest: Buffer | null = null
  #asked: { method: Method; uri: string; signIns: number } | null = null
  #challenge: Challenge | null = null
  #nonceCount = 0
  #cseq = 0
  #aggregate: string
  #session: string | null = null
  #keepAliveBy: Method = 'OPTIONS'
  #offer: VideoOffer | null = null
  #channel = 0
  #keepAlive: NodeJS.Timeout | null = null
  #isOver = false

  /** Begins to talk at once on a connected socket. */
  constructor(socket: Socket, parts: RtspSessionParts) {
    this.#socket = socket
    this.#parts = parts
    const { host, port, path, secure, username, password } = parts.url
    this.#who = username === '' ? null : { username: decoded(username), password: decoded(password) }
    this.#base = `${secure ? 'rtsps' : 'rtsp'}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
    this.#aggregate = this.#base
    socket.on('data', (chunk) => this.#take(chunk))
    this.#ask('OPTIONS', this.#base)
  }

  /** Says goodbye and closes the connection. */
  close(): void {
    if (this.#isOver) return
    if (this.#session !== null) this.#say('TEARDOWN', this.#aggregate)
    this.#end()
    this.#socket.destroySoon()
  }

  #end(): void {
    this.#isOver = true
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
  }

  #break(why: string): void {
    if (this.#isOver) return
    this.#end()
    this.#parts.broken(why)
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return
    const { tap } = this.#parts
    if (!tap.isPlaying) {
      tap.received(chunk)
      if (tap.verdict !== null) return this.#break('')
    }
    const data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at < data.length && !this.#isOver) {
      const next = data[at] === INTERLEAVED ? this.#interleaved(data, at) : this.#message(data, at)
      if (next < 0) break
      at = next
    }
    this.#rest = at < data.length ? data.subarray(at) : null
  }

  /** Where the next thing begins after an interleaved packet; -1 when the packet is not whole. */
  #interleaved(data: Buffer, at: number): number {
    const from = at + INTERLEAVED_HEAD_BYTES
    if (from > data.length) return -1
    const end = from + data.readUInt16BE(at + 2)
    if (end > data.length) return -1
    if (data[at + 1] === this.#channel && this.#offer !== null && !this.#parts.packet(data, from, end)) this.#end()
    return end
  }

  /** Where the next thing begins after an RTSP message; -1 when the message is not whole. */
  #message(data: Buffer, at: number): number {
    const first = data[at] ?? 0
    if (first < 0x41 || first > 0x5a) {
      this.#break('the stream is out of step')
      return -1
    }
    const headEnd = data.indexOf(HEAD_END, at, 'latin1')
    const head = headEnd < 0 ? '' : data.toString('latin1', at, headEnd)
    const length = Number(/\r\ncontent-length:\s*(\d{1,9})/i.exec(head)?.[1] ?? 0)
    const end = headEnd + HEAD_END.length + length
    if (length > MAX_MESSAGE_BYTES || (headEnd < 0 ? data.length : headEnd) - at > MAX_MESSAGE_BYTES) {
      this.#break('an answer is too long')
      return -1
    }
    if (headEnd < 0 || end > data.length) return -1
    const status = Number(/^RTSP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0)
    if (status > 0) this.#answered(status, head, data.toString('latin1', end - length, end))
    else if (head.startsWith('REDIRECT ')) this.#break('the camera sends elsewhere')
    return end
  }

  #answered(status: number, head: string, body: string): void {
    const asked = this.#asked
    this.#asked = null
    if (asked === null) return
    if (status === 401) {
      this.#challenge = readChallenge(head)
      this.#nonceCount = 0
      const isLast = asked.signIns >= MAX_SIGN_INS || this.#who === null || this.#challenge === null
      if (!isLast) this.#ask(asked.method, asked.uri, asked.signIns + 1)
      else if (!this.#parts.tap.isPlaying) this.#break('no known way to sign in')
      return
    }
    const isWell = status >= 200 && status < 300
    if (!isWell && asked.method !== 'OPTIONS' && !this.#parts.tap.isPlaying)
      return this.#break(`${asked.method} was answered by ${status}`)
    if (asked.method === 'OPTIONS' && this.#offer === null) {
      if (/\r\npublic:.*\bGET_PARAMETER\b/i.test(head)) this.#keepAliveBy = 'GET_PARAMETER'
      this.#ask('DESCRIBE', this.#base)
    } else if (asked.method === 'DESCRIBE') this.#described(head, body)
    else if (asked.method === 'SETUP') this.#ready(head)
    else if (asked.method === 'PLAY') this.#playing()
  }

  #described(head: string, body: string): void {
    const base = /\r\ncontent-base:\s*(\S+)/i.exec(head)?.[1] ?? this.#base
    const offer = readOffer(body, base)
    if (offer === null) return this.#break('the description is not understood')
    if (!this.#parts.offered(offer)) return this.#end()
    this.#offer = offer
    this.#aggregate = offer.aggregate
    this.#ask('SETUP', offer.control)
  }

  #ready(head: string): void {
    const session = /\r\nsession:\s*([^;\s]{1,200})(?:\s*;\s*timeout\s*=\s*(\d{1,6}))?/i.exec(head)
    this.#session = session?.[1] ?? null
    const seconds = Number(session?.[2] ?? DEFAULT_TIMEOUT_S)
    const channel = Number(/\r\ntransport:.*\binterleaved=(\d{1,3})/i.exec(head)?.[1] ?? 0)
    if (channel > 255) return this.#break('the channel is none')
    this.#channel = channel
    // Half of the time that the camera allows, so that one lost answer ends nothing.
    const everyMs = Math.min(MAX_KEEP_ALIVE_MS, Math.max(1, seconds / 2) * 1000)
    this.#keepAlive = setInterval(() => this.#ask(this.#keepAliveBy, this.#aggregate), everyMs)
    this.#ask('PLAY', this.#aggregate)
  }

  #playing(): void {
    this.#socket.setKeepAlive(true, MAX_KEEP_ALIVE_MS)
  }

  #ask(method: Method, uri: string, signIns = 0): void {
    if (this.#isOver) return
    // A keep-alive never gets between a question and its answer.
    if (this.#asked !== null && (method === 'GET_PARAMETER' || method === 'OPTIONS') && !this.#parts.tap.isPlaying) return
    this.#asked = { method, uri, signIns }
    this.#say(method, uri)
  }

  #say(method: Method, uri: string): void {
    this.#cseq += 1
    const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${this.#cseq}`, 'User-Agent: community-lookout']
    if (this.#who !== null && this.#challenge !== null) {
      this.#nonceCount += 1
      lines.push(
        `Authorization: ${signIn(this.#challenge, this.#who, { method, uri, count: this.#nonceCount, cnonce: randomBytes(8).toString('hex') })}`,
      )
    }
    if (this.#session !== null) lines.push(`Session: ${this.#session}`)
    if (method === 'DESCRIBE') lines.push('Accept: application/sdp')
    if (method === 'SETUP') lines.push('Transport: RTP/AVP/TCP;unicast;interleaved=0-1')
    if (method === 'PLAY') lines.push('Range: npt=0.000-')
    const request = Buffer.from(`${lines.join('\r\n')}${HEAD_END}`)
    this.#parts.tap.sent(request)
    this.#socket.write(request)
  }
}

/** A part of the url as it was meant; as it is written where that is no percent-encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
