import type { WebSocket } from 'ws'
import { RECORDING_PROTOCOL, recordingRequestSchema, type RecordingMessage } from '../../shared/protocol/media-recording.ts'
import type { Gop, RecordingIndex } from './recording-index.ts'
import { groupHolding, RecordingReader } from './recording-reader.ts'

/** Sent ahead before the viewer says how much it wants. */
const FIRST_AHEAD_MS = 10_000
/** Above this much unsent, reading waits for the socket. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const BUFFER_LOOK_MS = 20

/** One viewer of one camera's recording, at its own pace: it says how far it wants to be sent, and may jump. */
export class RecordingSession {
  readonly #socket: WebSocket
  readonly #index: RecordingIndex
  readonly #cameraId: string
  readonly #reader: RecordingReader
  #untilMs: number
  /** The newest group that was sent; null: the next is looked for at `#placeMs`. */
  #last: Gop | null = null
  #placeMs: number
  /** Counts jumps, so that a read under way for an older place is dropped. */
  #place = 0
  #isPumping = false
  #initOf: number | null = null
  #toldEndMs: number | null = null

  constructor(socket: WebSocket, index: RecordingIndex, folder: string, cameraId: string, atMs: number) {
    this.#socket = socket
    this.#index = index
    this.#cameraId = cameraId
    this.#reader = new RecordingReader(index, folder)
    this.#placeMs = atMs
    this.#untilMs = atMs + FIRST_AHEAD_MS
    socket.on('message', (data, isBinary) => {
      if (!isBinary && data instanceof Buffer) this.#heard(data)
    })
    socket.on('close', () => void this.#reader.close())
    this.#say({ type: 'hello', protocol: RECORDING_PROTOCOL, camera: cameraId })
    void this.#pump()
  }

  #heard(data: Buffer): void {
    let body: unknown
    try {
      body = JSON.parse(data.toString('utf8'))
    } catch {
      // Not ours to answer.
      return
    }
    const request = recordingRequestSchema.safeParse(body)
    if (!request.success) return
    if (request.data.type === 'until') this.#untilMs = request.data.wallMs
    else {
      const { t } = request.data
      this.#place += 1
      this.#placeMs = t
      this.#untilMs = t + FIRST_AHEAD_MS
      this.#last = null
      this.#initOf = null
      this.#toldEndMs = null
      this.#say({ type: 'seeked', t })
    }
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    try {
      while (this.#socket.readyState === this.#socket.OPEN && (await this.#step()));
    } catch {
      // A file that went by retention while it was read: the viewer asks again and hears of the gap.
      this.#socket.close(1011, 'unreadable')
    } finally {
      this.#isPumping = false
    }
  }

  /** Sends one group; false when there is nothing to do now. */
  async #step(): Promise<boolean> {
    const place = this.#place
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, BUFFER_LOOK_MS))
      return true
    }
    const next = await this.#whole(await this.#next())
    if (place !== this.#place) return true
    if (next === null) return this.#end(this.#last?.wallMs ?? this.#placeMs)
    if (next.wallMs > this.#untilMs) return false
    const group = await this.#reader.group(next)
    const init = group === null || this.#initOf === next.startMs ? null : await this.#reader.init(group.segment)
    if (place !== this.#place || group === null) return place !== this.#place
    if (init !== null) {
      this.#initOf = next.startMs
      this.#say({ type: 'stream', codec: group.segment.codec, timescale: group.segment.timescale })
      this.#socket.send(init, { binary: true })
    }
    this.#say({ type: 'group', wallMs: next.wallMs, decodeTime: next.decodeTime })
    for (const { bytes } of group.fragments) this.#socket.send(bytes, { binary: true })
    this.#last = next
    this.#toldEndMs = null
    return true
  }

  /** Null for the newest group of a segment that is still written: it is sent when the one after it shows that it is whole. */
  async #whole(gop: Gop | null): Promise<Gop | null> {
    if (gop === null || (await this.#index.gopAfter(gop.cameraId, gop.wallMs)) !== null) return gop
    const segment = await this.#index.segment(gop.cameraId, gop.startMs)
    return segment?.closed === true ? gop : null
  }

  /** The group that is due, telling of the gap before it. */
  async #next(): Promise<Gop | null> {
    const last = this.#last
    if (last === null) {
      const holding = await groupHolding(this.#index, this.#cameraId, this.#placeMs)
      if (holding !== null) return holding
      const after = await this.#index.gopAfter(this.#cameraId, this.#placeMs)
      this.#gap(this.#placeMs, after?.wallMs ?? null)
      return after
    }
    const next = await this.#index.gopAfter(this.#cameraId, last.wallMs)
    if (next === null || next.startMs === last.startMs) return next
    const segment = await this.#index.segment(this.#cameraId, last.startMs)
    const endMs = segment?.endMs ?? last.wallMs
    if ((await groupHolding(this.#index, this.#cameraId, next.wallMs - 1)) === null) this.#gap(endMs, next.wallMs)
    return next
  }

  #gap(fromMs: number, toMs: number | null): void {
    if (toMs === null && this.#toldEndMs !== null) return
    this.#say({ type: 'gap', fromMs, toMs })
  }

  #end(atMs: number): false {
    if (this.#toldEndMs !== atMs) this.#say({ type: 'end', atMs })
    this.#toldEndMs = atMs
    return false
  }

  #say(message: RecordingMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
