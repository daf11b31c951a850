import { choice, list, number, position, text, time, type FieldsOf, type FieldSpecs } from './field.ts'

/** 双治理: 上报 → 核查 → 立案 → 派遣 → 处置 → 核实 → 结案, and the side steps. */
export const CASE_STAGES = [
  'reported',
  'verified',
  'filed',
  'dispatched',
  'handled',
  'inspected',
  'closed',
  'returned',
  'deferred',
  'suspended',
  'rejected',
  'merged',
] as const

export const CASE_REPORTERS = ['resident', 'worker', 'merchant', 'device', 'duty', 'office'] as const

/** 案件/事件. `categoryCode` is a row of the site's category table; `evidence` are references, never addresses. */
export const caseFields = {
  categoryCode: text(32),
  severity: number({ min: 1, max: 4 }, { nullable: true }),
  position: position({ nullable: true }),
  gridId: text(64, { nullable: true }),
  stage: choice(CASE_STAGES),
  reportedAt: time({ nullable: true }),
  dueAt: time({ nullable: true }),
  assigneeId: text(64, { nullable: true }),
  reporterKind: choice(CASE_REPORTERS, { nullable: true, hiddenFrom: ['wall'] }),
  evidence: list(16, { nullable: true }),
} satisfies FieldSpecs

export type Case = FieldsOf<typeof caseFields>
