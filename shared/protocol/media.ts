import { z } from 'zod'
import { CAMERA_REASONS, CAMERA_STATES } from '../domain/cameras.ts'
import { ID_PATTERN } from '../domain/field.ts'

/**
 * Version of the media socket's text messages, sent in `hello`.
 * 1: hello, state, stream, mark, pong; ping from the viewer.
 * 2: `stream` names its profile, which may be another than the one asked for; `hevc` in the query.
 */
export const MEDIA_PROTOCOL = 2

/** `main` is a camera's full picture, `sub` the small one meant for walls. */
export const MEDIA_PROFILES = ['main', 'sub'] as const
export type MediaProfile = (typeof MEDIA_PROFILES)[number]

/** `fmp4`: H.264 or H.265 as the camera sends it, one frame a fragment. `mpeg1`: MPEG-TS with MPEG-1 video for JSMpeg. */
export const MEDIA_FORMATS = ['fmp4', 'mpeg1'] as const
export type MediaFormat = (typeof MEDIA_FORMATS)[number]

/** How the bytes came to be: as the camera sent them, re-encoded to H.264, or as MPEG-1. */
export const MEDIA_MODES = ['copy', 'transcoded', 'mpeg1'] as const
export type MediaMode = (typeof MEDIA_MODES)[number]

/** Query of `/media/live/:camera`. `hevc=1`: the viewer plays H.265 as the camera sends it. */
export const mediaQuerySchema = z.strictObject({
  profile: z.enum(MEDIA_PROFILES).default('main'),
  format: z.enum(MEDIA_FORMATS).default('fmp4'),
  hevc: z
    .enum(['0', '1'])
    .default('0')
    .transform((text) => text === '1'),
})

const instantMs = z.number().int().nonnegative()

/** A text message of the server. Binary messages are media: for `fmp4` an init segment (begins with `ftyp`) or one fragment (`moof`). */
export const mediaMessageSchema = z.discriminatedUnion('type', [
  /** First of all. `profile` is the one served, which is `main` where the camera has no sub-stream. */
  z.object({
    type: z.literal('hello'),
    protocol: z.literal(MEDIA_PROTOCOL),
    camera: z.string().regex(ID_PATTERN),
    profile: z.enum(MEDIA_PROFILES),
    format: z.enum(MEDIA_FORMATS),
  }),
  /** The camera's state now and at each change. A viewer stays connected while a camera is away. */
  z.object({
    type: z.literal('state'),
    state: z.enum(CAMERA_STATES),
    reason: z.enum(CAMERA_REASONS).nullable(),
    sinceMs: instantMs,
    atMs: instantMs,
  }),
  /** Before each init segment: what follows. `timescale` is units of decode time a second. */
  z.object({
    type: z.literal('stream'),
    mode: z.enum(MEDIA_MODES),
    profile: z.enum(MEDIA_PROFILES),
    codec: z.string().max(64),
    widthPx: z.number().int().nonnegative(),
    heightPx: z.number().int().nonnegative(),
    timescale: z.number().int().positive(),
  }),
  /** Once a second: the frame of `decodeTime` reached the server at `atMs`, so a viewer can tell how late its picture is. */
  z.object({ type: z.literal('mark'), decodeTime: z.number().nonnegative(), atMs: instantMs }),
  /** Answer to a ping, with the server's clock. */
  z.object({ type: z.literal('pong'), sentAtMs: z.number(), atMs: instantMs }),
])
export type MediaMessage = z.infer<typeof mediaMessageSchema>

/** The only message a viewer sends; at most one a second is answered. */
export const viewerMessageSchema = z.strictObject({ type: z.literal('ping'), sentAtMs: z.number() })
export type ViewerMessage = z.infer<typeof viewerMessageSchema>

/** Close codes of a media socket, in the range that RFC 6455 leaves to applications. */
export const MEDIA_CLOSE = {
  /** The session, role or consent behind this viewer ended: do not come back without signing in. */
  ended: 4001,
  /** The camera was removed or is not defined. */
  unknownCamera: 4004,
  /** The server is stopping or its video process is being started again: come back in a moment. */
  restarting: 4013,
  /** Too many viewers of one kind. */
  tooMany: 4029,
} as const
