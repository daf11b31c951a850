/** Since when a record says what to a rule; what an alarm engine needs to go on after a restart. */
export interface AlarmPhasesTable {
  kind: string
  layer: string
  id: string
  /** One of PHASES. */
  phase: string
  /** UTC milliseconds, as all times here. */
  sinceMs: number
}

/** A person's words about an alarm. The log has the row's id and a hash; when the row is erased, nothing can be told from those. */
export interface AlarmNotesTable {
  id: string
  alarmId: string
  at: number
  /** The seat that wrote it. */
  seat: string
  /** Null when it was erased, with its salt. */
  text: string | null
  salt: string | null
}

/** One alarm raised, case reported or case closed: what timelines and the trend show. */
export interface TimelineMarksTable {
  /** `alarms` or `cases`. */
  layer: string
  id: string
  /** One of MARK_STEPS. */
  step: string
  at: number
  recordedAt: number
  /** The alarm's kind or the case's category. */
  key: string
  /** Priority or severity. */
  grade: number | null
}

/** Tours of walls as JSON. `wallId` is empty for the common one. */
export interface ScenesTable {
  wallId: string
  scenes: string
  changedAt: number
  changedBy: string
}

export interface AlarmTables {
  alarmPhases: AlarmPhasesTable
  alarmNotes: AlarmNotesTable
  timelineMarks: TimelineMarksTable
  scenes: ScenesTable
}
