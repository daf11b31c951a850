import type { MediaMode, MediaProfile } from '../../shared/protocol/media.ts'
import type { CameraEntry } from './camera-entry.ts'
import type { Fragment, StreamHead } from './fragment-bus.ts'

/** Takes what a feed chose, with how it came to be. */
export interface FeedSink {
  head(head: StreamHead, mode: MediaMode, profile: MediaProfile): void
  fragment(fragment: Fragment): void
  /** Nothing can be shown: encoders for more cameras than the machine has room for, or none at all. */
  unserved(): void
}

/**
 * One viewer's stream: the wanted profile as the camera sends it where the viewer can play that; else the camera's H.264
 * sub-stream; else the wanted profile encoded anew. Chosen by what the streams are, when their heads are there.
 */
export class ViewerFeed {
  readonly #entry: CameraEntry
  readonly #wanted: MediaProfile
  readonly #playsHevc: boolean
  readonly #sink: FeedSink
  #release: () => void = () => undefined
  #turn = 0

  constructor(entry: CameraEntry, wanted: MediaProfile, playsHevc: boolean, sink: FeedSink) {
    this.#entry = entry
    this.#wanted = entry.served(wanted)
    this.#playsHevc = playsHevc
    this.#sink = sink
    this.#copy(this.#wanted)
  }

  stop(): void {
    this.#turn += 1
    this.#release()
    this.#release = () => undefined
  }

  #copy(profile: MediaProfile): void {
    const taken = this.#entry.take(profile)
    if (taken === null) return
    const turn = this.#turn
    let isRefused = false
    const unsubscribe = taken.channel.bus.subscribe({
      head: (head) => {
        isRefused = !this.#playsHevc && isHevc(head)
        if (!isRefused) this.#sink.head(head, 'copy', profile)
        // Not here: whoever subscribes is not let go while it subscribes.
        else queueMicrotask(() => turn === this.#turn && this.#instead(profile))
      },
      fragment: (fragment) => {
        if (!isRefused) this.#sink.fragment(fragment)
      },
    })
    this.#release = () => {
      unsubscribe()
      taken.release()
    }
  }

  #instead(refused: MediaProfile): void {
    this.stop()
    if (refused === 'main' && this.#entry.served('sub') === 'sub') this.#copy('sub')
    else this.#transcode()
  }

  #transcode(): void {
    const profile = this.#wanted
    const taken = this.#entry.takeH264(profile)
    if (taken === null) return this.#sink.unserved()
    const unsubscribe = taken.transcoder.bus.subscribe({
      head: (head) => this.#sink.head(head, 'transcoded', profile),
      fragment: (fragment) => this.#sink.fragment(fragment),
    })
    this.#release = () => {
      unsubscribe()
      taken.release()
    }
  }
}

const isHevc = ({ track }: StreamHead): boolean => track.codec.startsWith('hvc1')
