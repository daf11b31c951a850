import { parseInstant, type Fields } from '../domain/field.ts'
import type { Change } from '../world/change.ts'
import { recordOf, type World } from '../world/world.ts'

export const MARK_STEPS = ['raised', 'reported', 'closed'] as const
export type MarkStep = (typeof MARK_STEPS)[number]

/** What a timeline shows of alarms and cases: an alarm raised, a case reported, a case closed. One a record and step. */
export interface TimelineMark {
  readonly layer: 'alarms' | 'cases'
  readonly id: string
  readonly step: MarkStep
  /** When it happened by its own account, UTC milliseconds. */
  readonly atMs: number
  /** When the log learnt of it: where a replay comes to it. */
  readonly recordedAtMs: number
  /** The alarm's kind or the case's category. */
  readonly key: string
  /** The alarm's priority or the case's severity, 1 to 4. */
  readonly grade: number | null
}

/** The marks of changes, in their order. @param world as it is after them */
export function marksOf(world: World, changes: readonly Change[]): TimelineMark[] {
  return changes.flatMap((change) => {
    const { layer, id, op, fields } = change
    if (op === 'remove' || (layer !== 'alarms' && layer !== 'cases')) return []
    const record = { ...recordOf(world, layer, id)?.fields, ...fields }
    return stepsIn(layer, op, fields).flatMap((step) => markOf(layer, step, change, record) ?? [])
  })
}

function stepsIn(layer: 'alarms' | 'cases', op: 'put' | 'patch', fields: Fields): MarkStep[] {
  if (layer === 'alarms') return op === 'put' ? ['raised'] : []
  const steps: MarkStep[] = op === 'put' || fields['categoryCode'] !== undefined ? ['reported'] : []
  return fields['stage'] === 'closed' ? [...steps, 'closed'] : steps
}

const FIELDS = {
  alarms: { key: 'kind', grade: 'priority', at: 'raisedAt' },
  cases: { key: 'categoryCode', grade: 'severity', at: 'reportedAt' },
} as const

function markOf(layer: 'alarms' | 'cases', step: MarkStep, change: Change, record: Fields): TimelineMark | null {
  const names = FIELDS[layer]
  const key = record[names.key]
  const grade = record[names.grade]
  if (typeof key !== 'string') return null
  return {
    layer,
    id: change.id,
    step,
    atMs: (step === 'closed' ? null : parseInstant(record[names.at])) ?? change.observedAt,
    recordedAtMs: change.recordedAt,
    key,
    grade: typeof grade === 'number' ? grade : null,
  }
}
