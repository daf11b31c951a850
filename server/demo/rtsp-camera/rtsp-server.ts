import { createHash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { CameraStream } from './camera-stream.ts'
import { PAYLOAD_TYPE, RtpPacketizer } from './rtp.ts'

export interface RtspServerOptions {
  /** Streams by path, such as `/cam-01/main`. */
  readonly streams: ReadonlyMap<string, CameraStream>
  /** Asked for by digest when given. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  /** 0 takes a free port. Loopback only, always. */
  readonly port: number
}

export interface RunningRtspServer {
  readonly port: number
  close(): Promise<void>
}

interface Request {
  readonly method: string
  readonly uri: string
  readonly headers: ReadonlyMap<string, string>
}

const REALM = 'demo-cameras'
const MAX_REQUEST_BYTES = 8 * 1024
/** A viewer this far behind loses frames up to the next key frame. */
const MAX_BACKLOG_BYTES = 2 * 1024 * 1024
const HEAD_END = '\r\n\r\n'
const SESSION_TIMEOUT_S = 60

/** A small RTSP 1.0 server (RFC 2326) for H.264 over interleaved TCP. */
export async function serveRtsp(options: RtspServerOptions): Promise<RunningRtspServer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    const conversation = new Conversation(socket, options)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => conversation.received(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      conversation.end()
      sockets.delete(socket)
    })
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** One connection: requests in order, and media once it plays. */
class Conversation {
  readonly #socket: Socket
  readonly #options: RtspServerOptions
  readonly #nonce = randomBytes(16).toString('hex')
  readonly #session = randomBytes(8).toString('hex')
  #input: Buffer = Buffer.alloc(0)
  #stream: CameraStream | null = null
  #packetizer: RtpPacketizer | null = null
  #stopWatching: (() => void) | null = null
  #skipsToKey = true

  constructor(socket: Socket, options: RtspServerOptions) {
    this.#socket = socket
    this.#options = options
  }

  end(): void {
    this.#stopWatching?.()
    this.#stopWatching = null
  }

