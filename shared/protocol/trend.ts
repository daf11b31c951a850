import { z } from 'zod'

const count = z.number().nonnegative()

/** 24 hours of a Beijing day. */
const seriesSchema = z.strictObject({
  /** Null for hours that have not begun. */
  today: z.array(count.int().nullable()).length(24),
  /** The mean of the days before; null when nothing is known of any. */
  mean: z.array(count).length(24).nullable(),
})
export type TrendSeries = z.output<typeof seriesSchema>

/** `GET /api/trend`: alarms raised and cases reported by the hour, and today's cases by category, most first. */
export const trendAnswerSchema = z.strictObject({
  at: z.string(),
  dayStart: z.string(),
  /** How many days the mean is taken over: 7 once that many are known. */
  meanDays: z.number().int().min(0).max(7),
  alarms: seriesSchema,
  cases: seriesSchema,
  categories: z.array(z.strictObject({ code: z.string(), count: count.int() })),
})
export type TrendAnswer = z.output<typeof trendAnswerSchema>
