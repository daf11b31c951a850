import { parseInstant } from '../../shared/domain/field.ts'
import type { VideoIndex } from '../../shared/history/viewer-index.ts'
import { element } from './elements.ts'

/** As many recordings as are watched beside each other. */
const MOST_SHOWN = 9
/** Further off than this a picture is moved at once; nearer, it is left to play. */
const MOST_DRIFT_SECONDS = 0.25
/** A picture that stands is put to its instant exactly. */
const STILL_SECONDS = 0.02
/** Beyond these a browser plays no video: the pictures then jump from instant to instant. */
const SLOWEST = 0.25
const FASTEST = 8

interface Tile {
  readonly tile: HTMLElement
  readonly video: HTMLVideoElement
  readonly files: readonly { readonly name: string; readonly fromMs: number; readonly toMs: number }[]
  shown: string | null
}

/** The recordings of a bundle, all led by one clock. */
export class VideoWall {
  readonly root = element('div', { class: 'videos' })
  readonly #tiles: readonly Tile[]

  /** @param nameOf what a camera is called @param none said where nothing is recorded */
  constructor(videos: VideoIndex, nameOf: (cameraId: string) => string, none: string) {
    this.#tiles = videos.slice(0, MOST_SHOWN).map(({ cameraId, files }) => {
      const video = element('video', { muted: '', playsinline: '', preload: 'auto' })
      video.muted = true
      const tile = element(
        'figure',
        { 'data-camera': cameraId, 'data-recorded': 'false' },
        video,
        element('p', {}, none),
        element('figcaption', {}, nameOf(cameraId)),
      )
      this.root.append(tile)
      const spans = files.map(({ name, from, to }) => ({ name, fromMs: parseInstant(from) ?? 0, toMs: parseInstant(to) ?? 0 }))
      return { tile, video, files: spans, shown: null }
    })
  }

  /** Shows every recording at an instant; where there is none it says so, and never a frozen picture. */
  show(atMs: number, playing: boolean, speed: number): void {
    for (const one of this.#tiles) {
      const file = one.files.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)
      one.tile.dataset['recorded'] = String(file !== undefined)
      if (file === undefined) {
        one.video.pause()
        continue
      }
      if (one.shown !== file.name) {
        one.shown = file.name
        one.video.src = file.name
      }
      follow(one.video, (atMs - file.fromMs) / 1000, playing, speed)
    }
  }
}

function follow(video: HTMLVideoElement, dueSeconds: number, playing: boolean, speed: number): void {
  const plays = playing && speed >= SLOWEST && speed <= FASTEST
  if (plays) {
    video.playbackRate = speed
    // Refused only while it loads; the next frame asks again.
    if (video.paused) video.play().catch(() => undefined)
  } else if (!video.paused) video.pause()
  const drift = Math.abs(video.currentTime - dueSeconds)
  if (!video.seeking && video.readyState > 0 && drift > (plays ? MOST_DRIFT_SECONDS * Math.max(1, speed) : STILL_SECONDS))
    video.currentTime = dueSeconds
}
