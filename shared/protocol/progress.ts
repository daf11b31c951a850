import { z } from 'zod'

/** What a page calls the question that it wants to hear of; chosen by itself, new for each question. */
export const watchSchema = z.string().regex(/^[\w-]{8,40}$/)

/** Stages of a hotspot analysis, in order. */
export const PROGRESS_STAGES = ['cells', 'counts', 'significance', 'weeks', 'writing'] as const

/** How far the analysis is that was asked for with `watch=<question>`: the share done before this stage. */
export const progressSchema = z.object({
  question: watchSchema,
  share: z.number().min(0).max(1),
  stage: z.enum(PROGRESS_STAGES),
})
export type AnalysisProgress = z.infer<typeof progressSchema>
