import { choice, text, type FieldsOf, type FieldSpecs } from './field.ts'

/** 关怀状态, least to most urgent: no plan, checked in, check-in due, overdue, called for help. */
export const CARE_STATES = ['none', 'ok', 'due', 'overdue', 'sos'] as const
export type CareState = (typeof CARE_STATES)[number]

/** 居民: an opaque id, a building and a care state; nothing else, by construction. */
export const residentFields = {
  buildingId: text(64),
  care: choice(CARE_STATES, { live: true }),
} satisfies FieldSpecs

export type Resident = FieldsOf<typeof residentFields>
