import type { WorldRecord } from '../world/world.ts'
import { openingAt } from './opening-hours.ts'
import type { RulePhase } from './rule-phases.ts'
import type { RecordRule } from './rules.ts'

/** What a rule says of a subject now, and when time alone could make it say something else (Infinity: never). */
export interface Judgement {
  /** `clearing`: gone, but not for long enough yet. */
  readonly verdict: 'raise' | 'clear' | 'clearing' | 'wait'
  readonly dueMs: number
}

/** The condition holds, and only a change can end that. */
export const LASTS: Judgement = { verdict: 'raise', dueMs: Infinity }
const GONE: Judgement = { verdict: 'clear', dueMs: Infinity }

/** Judges one record. A record that is gone has nothing wrong with it; outside its hours neither. */
export function judgeRecord(
  rule: RecordRule,
  record: WorldRecord | undefined,
  phase: RulePhase | null,
  nowMs: number,
): Judgement {
  if (record === undefined || phase === null) return GONE
  let sinceMs = phase.sinceMs
  let boundaryMs = Infinity
  if (rule.duringHours !== null) {
    const hours = record.fields[rule.duringHours]
    if (typeof hours !== 'string') return GONE
    const opening = openingAt(hours, nowMs)
    if (!opening.open) return { verdict: 'clear', dueMs: phase.phase === 'holds' ? opening.untilMs : Infinity }
    sinceMs = Math.max(sinceMs, opening.sinceMs)
    boundaryMs = opening.untilMs
  }
  switch (phase.phase) {
    case 'holds': {
      const raiseMs = sinceMs + rule.holdsForSeconds * 1000
      if (raiseMs > nowMs) return { verdict: 'wait', dueMs: Math.min(raiseMs, boundaryMs) }
      return boundaryMs === Infinity ? LASTS : { verdict: 'raise', dueMs: boundaryMs }
    }
    case 'clears': {
      const clearMs = phase.sinceMs + rule.clearsAfterSeconds * 1000
      return clearMs > nowMs ? { verdict: 'clearing', dueMs: clearMs } : GONE
    }
    case 'between':
      return { verdict: 'wait', dueMs: boundaryMs }
  }
}
