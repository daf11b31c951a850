import { z } from 'zod'

import { epochSchema, instantSchema, layerSchema, recordIdSchema, seqSchema, wireValueSchema } from './wire-values.ts'

/** Formats of `GET /api/snapshot/:layer`. */
export const SNAPSHOT_FORMATS = ['json', 'columns'] as const
export type SnapshotFormat = (typeof SNAPSHOT_FORMATS)[number]

/** One layer at `seq`: each record is exactly its id, observedAt and the fields that the role may see. */
export const snapshotJsonSchema = z.object({
  epoch: epochSchema,
  seq: seqSchema,
  layer: layerSchema,
  records: z.array(z.object({ id: recordIdSchema, observedAt: instantSchema }).catchall(wireValueSchema)),
})
export type SnapshotJson = z.infer<typeof snapshotJsonSchema>
