import { z } from 'zod'

import { OPS } from '../domain/entry.ts'
import { instantSchema, layerSchema, recordIdSchema, seqSchema, wireFieldsSchema } from './wire-values.ts'

/** One change on the wire; a remove has no fields. `seq` is the last of what was merged into it. */
export const wireChangeSchema = z.object({
  seq: seqSchema,
  layer: layerSchema,
  id: recordIdSchema,
  op: z.enum(OPS),
  observedAt: instantSchema,
  fields: wireFieldsSchema,
})
export type WireChange = z.infer<typeof wireChangeSchema>

const range = {
  /** The last `toSeq` that this client was sent, plus one, whatever lies between that it may not see. */
  fromSeq: seqSchema,
  toSeq: seqSchema,
  /** The server's clock at the tick. */
  at: instantSchema,
}

/** `delta` of the `json` encoding: in seq order, at most one change a record except where every step counts. */
export const deltaJsonSchema = z.object({ ...range, changes: z.array(wireChangeSchema) })
export type DeltaJson = z.infer<typeof deltaJsonSchema>

/** A row of the JSON part of a columns delta; a put tells the slot by which columns will speak of the record. */
export const deltaRowSchema = wireChangeSchema.extend({ slot: z.int().nonnegative().optional() })
export type DeltaRow = z.infer<typeof deltaRowSchema>

/** `delta` of the `columns` encoding: first the rows, then the attachment's columns (shared/protocol/columns.ts). */
export const deltaColumnsSchema = z.object({
  ...range,
  v: z.literal(1),
  rows: z.array(deltaRowSchema),
  columns: z.instanceof(Uint8Array).or(z.instanceof(ArrayBuffer)),
})
export type DeltaColumns = z.infer<typeof deltaColumnsSchema>
