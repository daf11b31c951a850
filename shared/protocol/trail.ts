import { z } from 'zod'

import { formatInstant, IDENTITY_MESSAGE, looksLikeIdentity } from '../domain/field.ts'
import type { TrailPoint } from '../replay/duty-trail.ts'
import { instantMs } from './instant.ts'

/** Body of `POST /api/cases/:id/trail`: the instant that is looked at, and why. */
export const trailBodySchema = z.strictObject({
  at: instantMs,
  reason: z
    .string()
    .trim()
    .min(2)
    .max(200)
    .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE }),
})

/** Why a trail is over where it is. */
export const TRAIL_ENDS = ['off_duty', 'handled', 'under_way'] as const

/** The way of the one who was sent. */
export interface TrailAnswer {
  readonly workerId: string
  readonly fromMs: number
  readonly toMs: number
  readonly end: (typeof TRAIL_ENDS)[number]
  readonly points: readonly TrailPoint[]
}

/** Its answer: the way of the one who was sent, from then until the case was handled or the duty ended. */
export const trailAnswerSchema = z
  .looseObject({
    ok: z.literal(true),
    workerId: z.string(),
    from: instantMs,
    to: instantMs,
    end: z.enum(TRAIL_ENDS),
    points: z.array(
      z
        .strictObject({ at: instantMs, position: z.tuple([z.number(), z.number()]) })
        .transform(({ at, position }): TrailPoint => ({ atMs: at, position })),
    ),
  })
  .transform(({ workerId, from, to, end, points }): TrailAnswer => ({ workerId, fromMs: from, toMs: to, end, points }))

/** The wire's form of a trail. */
export function writtenTrail({ workerId, fromMs, toMs, end, points }: TrailAnswer): z.input<typeof trailAnswerSchema> {
  return {
    ok: true,
    workerId,
    from: formatInstant(fromMs),
    to: formatInstant(toMs),
    end,
    points: points.map(({ atMs, position }) => ({ at: formatInstant(atMs), position: [position[0], position[1]] })),
  }
}