  received(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk])
    while (this.#next());
    if (this.#input.length > MAX_REQUEST_BYTES) this.#socket.destroy()
  }

  /** Takes one request or one interleaved packet off the front; false when there is no whole one. */
  #next(): boolean {
    const input = this.#input
    if (input.length >= 4 && input[0] === 0x24) {
      // Receiver reports of the viewer; nothing here depends on them.
      const size = 4 + input.readUInt16BE(2)
      if (input.length < size) return false
      this.#input = input.subarray(size)
      return true
    }
    const end = input.indexOf(HEAD_END)
    if (end < 0) return false
    const request = parseRequest(input.toString('latin1', 0, end))
    const bodyBytes = Number(request?.headers.get('content-length') ?? 0)
    const total = end + HEAD_END.length + (Number.isSafeInteger(bodyBytes) && bodyBytes > 0 ? bodyBytes : 0)
    if (input.length < total) return false
    this.#input = input.subarray(total)
    if (request === null) this.#socket.destroy()
    else this.#answer(request)
    return request !== null
  }

  #answer(request: Request): void {
    if (request.method === 'OPTIONS') {
      this.#reply(request, 200, { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER' })
      return
    }
    if (!this.#mayEnter(request)) {
      this.#reply(request, 401, { 'WWW-Authenticate': `Digest realm="${REALM}", nonce="${this.#nonce}", algorithm=MD5` })
      return
    }
    switch (request.method) {
      case 'DESCRIBE':
        this.#describe(request)
        return
      case 'SETUP':
        this.#setUp(request)
        return
      case 'PLAY':
        this.#play(request)
        return
      case 'GET_PARAMETER':
        this.#reply(request, 200, { Session: this.#session })
        return
      case 'TEARDOWN':
        this.end()
        this.#reply(request, 200, { Session: this.#session })
        return
      default:
        this.#reply(request, 501, {})
    }
  }

  #describe(request: Request): void {
    const stream = this.#streamOf(request.uri)
    if (stream === null) {
      this.#reply(request, 404, {})
      return
    }
    const { sps, pps } = stream.parameterSets
    const body = [
      'v=0',
      `o=- ${this.#session.length} 1 IN IP4 127.0.0.1`,
      's=demo camera',
      'c=IN IP4 0.0.0.0',
      't=0 0',
      'a=control:*',
      `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
      `a=rtpmap:${PAYLOAD_TYPE} H264/90000`,
      `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${sps.toString('hex', 1, 4)};sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')}`,
      'a=control:track0',
      '',
    ].join('\r\n')
    this.#reply(request, 200, { 'Content-Base': `${request.uri.replace(/\/$/, '')}/`, 'Content-Type': 'application/sdp' }, body)
  }

  #setUp(request: Request): void {
    const channel = /RTP\/AVP\/TCP.*interleaved=(\d{1,3})-\d{1,3}/.exec(request.headers.get('transport') ?? '')?.[1]
    const stream = this.#streamOf(request.uri.replace(/\/track0\/?$/, ''))
    if (stream === null) this.#reply(request, 404, {})
    else if (channel === undefined || Number(channel) > 254) this.#reply(request, 461, {})
    else {
      const ssrc = randomInt(2 ** 32)
      this.#stream = stream
      this.#packetizer = new RtpPacketizer(Number(channel), ssrc, randomInt(2 ** 16))
      this.#reply(request, 200, {
        Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${Number(channel) + 1};ssrc=${ssrc.toString(16).padStart(8, '0')}`,
        Session: `${this.#session};timeout=${SESSION_TIMEOUT_S}`,
      })
    }
  }

  #play(request: Request): void {
    const packetizer = this.#packetizer
    if (this.#stream === null || packetizer === null) {
      this.#reply(request, 455, {})
      return
    }
    this.#reply(request, 200, {
      Session: this.#session,
      Range: 'npt=0.000-',
      'RTP-Info': `url=${request.uri.replace(/\/$/, '')}/track0;seq=${packetizer.nextSequence}`,
    })
    this.#stopWatching?.()
    this.#skipsToKey = true
    this.#stopWatching = this.#stream.watch(({ nals, isKey, rtpTime }) => {
      if (this.#socket.writableLength > MAX_BACKLOG_BYTES) this.#skipsToKey = true
      else if (isKey) this.#skipsToKey = false
      if (!this.#skipsToKey) this.#socket.write(packetizer.frame(nals, rtpTime))
    })
  }

  #streamOf(uri: string): CameraStream | null {
    const path = URL.canParse(uri) ? new URL(uri).pathname.replace(/\/$/, '') : ''
    return this.#options.streams.get(path) ?? null
  }

  /** Digest sign-in as in RFC 2617 without quality of protection, which is what RTSP cameras ask for. */
  #mayEnter({ method, headers }: Request): boolean {
    const { credentials } = this.#options
    if (credentials === null) return true
    const given = headers.get('authorization') ?? ''
    const part = (name: string): string => new RegExp(`[ ,]${name}="([^"]*)"`).exec(given)?.[1] ?? ''
    const first = md5(`${credentials.username}:${REALM}:${credentials.password}`)
    const expected = md5(`${first}:${this.#nonce}:${md5(`${method}:${part('uri')}`)}`)
    return given.startsWith('Digest ') && part('username') === credentials.username && part('response') === expected
  }

  #reply(request: Request, status: keyof typeof STATUS, headers: Readonly<Record<string, string>>, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
    const head = [`RTSP/1.0 ${status} ${STATUS[status]}`, `CSeq: ${request.headers.get('cseq') ?? 0}`, ...lines, ...length]
    this.#socket.write(`${head.join('\r\n')}${HEAD_END}${body}`)
  }
}

const STATUS = {
  200: 'OK',
  401: 'Unauthorized',
  404: 'Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
} as const

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function parseRequest(head: string): Request | null {
  const [first = '', ...rest] = head.split('\r\n')
  const match = /^([A-Z_]{1,20}) (\S{1,1024}) RTSP\/1\.\d$/.exec(first)
  if (match === null) return null
  const headers = new Map<string, string>()
  for (const line of rest) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { method: match[1] ?? '', uri: match[2] ?? '', headers }
}
