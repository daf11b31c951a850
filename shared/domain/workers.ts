import { choice, number, position, text, type FieldsOf, type FieldSpecs } from './field.ts'

export const WORKER_DUTIES = ['onDuty', 'onTask', 'off'] as const

/** 网格员. Off duty there is no position: the door removes it, whatever the source sent. */
export const workerFields = {
  gridId: text(64, { nullable: true }),
  position: position({ nullable: true, live: true }),
  headingDeg: number({ min: 0, max: 360, decimals: 1 }, { nullable: true, live: true }),
  duty: choice(WORKER_DUTIES, { live: true }),
} satisfies FieldSpecs

export type Worker = FieldsOf<typeof workerFields>
