import { z } from 'zod'

import { MARK_STEPS, type TimelineMark } from '../alarms/timeline-marks.ts'
import { formatInstant } from '../domain/field.ts'
import { instantMs } from './instant.ts'

/** Query of `GET /api/history/marks`: a range of `recordedAt`, both ends in it; the first `limit` in the order asked for. */
export const marksQuerySchema = z.strictObject({
  from: instantMs,
  to: instantMs,
  limit: z.coerce.number().int().min(1).max(2000).default(2000),
  order: z.enum(['asc', 'desc']).default('asc'),
})

/** `complete`: there are no more in the range. */
export const marksAnswerSchema = z.strictObject({
  marks: z.array(
    z
      .strictObject({
        layer: z.enum(['alarms', 'cases']),
        id: z.string(),
        step: z.enum(MARK_STEPS),
        at: instantMs,
        recordedAt: instantMs,
        key: z.string(),
        grade: z.number().nullable(),
      })
      .transform(({ at, recordedAt, ...rest }): TimelineMark => ({ ...rest, atMs: at, recordedAtMs: recordedAt })),
  ),
  complete: z.boolean(),
})

export function marksAnswer(marks: readonly TimelineMark[], complete: boolean): z.input<typeof marksAnswerSchema> {
  return {
    marks: marks.map(({ atMs, recordedAtMs, ...rest }) => ({
      ...rest,
      at: formatInstant(atMs),
      recordedAt: formatInstant(recordedAtMs),
    })),
    complete,
  }
}
