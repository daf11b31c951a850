import { z } from 'zod'
import { ID_PATTERN } from '../domain/field.ts'

/**
 * Version of the text messages on `/media/at/:camera`, sent in `hello`.
 * 1: hello, stream, group, gap, end, seeked; until and seek from the viewer.
 */
export const RECORDING_PROTOCOL = 1

const instantMs = z.number().int().nonnegative()

/** Query of `/media/at/:camera`: the instant to begin at, Unix milliseconds or an ISO instant. */
export const recordingQuerySchema = z.strictObject({ t: z.string().min(1).max(40) })

/**
 * A text message of the server. Binary messages are an init segment (after `stream`) or one fragment, in order.
 * The frame of decode time `d` was taken at `wallMs + (d - decodeTime) / timescale` seconds of the last `group`.
 */
export const recordingMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.literal(RECORDING_PROTOCOL), camera: z.string().regex(ID_PATTERN) }),
  /** Before each init segment. */
  z.object({ type: z.literal('stream'), codec: z.string().max(64), timescale: z.number().int().positive() }),
  /** Before each group of pictures: when its key frame was taken. */
  z.object({ type: z.literal('group'), wallMs: instantMs, decodeTime: z.number().nonnegative() }),
  /** Nothing was recorded between two instants; `toMs` null: nor later, so far. */
  z.object({ type: z.literal('gap'), fromMs: instantMs, toMs: instantMs.nullable() }),
  /** All that is recorded was sent, up to this instant; a later `until` may find more. */
  z.object({ type: z.literal('end'), atMs: instantMs }),
  /** What follows begins at or before `t`; whatever was sent before belongs to an older place. */
  z.object({ type: z.literal('seeked'), t: instantMs }),
])
export type RecordingMessage = z.infer<typeof recordingMessageSchema>

/** What a viewer says: how far it wants to be sent (groups that begin at or before `wallMs`), or another place. */
export const recordingRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('until'), wallMs: instantMs }),
  z.strictObject({ type: z.literal('seek'), t: instantMs }),
])
export type RecordingRequest = z.infer<typeof recordingRequestSchema>
