import { z } from 'zod'

import { seqSchema } from './wire-values.ts'

/** The last `toSeq` that the client has applied. */
export const ackSchema = z.object({ seq: seqSchema })
export type Ack = z.infer<typeof ackSchema>
