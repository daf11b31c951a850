import type { RecordingMode } from './recording-events.ts'
import type { CAMERA_REASONS, CAMERA_STATES } from '../../shared/domain/cameras.ts'

export type CameraState = (typeof CAMERA_STATES)[number]
export type CameraReason = (typeof CAMERA_REASONS)[number]

/** A camera as the hub knows it. `url` and `subUrl` hold its sign-in: they go to the hub by IPC and nowhere else. */
export interface CameraSource {
  readonly id: string
  readonly url: string
  readonly subUrl: string | null
  readonly enabled: boolean
  /** Left out: never. */
  readonly recording?: RecordingMode
}

/** A camera's health at one instant. `sinceMs` is when the present state and reason began; times are Unix milliseconds. */
export interface CameraReport {
  readonly cameraId: string
  readonly state: CameraState
  readonly reason: CameraReason | null
  readonly sinceMs: number
  readonly observedAtMs: number
  /** Frames a second and bit rate of the main profile over the last seconds; null when nothing flows. */
  readonly fps: number | null
  readonly bitrateKbps: number | null
}
