import { parseInstant, type Fields, type Position, type Subject } from '../../../shared/domain/field.ts'
import { alarmOf, compareAlarms, isOpen, isStanding, isWaiting } from '../../../shared/alarms/alarm-state.ts'
import type { WorldRecord } from '../../../shared/world/world.ts'

/** `over`: its cause is gone, but nobody has acknowledged it yet. */
export type QueueState = 'raised' | 'escalated' | 'acknowledged' | 'over'

/** An open alarm as the queue shows it; times are UTC milliseconds. */
export interface QueueRow {
  readonly id: string
  readonly kind: string | null
  readonly priority: 1 | 2 | 3 | 4
  readonly subject: Subject | null
  readonly position: Position | null
  readonly state: QueueState
  readonly raisedAtMs: number | null
  readonly dueAtMs: number | null
  readonly acknowledgedAtMs: number | null
}

/** The open alarms, those that call first, then by priority, then by wait. */
export function queueRows(records: Iterable<WorldRecord>): QueueRow[] {
  const open: { readonly id: string; readonly fields: Fields }[] = []
  for (const record of records) if (isOpen(alarmOf(record.fields))) open.push(record)
  return open.toSorted((a, b) => compareAlarms(alarmOf(a.fields), alarmOf(b.fields))).map(queueRow)
}

/** One alarm as the queue shows it, open or not. */
export function queueRow({ id, fields }: { readonly id: string; readonly fields: Fields }): QueueRow {
  const alarm = alarmOf(fields)
  return {
    id,
    kind: alarm.kind,
    priority: priorityOf(alarm.priority),
    subject: alarm.subject,
    position: alarm.position,
    state: stateOf(alarm),
    raisedAtMs: parseInstant(alarm.raisedAt),
    dueAtMs: parseInstant(alarm.dueAt),
    acknowledgedAtMs: parseInstant(alarm.acknowledgedAt),
  }
}

function stateOf(alarm: ReturnType<typeof alarmOf>): QueueState {
  if (!isWaiting(alarm)) return 'acknowledged'
  if (!isStanding(alarm)) return 'over'
  return alarm.state === 'escalated' ? 'escalated' : 'raised'
}

function priorityOf(priority: number | null): 1 | 2 | 3 | 4 {
  return priority === 1 || priority === 2 || priority === 3 ? priority : 4
}

/** Whether nobody has taken it up. */
export const callsForSomebody = ({ state }: Pick<QueueRow, 'state'>): boolean => state !== 'acknowledged'
