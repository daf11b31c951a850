import type { MediaProfile } from '../../shared/protocol/media.ts'
import { createPlayer, nextKind } from './create-player.ts'
import type { PlayerKind, PlayerState, VideoPlayer } from './player.ts'

/** What a slot is to show. `kind` null: the best that works here. */
export interface SlotTarget {
  readonly cameraId: string
  readonly profile: MediaProfile
  readonly kind: PlayerKind | null
}

interface Playing {
  readonly target: SlotTarget
  readonly player: VideoPlayer
  readonly element: HTMLElement
}

/**
 * A place on the screen that shows one camera at a time. A change of profile or player keeps the old picture until the new one
 * moves; a change of camera takes the old one away at once, because a picture under another camera's name would be a lie.
 */
export class PlayerSlot {
  readonly #host: HTMLElement
  readonly #onState: (state: PlayerState) => void
  #shown: Playing | null = null
  #next: Playing | null = null
  #isNextWanted = false

  constructor(host: HTMLElement, onState: (state: PlayerState) => void) {
    this.#host = host
    this.#onState = onState
  }

  /** Shows a target as soon as it has a picture, at once when it was warmed. */
  show(target: SlotTarget): void {
    if (this.#shown !== null && isSame(this.#shown.target, target)) {
      this.#dropNext()
      return
    }
    if (this.#next === null || !isSame(this.#next.target, target)) {
      this.#dropNext()
      this.#next = this.#begin(target)
    }
    this.#isNextWanted = true
    const changesCamera = this.#shown?.target.cameraId !== target.cameraId
    if (this.#shown === null || changesCamera || this.#next.player.state.phase === 'playing') this.#swap()
  }

  /** Begins a target out of sight, so that `show` finds it playing. */
  warm(target: SlotTarget): void {
    if (this.#next !== null && isSame(this.#next.target, target)) return
    if (this.#shown !== null && isSame(this.#shown.target, target)) return
    this.#dropNext()
    this.#next = this.#begin(target)
  }

  close(): void {
    this.#dropNext()
    if (this.#shown !== null) end(this.#shown)
    this.#shown = null
  }

  #begin(target: SlotTarget): Playing {
    const element = document.createElement('div')
    element.className = 'player-slot-next'
    this.#host.append(element)
    const player = createPlayer(target)
    const playing: Playing = { target, player, element }
    player.attach(element)
    player.onState((state) => this.#heard(playing, state))
    player.start()
    return playing
  }

  #heard(playing: Playing, state: PlayerState): void {
    if (state.phase === 'unsupported' && playing.target.kind === null) {
      const kind = nextKind(playing.player.kind)
      if (kind !== null) {
        this.#replace(playing, kind)
        return
      }
    }
    if (playing === this.#shown) this.#onState(state)
    else if (playing === this.#next && this.#isNextWanted && state.phase === 'playing') this.#swap()
  }

  /** The same target by another kind of player, in the same place. */
  #replace(playing: Playing, kind: PlayerKind): void {
    const element = document.createElement('div')
    element.className = playing.element.className
    this.#host.append(element)
    const player = createPlayer({ ...playing.target, kind })
    const other: Playing = { target: playing.target, player, element }
    player.attach(element)
    player.onState((state) => this.#heard(other, state))
    if (playing === this.#shown) this.#shown = other
    else if (playing === this.#next) this.#next = other
    end(playing)
    player.start()
  }

  #swap(): void {
    const old = this.#shown
    this.#shown = this.#next
    this.#next = null
    this.#isNextWanted = false
    if (old !== null) end(old)
    if (this.#shown === null) return
    this.#shown.element.className = 'player-slot-shown'
    this.#onState(this.#shown.player.state)
  }

  #dropNext(): void {
    if (this.#next !== null) end(this.#next)
    this.#next = null
    this.#isNextWanted = false
  }
}

function end({ player, element }: Playing): void {
  player.stop()
  element.remove()
}

function isSame(one: SlotTarget, other: SlotTarget): boolean {
  return one.cameraId === other.cameraId && one.profile === other.profile && one.kind === other.kind
}

/** From this many device pixels of width on, the main profile is worth its decoding; below the second, the small one is enough. */
const MAIN_FROM_PX = 960
const SUB_BELOW_PX = 800

/** The profile for a tile of this width; between the two limits it stays what it was, so that a border does not make it flutter. */
export function profileForWidth(widthPx: number, present: MediaProfile): MediaProfile {
  if (widthPx >= MAIN_FROM_PX) return 'main'
  return widthPx < SUB_BELOW_PX ? 'sub' : present
}
