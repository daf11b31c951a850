import { randomBytes } from 'node:crypto'

import { insertAudit, listAudit } from '../database/machines.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Fact } from '../journal/change-log.ts'
import type { AuditTable } from '../database/tables/accounts.ts'
import type { Principal } from './principal.ts'

/** What was done; closed, so that screens can say each in the reader's language. */
export type AuditAction =
  | 'setup.admin'
  | 'session.start'
  | 'session.end'
  | 'session.revoke'
  | 'user.create'
  | 'user.change'
  | 'user.delete'
  | 'source.create'
  | 'source.delete'
  | 'integration.create'
  | 'integration.delete'
  | 'device.approve'
  | 'device.revoke'
  | 'camera.create'
  | 'camera.change'
  | 'camera.delete'
  | 'alarm.acknowledge'
  | 'alarm.note.erase'
  | 'scenes.change'
  | 'site.change'
  | 'history.read'
  | 'camera.watch'
  | 'recording.read'
  | 'recording.delete'
  | 'tour.change'
  | 'tour.delete'
  | 'watermark.change'
  | 'evidence.hold'
  | 'evidence.release'
  | 'log.trim'
  | 'evidence.export'
  | 'incident.create'
  | 'incident.read'
  | 'incident.note'
  | 'incident.note.erase'
  | 'incident.delete'
  | 'bookmark.create'
  | 'bookmark.delete'
  | 'trail.read'
  | 'register.read'
  | 'hotspot.dataset'
  | 'hotspot.import'
  | 'hotspot.undo'
  | 'hotspot.bases'
  | 'hotspot.intervention'
  | 'hotspot.action'

export interface AuditEntry {
  /** Who; null for the system itself. */
  readonly actor: Pick<Principal, 'kind' | 'id' | 'name'> | null
  readonly action: AuditAction
  /** What it was done to, such as `users/abc`; null when to nothing in particular. */
  readonly subject?: string | null
  /** Why, in the actor's words. */
  readonly reason?: string | null
  /** Small facts beside it; never a secret, never an identity. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | null>> | null
}

/** One row as `GET /api/audit` shows it. */
export interface AuditRecord {
  readonly id: string
  /** UTC milliseconds. */
  readonly at: number
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly action: string
  readonly subject: string | null
  readonly reason: string | null
  readonly details: unknown
}

export interface Audit {
  /** Durable on resolve; rejects when it cannot be recorded, and then what it speaks of must not happen. */
  record(entry: AuditEntry): Promise<void>
  /** The same as part of another transaction: it is recorded if and only if that commits. */
  fact(entry: AuditEntry): Fact
  /**
   * Does something and records it in one transaction: both happen, or neither. `work` uses only the transaction that it
   * is given. @param entryOf what to record of the result; null: nothing happened
   */
  audited<T>(work: (transaction: Parameters<Fact>[0]) => Promise<T>, entryOf: (result: T) => AuditEntry | null): Promise<T>
  /** Newest first, before the row `before`. */
  list(filter: { before: string | null; subject: string | null; limit: number }): Promise<AuditRecord[]>
}

const SYSTEM = { kind: 'system', id: 'system', name: 'system' }

/** @param now UTC milliseconds */
export function createAudit(db: DatabaseHandle['db'], now: () => number): Audit {
  let last = { at: 0, count: 0 }
  /** Sorts by time and, inside a millisecond, by order of recording. */
  const nextId = (at: number): string => {
    last = at === last.at ? { at, count: last.count + 1 } : { at, count: 0 }
    const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0')
    return `${hex(at, 12)}${hex(last.count, 5)}${randomBytes(4).toString('hex')}`
  }
  const rowOf = ({ actor, action, subject = null, reason = null, details = null }: AuditEntry): AuditTable => {
    const at = now()
    const who = actor ?? SYSTEM
    return {
      id: nextId(at),
      at,
      actorKind: who.kind,
      actorId: who.id,
      actorName: who.name,
      action,
      subject,
      reason,
      details: details === null ? null : JSON.stringify(details),
    }
  }
  return {
    record: (entry) => insertAudit(db, rowOf(entry)),
    fact: (entry) => (transaction) => insertAudit(transaction, rowOf(entry)),
    audited: (work, entryOf) =>
      db.transaction().execute(async (transaction) => {
        const result = await work(transaction)
        const entry = entryOf(result)
        if (entry !== null) await insertAudit(transaction, rowOf(entry))
        return result
      }),
    async list(filter) {
      const rows = await listAudit(db, filter)
      return rows.map(({ id, at, actorKind, actorId, actorName, action, subject, reason, details }) => ({
        id,
        at,
        actor: { kind: actorKind, id: actorId, name: actorName },
        action,
        subject,
        reason,
        details: details === null ? null : (JSON.parse(details) as unknown),
      }))
    },
  }
}
