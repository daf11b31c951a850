import { z } from 'zod'

import { instantSchema, seqSchema } from './wire-values.ts'

/** Each second: everything up to `seq` that this client may see has been sent to it, and the server's clock. */
export const beatSchema = z.object({ seq: seqSchema, at: instantSchema })
export type Beat = z.infer<typeof beatSchema>
