import type { CAMERA_REASONS, CAMERA_STATES } from '../../shared/domain/cameras.ts'
import type { MediaProfile } from '../../shared/protocol/media.ts'

export type PlayerKind = 'webcodecs' | 'mse' | 'jsmpeg'

/** What the camera's own state is, as the server told over the media socket; `sinceMs` is the server's clock. */
export interface CameraStatus {
  readonly state: (typeof CAMERA_STATES)[number]
  readonly reason: (typeof CAMERA_REASONS)[number] | null
  readonly sinceMs: number
}

/**
 * What a viewer may believe of the picture. `connecting`: no link. `waiting`: linked, no picture yet. `playing`: the picture is
 * live. `frozen`: a picture is shown that is no longer live, and must be marked so. `ended`: the right to look ended.
 * `unsupported`: this browser cannot play it in this way.
 */
export type PlayerPhase = 'connecting' | 'waiting' | 'playing' | 'frozen' | 'ended' | 'unsupported'

/** Figures for the diagnostics line; null where not known. `delayMs` is from the server's receipt of a frame to its drawing. */
export interface PlayerDiagnostics {
  readonly kind: PlayerKind
  readonly mode: 'copy' | 'transcoded' | 'mpeg1' | null
  /** The profile that is served, and the one that the tile asked for. */
  readonly profile: MediaProfile | null
  readonly wantedProfile: MediaProfile
  readonly codec: string | null
  readonly widthPx: number | null
  readonly heightPx: number | null
  readonly fps: number | null
  readonly bitrateKbps: number | null
  readonly delayMs: number | null
  readonly droppedFrames: number
}

export interface PlayerState {
  readonly phase: PlayerPhase
  readonly camera: CameraStatus | null
  readonly diagnostics: PlayerDiagnostics
}

/** One way to show one camera. Made by `createPlayer`; used once: after `stop` it is done. */
export interface VideoPlayer {
  readonly kind: PlayerKind
  readonly state: PlayerState
  /** Puts the picture's element into `host`, filling it; call before `start`. */
  attach(host: HTMLElement): void
  /** Connects, and keeps connecting until `stop`. */
  start(): void
  /** Disconnects, frees decoders and takes the element away. */
  stop(): void
  /** Called at each change of phase or camera state, and twice a second while playing. Returns how to stop listening. */
  onState(listener: (state: PlayerState) => void): () => void
}

export interface PlayerOptions {
  readonly cameraId: string
  readonly profile: MediaProfile
  /** Null takes the best that this browser can do. */
  readonly kind?: PlayerKind | null
}
