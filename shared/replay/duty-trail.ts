import type { Position } from '../domain/field.ts'
import type { Change } from '../world/change.ts'

/** When somebody was sent to a case, and until when they were at it. */
export interface Assignment {
  readonly workerId: string
  readonly fromMs: number
  /** When it was handled, given to somebody else or taken back; null: still under way. */
  readonly toMs: number | null
}

/** Where somebody was at an instant of the log. */
export interface TrailPoint {
  readonly atMs: number
  readonly position: Position
}

export interface DutyTrail {
  readonly points: readonly TrailPoint[]
  /** The trail stops because the duty did. */
  readonly endedByDuty: boolean
}

/** Positions come each 30 s; after three times that nobody knows the way between two of them. */
const LONGEST_STEP_MS = 90_000

/** The parts of a trail between which the way is known. */
export function knownWays(points: readonly TrailPoint[]): readonly (readonly TrailPoint[])[] {
  const ways: TrailPoint[][] = []
  let lastMs = -Infinity
  for (const point of points) {
    if (point.atMs - lastMs > LONGEST_STEP_MS) ways.push([])
    ways.at(-1)?.push(point)
    lastMs = point.atMs
  }
  return ways
}

/** Stages in which the one who was sent is still at it. */
const AT_WORK: readonly unknown[] = ['dispatched', 'deferred', 'returned']

/** The assignment of a case that stands at an instant, else the last before it. @param changes of the case alone, in seq order */
export function assignmentAt(changes: readonly Change[], atMs: number): Assignment | null {
  let assignee: unknown = null
  let stage: unknown = null
  let found = null as Assignment | null
  let open = false
  for (const { op, fields, recordedAt } of changes) {
    if (op === 'remove') [assignee, stage] = [null, null]
    else {
      if (op === 'put' || 'assigneeId' in fields) assignee = fields['assigneeId'] ?? null
      if (op === 'put' || 'stage' in fields) stage = fields['stage'] ?? null
    }
    const workerId = typeof assignee === 'string' && AT_WORK.includes(stage) ? assignee : null
    if (open && found !== null && workerId !== found.workerId) {
      found = { ...found, toMs: recordedAt }
      open = false
    }
    if (!open && workerId !== null && recordedAt <= atMs) {
      found = { workerId, fromMs: recordedAt, toMs: null }
      open = true
    }
  }
  return found
}

/** The way of a worker from the first known place to the end of that duty. @param changes of the worker alone, in seq order */
export function dutyTrail(changes: readonly Change[]): DutyTrail {
  const points: TrailPoint[] = []
  for (const { op, fields, recordedAt } of changes) {
    const isOff = op === 'remove' || fields['duty'] === 'off' || fields['position'] === null
    if (isOff && points.length > 0) return { points, endedByDuty: true }
    const { position } = fields
    if (isOff || !Array.isArray(position)) continue
    points.push({ atMs: recordedAt, position: [Number(position[0]), Number(position[1])] })
  }
  return { points, endedByDuty: false }
}
