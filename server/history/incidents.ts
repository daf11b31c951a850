import { randomUUID } from 'node:crypto'

import type { Audit, AuditAction } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import {
  auditBetween,
  deleteIncident,
  eraseIncidentNote,
  incidentById,
  incidentNotes,
  incidentStills,
  insertIncident,
  insertIncidentNote,
  insertStill,
  listIncidents,
  stillPicture,
} from '../database/incidents.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { AuditTable } from '../database/tables/accounts.ts'
import type { IncidentNotesTable, IncidentsTable, IncidentStillsTable } from '../database/tables/incidents.ts'
import type { ChangeLog } from '../journal/change-log.ts'
import type { Change } from '../../shared/world/change.ts'

/** What a file is about; times are UTC milliseconds of `recordedAt`. */
export interface IncidentRequest {
  readonly fromMs: number
  readonly toMs: number
  readonly caseId: string | null
  readonly cameras: readonly string[]
  readonly reason: string
}

export interface Incident extends IncidentRequest {
  readonly id: string
  readonly by: string
  readonly atMs: number
}

/** One line of what was known and done when: a change that the room learnt of, or what a person did or looked at. */
export type TimelineLine =
  | { readonly kind: 'change'; readonly atMs: number; readonly change: Change }
  | { readonly kind: 'act'; readonly atMs: number; readonly act: AuditTable }

/** A whole file as it is read; the timeline comes from the log and the audit register, notes and stills are its own. */
export interface IncidentFile extends Incident {
  readonly timeline: readonly TimelineLine[]
  /** Not all of the range's changes are in the timeline: it is too long, or its beginning was trimmed. */
  readonly isCut: boolean
  readonly notes: readonly IncidentNotesTable[]
  readonly stills: readonly Omit<IncidentStillsTable, 'jpeg'>[]
}

export interface Incidents {
  make(request: IncidentRequest, actor: Principal): Promise<string>
  list(): Promise<readonly Incident[]>
  find(id: string): Promise<Incident | null>
  /** The file, and a line in the register that it was looked at; null when there is none. */
  read(id: string, actor: Principal): Promise<IncidentFile | null>
  /** Null when there is no such file. */
  addNote(id: string, text: string, actor: Principal): Promise<string | null>
  eraseNote(id: string, noteId: string, actor: Principal): Promise<boolean>
  addStill(id: string, still: { cameraId: string; takenAtMs: number; jpeg: Uint8Array }, actor: Principal): Promise<string>
  still(id: string, stillId: string): Promise<Uint8Array | null>
  remove(id: string, actor: Principal): Promise<boolean>
}

/** What people do that belongs to what was known: taking an alarm, looking at recordings and the past, keeping and exporting them. */
const TOLD_ACTS: readonly AuditAction[] = [
  'alarm.acknowledge',
  'recording.read',
  'history.read',
  'evidence.hold',
  'evidence.release',
  'evidence.export',
]
/** The layers in which every step counts. */
const TOLD_LAYERS = ['alarms', 'cases'] as const
const MOST_CHANGES = 2_000
const MOST_ACTS = 1_000
const LISTED = 500

interface Options {
  readonly db: DatabaseHandle['db']
  readonly log: Pick<ChangeLog, 'steps' | 'history'>
  readonly audit: Pick<Audit, 'audited' | 'record'>
  /** UTC milliseconds. */
  readonly now: () => number
}

/** Incident files, each step of which is in the audit register in the same transaction. */
export function createIncidents({ db, log, audit, now }: Options): Incidents {
  const find = async (id: string): Promise<Incident | null> => {
    const row = await incidentById(db, id)
    return row === undefined ? null : incidentOf(row)
  }

  async function timelineOf({ fromMs, toMs, caseId }: Incident): Promise<Pick<IncidentFile, 'timeline' | 'isCut'>> {
    const { changes, complete } = await log.steps({ layers: TOLD_LAYERS, fromMs, toMs, limit: MOST_CHANGES })
    // Of the case itself everything that led there, not only what falls into the range.
    const before =
      caseId === null
        ? []
        : (await log.history({ layer: 'cases', id: caseId, fromMs: 0, toMs: fromMs - 1, limit: MOST_CHANGES })).changes
    const acts = await auditBetween(db, { fromMs, toMs, actions: TOLD_ACTS, limit: MOST_ACTS + 1 })
    const lines: TimelineLine[] = [
      ...[...before, ...changes].map((change) => ({ kind: 'change' as const, atMs: change.recordedAt, change })),
      ...acts.slice(0, MOST_ACTS).map((act) => ({ kind: 'act' as const, atMs: act.at, act })),
    ]
    return { timeline: lines.toSorted((a, b) => a.atMs - b.atMs), isCut: !complete || acts.length > MOST_ACTS }
  }

  return {
    async make(request, actor) {
      const id = randomUUID()
      const { fromMs, toMs, caseId, cameras, reason } = request
      const row = { id, fromMs, toMs, caseId, cameras: JSON.stringify(cameras), reason, createdBy: actor.name, createdAt: now() }
      await audit.audited(
        (trx) => insertIncident(trx, row),
        () => ({
          actor,
          action: 'incident.create',
          subject: `incidents/${id}`,
          reason,
          details: { caseId, cameras: [...cameras] },
        }),
      )
      return id
    },
    list: async () => (await listIncidents(db, LISTED)).map(incidentOf),
    find,
    async read(id, actor) {
      const incident = await find(id)
      if (incident === null) return null
      const told = await timelineOf(incident)
      const [notes, stills] = [await incidentNotes(db, id), await incidentStills(db, id)]
      await audit.record({ actor, action: 'incident.read', subject: `incidents/${id}` })
      return { ...incident, ...told, notes, stills }
    },
    async addNote(id, text, actor) {
      const noteId = randomUUID()
      const added = await audit.audited(
        async (trx) => {
          if ((await incidentById(trx, id)) === undefined) return false
          await insertIncidentNote(trx, { id: noteId, incidentId: id, at: now(), seat: actor.name, text })
          return true
        },
        // Words may be erased one day, the audit trail never: it holds their reference.
        (done) => (done ? { actor, action: 'incident.note', subject: `incidents/${id}`, details: { note: noteId } } : null),
      )
      return added ? noteId : null
    },
    eraseNote: (id, noteId, actor) =>
      audit.audited(
        (trx) => eraseIncidentNote(trx, id, noteId),
        (done) => (done ? { actor, action: 'incident.note.erase', subject: `incidents/${id}`, details: { note: noteId } } : null),
      ),
    async addStill(id, { cameraId, takenAtMs, jpeg }, actor) {
      const stillId = randomUUID()
      await insertStill(db, { id: stillId, incidentId: id, cameraId, takenAt: takenAtMs, addedAt: now(), seat: actor.name, jpeg })
      return stillId
    },
    still: (id, stillId) => stillPicture(db, id, stillId),
    remove: (id, actor) =>
      audit.audited(
        (trx) => deleteIncident(trx, id),
        (done) => (done ? { actor, action: 'incident.delete', subject: `incidents/${id}` } : null),
      ),
  }
}

function incidentOf({ cameras, createdBy, createdAt, ...row }: IncidentsTable): Incident {
  return { ...row, cameras: JSON.parse(cameras) as string[], by: createdBy, atMs: createdAt }
}
