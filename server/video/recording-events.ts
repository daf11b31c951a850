import { z } from 'zod'
import { ID_PATTERN } from '../../shared/domain/field.ts'

/** `always`; `alarm`: from before until after an alarm, out of memory; `never`. */
export const RECORDING_MODES = ['always', 'alarm', 'never'] as const
export type RecordingMode = (typeof RECORDING_MODES)[number]

const cameraId = z.string().regex(ID_PATTERN)
const wallMs = z.number().int().nonnegative()

/**
 * What the recorder did, told after it is in the file, so that the index never names what is not there. `startMs` names a
 * camera's segment; `decodeTime` is in units of the segment's timescale; `offset` is where the group's key frame begins in the file.
 */
export const recordingEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    cameraId,
    startMs: wallMs,
    path: z.string(),
    initBytes: z.number().int(),
    codec: z.string(),
    timescale: z.number().int(),
  }),
  z.object({
    kind: z.literal('group'),
    cameraId,
    startMs: wallMs,
    wallMs,
    decodeTime: z.number().int().nonnegative(),
    offset: z.number().int(),
  }),
  z.object({ kind: z.literal('closed'), cameraId, startMs: wallMs, endMs: wallMs, bytes: z.number().int() }),
  z.object({ kind: z.literal('fault'), cameraId }),
])
export type RecordingEvent = z.infer<typeof recordingEventSchema>
