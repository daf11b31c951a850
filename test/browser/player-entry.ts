import { createPlayer, availableKinds } from '../../client/video/create-player.ts'
import { PlayerSlot } from '../../client/video/player-slot.ts'
import type { PlayerKind, PlayerPhase, PlayerState, VideoPlayer } from '../../client/video/player.ts'
import type { MediaProfile } from '../../shared/protocol/media.ts'

/** What a test does with the players of this page. */
export interface PlayerProbe {
  readonly kinds: readonly PlayerKind[]
  play(cameraId: string, profile: MediaProfile, kind: PlayerKind): number
  state(index: number): PlayerState | null
  /** The picture as it is on the screen, a pixel in four, as grey values; empty before the first frame. */
  picture(index: number): readonly number[]
  /** Milliseconds from `play` to the first picture; null before it. */
  firstPictureMs(index: number): number | null
  /** How late the clock that is burnt into the picture is on the screen, looked at with each animation frame for a time. */
  glassDelays(index: number, forMs: number): Promise<readonly number[]>
  stop(index: number): void
  /** Shows a profile in the one slot of this page. */
  showInSlot(cameraId: string, profile: MediaProfile): void
  /** The slot's state, what its picture's width is, and how many animation frames it was without a picture since it had one. */
  slot(): { readonly phase: PlayerPhase | null; readonly widthPx: number; readonly blackFrames: number }
}

const players: VideoPlayer[] = []
const hosts: HTMLElement[] = []
const begunAtMs: number[] = []
const firstAtMs: (number | null)[] = []

/** Squares of the burnt-in clock, and where they are in a picture 1280 wide; as the demo's scene draws them. */
const CLOCK = { bits: 40, left: 640, top: 112, side: 16, pictureWidth: 1280 }

type Screen = HTMLCanvasElement | HTMLVideoElement
const isScreen = (element: unknown): element is Screen =>
  element instanceof HTMLCanvasElement || element instanceof HTMLVideoElement
const widthOf = (screen: Screen): number => (screen instanceof HTMLVideoElement ? screen.videoWidth : screen.width)

/** The burnt-in instant, lowest bits of Unix milliseconds. */
function burntIn(screen: Screen, context: CanvasRenderingContext2D): number {
  const scale = widthOf(screen) / CLOCK.pictureWidth
  const width = CLOCK.bits * CLOCK.side * scale
  context.drawImage(screen, CLOCK.left * scale, (CLOCK.top + CLOCK.side / 2) * scale, width, 1, 0, 0, CLOCK.bits * 4, 1)
  const { data } = context.getImageData(0, 0, CLOCK.bits * 4, 1)
  let value = 0
  for (let bit = 0; bit < CLOCK.bits; bit++) value = value * 2 + ((data[(bit * 4 + 2) * 4] ?? 0) > 128 ? 1 : 0)
  return value
}

async function glassDelays(index: number, forMs: number): Promise<readonly number[]> {
  const screen = hosts[index]?.firstElementChild
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = [CLOCK.bits * 4, 1]
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!isScreen(screen) || context === null) return []
  const delays: number[] = []
  const untilMs = performance.now() + forMs
  while (performance.now() < untilMs) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    delays.push((Date.now() % 2 ** CLOCK.bits) - burntIn(screen, context))
  }
  return delays
}

let slot: PlayerSlot | null = null
let slotHost: HTMLElement | null = null
let slotPhase: PlayerPhase | null = null
let [hadPicture, blackFrames] = [false, 0]

function shownInSlot(): Screen | null {
  const screen = slotHost?.querySelector('.player-slot-shown')?.firstElementChild
  return isScreen(screen) ? screen : null
}

function showInSlot(cameraId: string, profile: MediaProfile): void {
  if (slot === null) {
    slotHost = document.createElement('div')
    slotHost.style.cssText = 'position:relative;width:320px;height:180px'
    document.body.append(slotHost)
    slot = new PlayerSlot(slotHost, ({ phase }) => (slotPhase = phase))
    const look = (): void => {
      const grey = greyOf(shownInSlot())
      const isBlack = grey.every((value) => value < 8)
      if (hadPicture && isBlack) blackFrames += 1
      if (!isBlack) hadPicture = true
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
  slot.show({ cameraId, profile, kind: 'webcodecs' })
}

function picture(index: number): readonly number[] {
  const element = hosts[index]?.firstElementChild
  return isScreen(element) ? greyOf(element) : []
}

function greyOf(element: Screen | null): readonly number[] {
  if (element === null) return []
  const canvas = document.createElement('canvas')
  canvas.width = 64
  canvas.height = 36
  const context = canvas.getContext('2d')
  if (context === null) return []
  context.drawImage(element, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  return Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4 + 1] ?? 0)
}

const probe: PlayerProbe = {
  kinds: availableKinds(),
  play(cameraId, profile, kind) {
    const player = createPlayer({ cameraId, profile, kind })
    const host = document.createElement('div')
    host.style.cssText = 'display:inline-block;width:320px;height:180px'
    document.body.append(host)
    player.attach(host)
    const index = players.length
    begunAtMs.push(performance.now())
    firstAtMs.push(null)
    player.onState(({ phase }) => {
      if (phase === 'playing') firstAtMs[index] ??= performance.now()
    })
    player.start()
    hosts.push(host)
    return players.push(player) - 1
  },
  state: (index) => players[index]?.state ?? null,
  picture,
  firstPictureMs: (index) => {
    const first = firstAtMs[index] ?? null
    return first === null ? null : first - (begunAtMs[index] ?? 0)
  },
  glassDelays,
  stop(index) {
    players[index]?.stop()
    hosts[index]?.remove()
  },
  showInSlot,
  slot() {
    const screen = shownInSlot()
    return { phase: slotPhase, widthPx: screen === null ? 0 : widthOf(screen), blackFrames }
  },
}
;(globalThis as unknown as { probe: PlayerProbe }).probe = probe
