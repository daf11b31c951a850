/** What a camera's own answers prove about why its pull cannot go on. */
export type RtspVerdict = 'sign_in_refused' | 'not_found' | 'redirected' | 'not_video' | 'not_h264'

export type VideoCodec = 'h264' | 'h265'

/** Longest head or SDP of an answer; real ones are under 4 KB. */
const MAX_ANSWER_BYTES = 64 * 1024
const HEAD_END = '\r\n\r\n'
const STATUS_LINE = /^RTSP\/1\.\d (\d{3})/

/**
 * Reads along with an RTSP conversation until it plays, and says what the camera's answers mean. It never changes a byte.
 * Reading the answers themselves is the only way to tell a wrong password from a dead camera without matching ffmpeg's messages.
 */
export class RtspTap {
  /** What was proven against the camera; null while nothing was. `redirected` and `not_video` must be cut at once. */
  verdict: RtspVerdict | null = null
  /** The codec that the camera's description offers; null before it was read. */
  codec: VideoCodec | null = null
  /** Whether the camera accepted PLAY, after which bytes are no longer read. */
  isPlaying = false
  #answer: Buffer = Buffer.alloc(0)
  #requests = ''
  #methods: string[] = []
  #signedIn = false
  readonly #hasCredentials: boolean
  readonly #accepts: readonly VideoCodec[]

  constructor(hasCredentials: boolean, accepts: readonly VideoCodec[]) {
    this.#hasCredentials = hasCredentials
    this.#accepts = accepts
  }

  /** Bytes from ffmpeg to the camera. */
  sent(chunk: Buffer): void {
    if (this.isPlaying) return
    this.#requests += chunk.toString('latin1')
    let end = this.#requests.indexOf(HEAD_END)
    while (end >= 0) {
      const head = this.#requests.slice(0, end)
      this.#methods.push(head.slice(0, head.indexOf(' ')))
      this.#signedIn = /\r\nauthorization:/i.test(head)
      this.#requests = this.#requests.slice(end + HEAD_END.length)
      end = this.#requests.indexOf(HEAD_END)
    }
    if (this.#requests.length > MAX_ANSWER_BYTES) this.#requests = ''
  }

  /** Bytes from the camera to ffmpeg. */
  received(chunk: Buffer): void {
    if (this.isPlaying || this.#mustCut()) return
    this.#answer = Buffer.concat([this.#answer, chunk])
    while (!this.isPlaying && !this.#mustCut() && this.#next());
    if (this.#answer.length > MAX_ANSWER_BYTES) this.verdict ??= 'not_video'
  }

  #mustCut(): boolean {
    return this.verdict === 'redirected' || this.verdict === 'not_video'
  }

  /** Takes one whole answer off the front; false when there is none yet. */
  #next(): boolean {
    if (this.#answer.length === 0) return false
    // An interleaved packet before PLAY was answered: media flows, so the conversation is over.
    if (this.#answer[0] === 0x24) {
      this.#playing()
      return false
    }
    const end = this.#answer.indexOf(HEAD_END)
    const opening = this.#answer.toString('latin1', 0, 9)
    if (!'RTSP/1.0 '.startsWith(opening.slice(0, 7)) && !/^[A-Z_]+( |$)/.test(opening)) {
      this.verdict = 'not_video'
      return false
    }
    if (end < 0) return false
    const head = this.#answer.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length:\s*(\d{1,6})/i.exec(head)?.[1] ?? 0)
    const total = end + HEAD_END.length + length
    if (this.#answer.length < total) return false
    this.#judge(head, this.#answer.toString('latin1', end + HEAD_END.length, total))
    this.#answer = this.#answer.subarray(total)
    return true
  }

  #judge(head: string, body: string): void {
    const status = Number(STATUS_LINE.exec(head)?.[1] ?? 0)
    if (status === 0) {
      // A request of the camera's own. REDIRECT would lead ffmpeg away; anything that is no RTSP is no camera.
      if (head.startsWith('REDIRECT ')) this.verdict = 'redirected'
      else if (!/ RTSP\/1\.\d(\r\n|$)/.test(head)) this.verdict = 'not_video'
      return
    }
    const method = this.#methods.shift() ?? ''
    if (status >= 300 && status < 400) this.verdict = 'redirected'
    else if (status === 401) this.#refused(head)
    else if (status === 403) this.verdict = 'sign_in_refused'
    else if (status === 404 || status === 454) this.verdict = 'not_found'
    else if (status === 200 && method === 'DESCRIBE') this.#described(body)
    else if (status === 200 && method === 'PLAY') this.#playing()
  }

  #refused(head: string): void {
    const isStale = /stale\s*=\s*"?true/i.test(head)
    if (!this.#hasCredentials || (this.#signedIn && !isStale)) this.verdict = 'sign_in_refused'
  }

  #described(sdp: string): void {
    const video = sdp.split(/\r?\n(?=m=)/).find((section) => section.startsWith('m=video'))
    if (video === undefined) {
      this.verdict = 'not_video'
      return
    }
    const name = /\na=rtpmap:\d+ ([\w-]+)\//i.exec(video)?.[1]?.toUpperCase()
    this.codec = name === 'H264' ? 'h264' : name === 'H265' || name === 'HEVC' ? 'h265' : null
    if (this.codec === null || !this.#accepts.includes(this.codec)) this.verdict = 'not_h264'
  }

  #playing(): void {
    this.isPlaying = true
    this.#answer = Buffer.alloc(0)
    this.#requests = ''
    this.#methods = []
  }
}
