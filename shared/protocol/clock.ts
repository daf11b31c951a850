import { z } from 'zod'

import { instantSchema } from './wire-values.ts'

/** A question for the server's clock, answered at once, so that a client can tell delay from a wrong clock of its own. */
export const clockReplySchema = z.object({ at: instantSchema })
export type ClockReply = z.infer<typeof clockReplySchema>
