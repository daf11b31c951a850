import { CameraPull, type PullContext } from './camera-pull.ts'
import type { CameraReason } from './camera-report.ts'
import { FlowMeter } from './flow-meter.ts'
import type { Piece } from './fmp4-splitter.ts'
import { FragmentBus } from './fragment-bus.ts'

export interface ChannelListener {
  /** The first fragment after a silence. */
  flowing(): void
  lost(reason: CameraReason): void
}

/** One pull of one profile, and the bus that hands it to everybody who takes it. */
export class CameraChannel {
  readonly bus: FragmentBus
  readonly meter: FlowMeter
  readonly #pull: CameraPull
  readonly #listener: ChannelListener
  #isFlowing = false

  constructor(label: string, url: string, context: PullContext, listener: ChannelListener) {
    this.bus = new FragmentBus(context.now)
    this.meter = new FlowMeter(context.now)
    this.#listener = listener
    this.#pull = new CameraPull(label, url, context, {
      piece: (piece) => this.#piece(piece),
      lost: (reason) => {
        this.#isFlowing = false
        this.bus.broken()
        this.meter.reset()
        listener.lost(reason)
      },
    })
  }

  get isFlowing(): boolean {
    return this.#isFlowing
  }

  stop(): void {
    this.#pull.stop()
    this.bus.clear()
  }

  #piece(piece: Piece): void {
    if (piece.kind === 'init') return this.bus.init(piece)
    this.meter.add(piece.bytes.length)
    this.bus.fragment(piece)
    if (this.#isFlowing) return
    this.#isFlowing = true
    this.#listener.flowing()
  }
}
