import { choice, number, position, text, type FieldsOf, type FieldSpecs } from './field.ts'

export const CAMERA_OWNER_KINDS = ['compound', 'merchant', 'street'] as const
export const CAMERA_STATES = ['online', 'degraded', 'offline', 'disabled'] as const
/** Why a camera is not simply online; closed, so that a screen can say each in plain words. */
export const CAMERA_REASONS = [
  'starting',
  'sign_in_refused',
  'no_route',
  'refused',
  'timed_out',
  'not_found',
  'not_h264',
  'not_video',
  'address_refused',
  'redirected',
  'stalled',
  'frozen',
  'slow',
  'disk_full',
  'ffmpeg_missing',
  'hub_down',
  'switched_off',
  'lost',
] as const

/** 摄像头: place, view and health. Its address is a secret of the registry and never a field. */
export const cameraFields = {
  name: text(60),
  ownerKind: choice(CAMERA_OWNER_KINDS, { nullable: true }),
  position: position(),
  bearingDeg: number({ min: 0, max: 360, decimals: 1 }, { nullable: true }),
  fieldOfViewDeg: number({ min: 1, max: 360, decimals: 1 }, { nullable: true }),
  rangeMeters: number({ min: 1, max: 2000, decimals: 1 }, { nullable: true }),
  state: choice(CAMERA_STATES, { live: true }),
  reason: choice(CAMERA_REASONS, { nullable: true, live: true }),
  fps: number({ min: 0, max: 240, decimals: 1 }, { nullable: true, live: true }),
  bitrateKbps: number({ min: 0, max: 1_000_000 }, { nullable: true, live: true }),
} satisfies FieldSpecs

export type Camera = FieldsOf<typeof cameraFields>
