import { z } from 'zod'

import { LAYERS } from '../domain/layers.ts'
import { epochSchema, instantSchema, seqSchema } from './wire-values.ts'

/** `json` is for anybody's client; `columns` is the compact form that needs a decoder (docs/protocol.md). */
export const ENCODINGS = ['columns', 'json'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** What a client asks for. Joining again on the same socket replaces what it had. */
export const joinRequestSchema = z.object({
  protocol: z.number(),
  layers: z.array(z.string().max(32)).min(1).max(64),
  encoding: z.enum(ENCODINGS),
  /** What the client holds; it gets only what came after, when that is still known. */
  since: z.object({ epoch: epochSchema, seq: seqSchema }).optional(),
})
export type JoinRequest = z.infer<typeof joinRequestSchema>

/** Why a join was refused; closed. */
export const JOIN_CODES = [
  'bad_request',
  'unsupported_protocol',
  'unknown_layer',
  'forbidden_layer',
  'too_many_requests',
  'stopping',
] as const
export type JoinCode = (typeof JOIN_CODES)[number]

/**
 * The answer. The first delta's `fromSeq` is `seq + 1`. When `resumed`, `seq` is `since.seq` and what came after follows
 * as deltas; otherwise each layer's snapshot is to be loaded, and changes at or below the snapshot's own seq skipped.
 */
export const joinReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    epoch: epochSchema,
    seq: seqSchema,
    at: instantSchema,
    resumed: z.boolean(),
    /** A path by layer; empty when resumed. Add `format=columns` or `format=json`; json when left out. */
    snapshots: z.partialRecord(z.enum(LAYERS), z.string()),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(JOIN_CODES),
    message: z.string(),
    /** The layer at fault, for `unknown_layer` and `forbidden_layer`. */
    layer: z.string().optional(),
  }),
])
export type JoinReply = z.infer<typeof joinReplySchema>
