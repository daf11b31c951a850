import { choice, number, position, subject, text, time, type FieldsOf, type FieldSpecs } from './field.ts'

export const ALARM_STATES = ['raised', 'acknowledged', 'escalated', 'cleared'] as const

/** What a wall sees in place of a field: walls hang where anybody may look. */
const onWalls = (field: string) => ({ standIn: { roles: ['wall'], field } })
const standIn = { nullable: true, derived: true, hiddenFrom: ['*'] }

/**
 * 告警. Priority 1 (highest) to 4 as in GB/T 28181. `reason` and `ownerId` are references: free text and people live in
 * erasable rows beside the log, which holds the reference and a salted hash. `shownSubject` and `shownPosition` are what a wall
 * sees as `subject` and `position`, kept by the writer: never a household, a resident or a worker.
 */
export const alarmFields = {
  kind: text(64),
  priority: number({ min: 1, max: 4 }),
  subject: subject(onWalls('shownSubject')),
  position: position({ nullable: true, ...onWalls('shownPosition') }),
  state: choice(ALARM_STATES),
  ownerId: text(64, { nullable: true }),
  reason: text(160, { nullable: true }),
  raisedAt: time(),
  dueAt: time({ nullable: true }),
  acknowledgedAt: time({ nullable: true }),
  clearedAt: time({ nullable: true }),
  shownSubject: subject(standIn),
  shownPosition: position(standIn),
} satisfies FieldSpecs

export type Alarm = FieldsOf<typeof alarmFields>
