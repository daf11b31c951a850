import { z } from 'zod'

import { ID_PATTERN } from '../domain/field.ts'

const dwellSeconds = z.number().int().min(5).max(3600)
const id = z.string().regex(ID_PATTERN)
const place = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])

/** One stop of a wall's tour, and how long it stays there. */
export const sceneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('community'), dwellSeconds }),
  z.strictObject({ kind: z.literal('compound'), id, dwellSeconds }),
  z.strictObject({ kind: z.literal('stations'), dwellSeconds }),
  z.strictObject({ kind: z.literal('cameras'), dwellSeconds }),
  /** Cameras over the whole middle, by a tour of `/api/camera-tours`; null: all of them. */
  z.strictObject({ kind: z.literal('video'), tourId: id.nullable(), dwellSeconds }),
  z.strictObject({
    kind: z.literal('place'),
    name: z.string().min(1).max(40),
    position: place,
    zoom: z.number().min(10).max(20),
    dwellSeconds,
  }),
])
export type Scene = z.output<typeof sceneSchema>

/** A tour: 1 to 40 stops, in order, again and again. */
export const tourSchema = z.array(sceneSchema).min(1).max(40)

/** `PUT /api/scenes`: the tour of every wall, or of one (`wallId`); `scenes: null` gives that wall the common tour again. */
export const scenesBodySchema = z
  .strictObject({ wallId: id.nullable().default(null), scenes: tourSchema.nullable() })
  .refine(({ wallId, scenes }) => wallId !== null || scenes !== null, { message: 'the common tour cannot be taken away' })
export type ScenesBody = z.output<typeof scenesBodySchema>

/** `GET /api/scenes`, and what a change answers. `own`: this wall has a tour of its own. */
export const scenesAnswerSchema = z.strictObject({ scenes: tourSchema, own: z.boolean() })
export type ScenesAnswer = z.output<typeof scenesAnswerSchema>

/** The tour until somebody makes one: the whole community, then its stations and its cameras. */
export const DEFAULT_SCENES: readonly Scene[] = [
  { kind: 'community', dwellSeconds: 60 },
  { kind: 'stations', dwellSeconds: 30 },
  { kind: 'cameras', dwellSeconds: 30 },
]
