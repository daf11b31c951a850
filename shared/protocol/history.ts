import { z } from 'zod'

import { instantMs } from './instant.ts'

const seq = z.number().int().min(0)

/** `GET /api/history/index?from&to`: what of the log there is around a range of `recordedAt`. */
export const historyIndexSchema = z.object({
  epoch: z.string(),
  /** `recordedAt` of the first change that is kept; null when there is none. */
  firstAt: instantMs.nullable(),
  head: z.object({ seq, at: instantMs }),
  /** The server's clock: up to here silence means that nothing happened. */
  now: instantMs,
  /** The newest at or before `from`, all in the range, and the first after it, in order. */
  keyframes: z.array(z.object({ seq, at: instantMs })),
  /** Sealed chunks from the first of these keyframes to the last, or to the end of the range; in order. */
  chunks: z.array(z.object({ from: seq, to: seq, fromAt: instantMs, toAt: instantMs })),
  /** When the server was up, as far as it concerns the range. */
  lifetimes: z.array(z.object({ from: instantMs, to: instantMs })),
  /** Changes by the minute. */
  density: z.array(z.object({ minute: instantMs, changes: z.number().int() })),
  /** Beijing days with any change, `YYYY-MM-DD`. */
  days: z.array(z.string()),
})
export type HistoryIndex = z.output<typeof historyIndexSchema>
