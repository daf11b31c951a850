import { z } from 'zod'

import { ROLES, type Role } from '../domain/roles.ts'

/** Whether live pictures and recordings carry who looks, and when, across them. */
export const watermarkSchema = z.strictObject({ live: z.boolean(), recordings: z.boolean() })
export type Watermark = z.output<typeof watermarkSchema>

/** A role for which nobody set anything: recordings are marked, live pictures are not. */
export const DEFAULT_WATERMARK: Watermark = { live: false, recordings: true }

/** Roles that see pictures, and so have a watermark. */
export const WATERMARK_ROLES = ['wall', 'duty', 'supervisor'] as const satisfies readonly Role[]

/** `GET /api/watermark`: the asker's own; `name` is what is written beside the time. */
export const ownWatermarkSchema = watermarkSchema.extend({ ok: z.literal(true), name: z.string() })

/** `GET /api/watermarks`. */
export const watermarksAnswerSchema = z.object({
  ok: z.literal(true),
  watermarks: z.array(watermarkSchema.extend({ role: z.enum(ROLES) })),
})
