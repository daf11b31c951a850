import type { Alarm } from '../domain/alarms.ts'
import type { Fields } from '../domain/field.ts'

/** The parts of an alarm that tell where it stands. */
type Standing = Pick<Alarm, 'clearedAt' | 'acknowledgedAt'>

/** An alarm's fields, typed; they passed the door or a rule made them. */
export function alarmOf(fields: Fields): Alarm {
  return fields as Alarm
}

/** Whether its cause still stands. */
export function isStanding(alarm: Pick<Alarm, 'clearedAt'>): boolean {
  return alarm.clearedAt === null
}

/** Whether nobody has acknowledged it yet, cleared or not: it calls, and only a person's reason ends that. */
export function isWaiting(alarm: Pick<Alarm, 'acknowledgedAt'>): boolean {
  return alarm.acknowledgedAt === null
}

/** Whether it belongs in the open list: its cause stands, or nobody has acknowledged it. */
export function isOpen(alarm: Standing): boolean {
  return isStanding(alarm) || isWaiting(alarm)
}

/** Order of a list: those that call before those in hand, highest priority first, then the longest wait. */
export function compareAlarms(
  a: Pick<Alarm, 'acknowledgedAt' | 'priority' | 'raisedAt'>,
  b: Pick<Alarm, 'acknowledgedAt' | 'priority' | 'raisedAt'>,
): number {
  if (isWaiting(a) !== isWaiting(b)) return isWaiting(a) ? -1 : 1
  const byPriority = (a.priority ?? 4) - (b.priority ?? 4)
  if (byPriority !== 0) return byPriority
  const [first, second] = [a.raisedAt ?? '', b.raisedAt ?? '']
  return first === second ? 0 : first < second ? -1 : 1
}
