import { z } from 'zod'
import { CAMERA_REASONS, CAMERA_STATES } from '../../shared/domain/cameras.ts'
import { ID_PATTERN } from '../../shared/domain/field.ts'
import { PULL_WAYS } from './camera-pull.ts'
import { RECORDING_MODES, recordingEventSchema } from './recording-events.ts'

const cameraId = z.string().regex(ID_PATTERN)
const requestId = z.number().int().nonnegative()

/** What the server tells its video process, over the fork's own channel: urls with sign-ins travel here and nowhere else. */
export const hubCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('configure'),
    socketPath: z.string(),
    ffmpegPath: z.string().nullable(),
    pull: z.enum(PULL_WAYS),
    networks: z.string(),
    ports: z.string(),
    recordingsDir: z.string().nullable(),
  }),
  z.object({
    type: z.literal('define'),
    camera: z.object({
      id: cameraId,
      url: z.string(),
      subUrl: z.string().nullable(),
      enabled: z.boolean(),
      recording: z.enum(RECORDING_MODES).default('never'),
    }),
  }),
  z.object({ type: z.literal('remove'), cameraId }),
  z.object({ type: z.literal('record'), cameraId, fromMs: z.number(), untilMs: z.number() }),
  z.object({ type: z.literal('close'), handle: z.string(), code: z.number().int(), reason: z.string() }),
  z.object({ type: z.literal('snapshot'), requestId, cameraId }),
  z.object({ type: z.literal('stop') }),
])
export type HubCommand = z.input<typeof hubCommandSchema>
export type ReadHubCommand = z.output<typeof hubCommandSchema>

/** Why there is no still picture. */
export const SNAPSHOT_FAILURES = ['unknown_camera', 'no_picture', 'ffmpeg_missing', 'decoder_failed', 'hub_down'] as const

const snapshotResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), jpeg: z.instanceof(Uint8Array), atMs: z.number() }),
  z.object({ ok: z.literal(false), code: z.enum(SNAPSHOT_FAILURES) }),
])
/** A still picture and when its frame reached the hub, or why there is none. */
export type SnapshotResult = z.infer<typeof snapshotResultSchema>

/** What the video process tells the server. */
export const hubEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('report'),
    report: z.object({
      cameraId,
      state: z.enum(CAMERA_STATES),
      reason: z.enum(CAMERA_REASONS).nullable(),
      sinceMs: z.number(),
      observedAtMs: z.number(),
      fps: z.number().nullable(),
      bitrateKbps: z.number().nullable(),
    }),
  }),
  z.object({ type: z.literal('snapshot'), requestId, result: snapshotResultSchema }),
  z.object({ type: z.literal('recording'), event: recordingEventSchema }),
  z.object({ type: z.literal('log'), line: z.string() }),
])
export type HubEvent = z.infer<typeof hubEventSchema>
