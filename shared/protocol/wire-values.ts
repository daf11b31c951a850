import { z } from 'zod'

import { ID_PATTERN } from '../domain/field.ts'
import { LAYERS } from '../domain/layers.ts'

/** A place in the log: 0 before the first change. */
export const seqSchema = z.int().nonnegative()

/** The one written form of an instant: UTC with milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 })

/** Random id made with the log; unchanged by a restart, new after a restore. */
export const epochSchema = z.string().min(1).max(64)

export const layerSchema = z.enum(LAYERS)

export const recordIdSchema = z.string().regex(ID_PATTERN)

/** A field's value as JSON; the layer's own schema was applied at the door. */
export const wireValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.tuple([z.number(), z.number()]),
  z.array(z.string()),
  z.object({ layer: z.string(), id: z.string() }),
])

export const wireFieldsSchema = z.record(z.string(), wireValueSchema)
