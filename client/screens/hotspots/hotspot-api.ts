import { z } from 'zod'

import { outlineSchema } from '../../../shared/hotspot/outline.ts'
import { importProfileSchema } from '../../../shared/hotspot/import/profile.ts'
import type { HotspotAnswer } from '../../../shared/hotspot/answer.ts'
import type { EffectCard, Intervention } from '../../../shared/hotspot/intervention.ts'
import { interventionSchema } from '../../../shared/hotspot/intervention.ts'

/** The question that a screen asks. */
export interface Question {
  readonly dataset: string
  readonly from: string
  readonly to: string
  readonly category: string | null
  readonly cellMeters: number
  readonly ring: 1 | 2 | 3
  readonly mode: 'exact' | 'z'
  readonly rate: string | null
}

/** Query of a question, as `GET /api/hotspots` takes it. */
export function queryOf(question: Question): string {
  const query = new URLSearchParams({
    dataset: question.dataset,
    from: question.from,
    to: question.to,
    cell: String(question.cellMeters),
    ring: String(question.ring),
    mode: question.mode,
  })
  if (question.category !== null) query.set('category', question.category)
  if (question.rate !== null) query.set('rate', question.rate)
  return query.toString()
}

// The cells are many and come from our own server in one piece with this head: of them only the shape of the list is checked.
export const answerSchema = z.custom<HotspotAnswer>((value) => {
  const shape = z.looseObject({
    type: z.literal('FeatureCollection'),
    head: z.looseObject({ version: z.literal(1), places: z.array(z.unknown()) }),
    features: z.array(z.unknown()),
  })
  return shape.safeParse(value).success
})

export const studySchema = z.object({
  study: z.object({
    id: z.string(),
    name: z.string().nullable(),
    timeZone: z.string(),
    outline: outlineSchema,
    rates: z.array(z.string()),
  }),
  categories: z.array(z.object({ name: z.string(), count: z.number() })),
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
})
export type StudyAnswer = z.infer<typeof studySchema>

/** Null: a count of 1 to 4, for a role that does not see it. */
const shown = z.number().nullable()

export const cellSchema = z.object({
  cell: z.string(),
  suppressed: z.boolean(),
  hours: z.array(shown).nullable(),
  daily: z.array(shown).nullable(),
  previousDaily: z.array(shown).nullable(),
  patrols: z.object({ from: z.string(), visits: z.number(), cases: z.number() }).nullable(),
  cases: z.array(z.object({ at: z.string(), category: z.string() })).nullable(),
})
export type CellAnswer = z.infer<typeof cellSchema>

export const actionsSchema = z.object({
  actions: z.array(z.object({ place: z.string(), owner: z.string(), action: z.string(), dueOn: z.string().nullable() })),
})
export type PlaceAction = z.infer<typeof actionsSchema>['actions'][number]

const effectSchema = z.custom<{ code: 'ok'; card: EffectCard } | { code: string }>(
  (value) => z.looseObject({ code: z.string() }).safeParse(value).success,
)
export const interventionsSchema = z.object({
  interventions: z.array(z.object({ id: z.string(), intervention: interventionSchema, effect: effectSchema })),
})
export type InterventionCard = {
  id: string
  intervention: Intervention
  effect: { code: 'ok'; card: EffectCard } | { code: string }
}

export const datasetsSchema = z.object({
  community: z.boolean(),
  datasets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      timeZone: z.string(),
      imports: z.array(
        z.object({
          id: z.string(),
          fileName: z.string(),
          takenAt: z.number(),
          rows: z.number(),
          cases: z.number(),
          refused: z.number(),
          merged: z.number(),
        }),
      ),
      bases: z.array(z.object({ kind: z.string(), places: z.number(), total: z.number() })),
    }),
  ),
})
export type DatasetList = z.infer<typeof datasetsSchema>

export const summarySchema = z.object({
  import: z.string().nullable(),
  summary: z.object({
    headings: z.array(z.string()),
    profile: importProfileSchema,
    remembered: z.boolean(),
    problems: z.array(z.string()),
    rows: z.number(),
    cases: z.number(),
    placed: z.number(),
    merged: z.number(),
    refused: z.number(),
    flags: z.object({ no_position: z.number(), whole_degrees: z.number(), zero_position: z.number() }),
    shown: z.array(z.object({ row: z.number(), code: z.string(), column: z.string(), value: z.string() })),
    preview: z.array(z.tuple([z.number(), z.number()])),
  }),
})
export type ImportSummary = z.infer<typeof summarySchema>['summary']
