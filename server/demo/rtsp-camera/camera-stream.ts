import { performance } from 'node:perf_hooks'
import { PictureCoder, type CodedBackground } from './picture-coder.ts'
import type { MovingScene } from './scene.ts'

/** NAL units of one frame with its time on the 90 kHz clock of RTP. */
export interface CodedFrame {
  readonly nals: readonly Buffer[]
  readonly isKey: boolean
  readonly rtpTime: number
}

const FRAMES_PER_SECOND = 15
const FRAME_MS = 1000 / FRAMES_PER_SECOND
/** A key frame every two seconds, and one for each new viewer. */
const KEY_INTERVAL = 2 * FRAMES_PER_SECOND
const RTP_CLOCK_HZ = 90_000

/** One camera's picture at one size, coded once for all who watch and not at all when nobody does. */
export class CameraStream {
  readonly parameterSets: Pick<CodedBackground, 'sps' | 'pps'>
  readonly #scene: MovingScene
  readonly #coder: PictureCoder
  readonly #now: () => number
  readonly #viewers = new Set<(frame: CodedFrame) => void>()
  #timer: NodeJS.Timeout | null = null
  #count = 0
  #sinceKey = KEY_INTERVAL
  #startedAt = 0

  constructor(scene: MovingScene, background: CodedBackground, rows: ReadonlySet<number>, now: () => number) {
    this.#scene = scene
    this.#coder = new PictureCoder(background, rows)
    this.parameterSets = background
    this.#now = now
  }

  /** Begins with a key frame at the next tick. Returns how to stop watching. */
  watch(viewer: (frame: CodedFrame) => void): () => void {
    this.#viewers.add(viewer)
    // Two key frames must not follow each other at once (their ids would have to differ), so the next but one at the earliest.
    if (this.#sinceKey > 1) this.#sinceKey = KEY_INTERVAL
    if (this.#timer === null) {
      this.#startedAt = performance.now()
      this.#count = 0
      this.#schedule()
    }
    return () => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size > 0 || this.#timer === null) return
      clearTimeout(this.#timer)
      this.#timer = null
    }
  }

  /** Frames are due at fixed times from the start, so that a late timer does not make the clock drift. */
  #schedule(): void {
    const dueIn = this.#startedAt + this.#count * FRAME_MS - performance.now()
    this.#timer = setTimeout(
      () => {
        this.#frame()
        const behind = Math.floor((performance.now() - this.#startedAt) / FRAME_MS)
        this.#count = Math.max(this.#count + 1, behind)
        if (this.#viewers.size > 0) this.#schedule()
      },
      Math.max(0, dueIn),
    )
  }

  #frame(): void {
    const picture = this.#scene.draw(this.#now())
    const isKey = this.#sinceKey >= KEY_INTERVAL
    const nals = isKey ? this.#coder.keyFrame(picture) : this.#coder.deltaFrame(picture)
    picture.clean()
    this.#sinceKey = isKey ? 1 : this.#sinceKey + 1
    const rtpTime = Math.round((performance.now() * RTP_CLOCK_HZ) / 1000) % 2 ** 32
    for (const viewer of this.#viewers) viewer({ nals, isKey, rtpTime })
  }
}
