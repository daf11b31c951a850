import type { TrailAnswer } from '../../shared/protocol/trail.ts'
import { assignmentAt, dutyTrail } from '../../shared/replay/duty-trail.ts'
import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import type { ChangeLog } from '../journal/change-log.ts'

/** A case has some tens of steps. */
const MOST_STEPS = 1_000
/** A duty is shorter than this. */
const LONGEST_MS = 16 * 3_600_000
/** A position each 30 s for as long as that, and some to spare. */
const MOST_POINTS = 4_000

export interface CaseTrailOptions {
  readonly log: Pick<ChangeLog, 'history'>
  readonly audit: Pick<Audit, 'record'>
  /** UTC milliseconds. */
  readonly now: () => number
}

export type ReadCaseTrail = (
  actor: Pick<Principal, 'kind' | 'id' | 'name'>,
  question: { readonly caseId: string; readonly atMs: number; readonly reason: string },
) => Promise<TrailAnswer | null>

/**
 * The way of the worker who was sent to a case, from then until it was handled or that duty ended; null when nobody was
 * sent by that instant. It is in the audit register before it is told.
 */
export function createCaseTrail({ log, audit, now }: CaseTrailOptions): ReadCaseTrail {
  return async (actor, { caseId, atMs, reason }) => {
    const steps = await log.history({ layer: 'cases', id: caseId, fromMs: 0, toMs: now(), limit: MOST_STEPS })
    const assignment = assignmentAt(steps.changes, atMs)
    if (assignment === null) return null
    const { workerId, fromMs } = assignment
    const toMs = Math.min(assignment.toMs ?? now(), fromMs + LONGEST_MS)
    await audit.record({
      actor,
      action: 'trail.read',
      subject: `workers/${workerId}`,
      reason,
      details: { case: caseId, fromMs, toMs },
    })
    const { changes } = await log.history({ layer: 'workers', id: workerId, fromMs, toMs, limit: MOST_POINTS })
    const { points, endedByDuty } = dutyTrail(changes)
    const end = endedByDuty ? 'off_duty' : assignment.toMs !== null && toMs === assignment.toMs ? 'handled' : 'under_way'
    return { workerId, fromMs, toMs: endedByDuty ? (points.at(-1)?.atMs ?? toMs) : toMs, end, points }
  }
}
