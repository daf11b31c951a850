import { z } from 'zod'

import { LAYERS } from '../../../shared/domain/layers.ts'
import type { FieldValue } from '../../../shared/domain/field.ts'

const made = { by: z.string(), at: z.string(), reason: z.string() }

const incidentSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  caseId: z.string().nullable(),
  cameras: z.array(z.string()),
  ...made,
})
export type Incident = z.output<typeof incidentSchema>

/** `GET /api/incidents`. */
export const incidentsSchema = z.object({ incidents: z.array(incidentSchema) })

const lineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    at: z.string(),
    seq: z.number(),
    layer: z.enum(LAYERS),
    id: z.string(),
    op: z.string(),
    fields: z.record(z.string(), z.custom<FieldValue>()),
  }),
  z.object({
    kind: z.literal('act'),
    at: z.string(),
    action: z.string(),
    subject: z.string().nullable(),
    by: z.string(),
    reason: z.string().nullable(),
  }),
])
export type TimelineLine = z.output<typeof lineSchema>

/** `GET /api/incidents/:id`. */
export const incidentFileSchema = incidentSchema.extend({
  timeline: z.array(lineSchema),
  truncated: z.boolean(),
  notes: z.array(z.object({ id: z.string(), at: z.string(), by: z.string(), text: z.string().nullable(), erased: z.boolean() })),
  stills: z.array(z.object({ id: z.string(), cameraId: z.string(), takenAt: z.string(), by: z.string() })),
})
export type IncidentFile = z.output<typeof incidentFileSchema>

/** `GET /api/holds`. */
export const holdsSchema = z.object({
  holds: z.array(
    z.object({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      cameras: z.array(z.string()).nullable(),
      ...made,
      released: z.object(made).nullable(),
    }),
  ),
})
export type Hold = z.output<typeof holdsSchema>['holds'][number]

/** `POST /api/holds`. */
export const heldSchema = z.object({ id: z.string(), logFrom: z.string().nullable() })
/** `POST /api/incidents`, and what is added to a file. */
export const madeSchema = z.looseObject({ id: z.string() })

/** `GET /api/world` as far as names of records go. */
export const namesSchema = z.object({
  layers: z.record(z.string(), z.array(z.looseObject({ id: z.string(), name: z.string().nullish() }))),
})

/** `GET /api/evidence`. */
export const bundlesSchema = z.object({
  bundles: z.array(
    z.object({ id: z.string(), from: z.string(), to: z.string(), madeAt: z.string(), reason: z.string(), bytes: z.number() }),
  ),
})
