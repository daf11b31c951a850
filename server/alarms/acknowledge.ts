import { createHash, randomBytes, randomUUID } from 'node:crypto'

import { alarmOf } from '../../shared/alarms/alarm-state.ts'
import { formatReason, type Reason, type ReasonCode } from '../../shared/alarms/reason.ts'
import type { Entry } from '../../shared/domain/entry.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { recordOf } from '../../shared/world/world.ts'
import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import { eraseNote, insertNote, latestNote } from '../database/alarms.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Fact } from '../journal/change-log.ts'
import type { NotRecorded, WorldWriter } from '../world/world-writer.ts'

type Actor = Pick<Principal, 'kind' | 'id' | 'name'>

export type AcknowledgeOutcome =
  | { readonly ok: true; readonly seq: number; readonly at: number }
  | { readonly ok: false; readonly code: 'not_found' }
  /** Somebody was first: the seat, and when. */
  | { readonly ok: false; readonly code: 'already_acknowledged'; readonly by: string | null; readonly at: string }
  | NotRecorded

/** A person's words about an alarm; `text` null: erased since. */
export interface Note {
  readonly seat: string
  readonly at: number
  readonly text: string | null
}

/** Why: a code, words, or both; at least one is given. */
export interface AcknowledgeReason {
  readonly code: ReasonCode | null
  readonly words: string | null
}

export interface Acknowledgements {
  /**
   * Takes an alarm in hand: one change, the note's row and the audit's row, in one transaction. Of several at once exactly
   * one wins. Words have passed the route's schema.
   */
  acknowledge(alarmId: string, why: AcknowledgeReason, actor: Actor): Promise<AcknowledgeOutcome>
  /** The last note about an alarm, also of one that is gone; null when there is none. */
  note(alarmId: string): Promise<Note | null>
  /** Erases the text of an alarm's last note; false when there is none. */
  eraseNote(alarmId: string, actor: Actor): Promise<boolean>
}

interface Options {
  readonly db: DatabaseHandle['db']
  readonly writer: WorldWriter
  readonly audit: Pick<Audit, 'fact'>
  /** UTC milliseconds. */
  readonly now: () => number
}

export function createAcknowledgements({ db, writer, audit, now }: Options): Acknowledgements {
  /** Acknowledgements under way, by alarm: the second waits and then sees what the first did. */
  const underWay = new Map<string, Promise<unknown>>()

  async function attempt(alarmId: string, why: AcknowledgeReason, actor: Actor): Promise<AcknowledgeOutcome> {
    const record = recordOf(writer.live, 'alarms', alarmId)
    if (record === undefined) return { ok: false, code: 'not_found' }
    const alarm = alarmOf(record.fields)
    if (alarm.acknowledgedAt !== null) {
      return { ok: false, code: 'already_acknowledged', by: alarm.ownerId, at: alarm.acknowledgedAt }
    }
    const at = Math.max(now(), writer.live.recordedAt)
    const { reason, keep } = reasonOf(alarmId, why, actor, at)
    const entry: Entry = {
      layer: 'alarms',
      id: alarmId,
      op: 'patch',
      // A device's clock may run ahead of ours: the acknowledgement must not look older than its report.
      observedAt: Math.max(at, record.observedAt),
      fields: {
        state: alarm.state === 'cleared' ? 'cleared' : 'acknowledged',
        ownerId: actor.name.slice(0, MAX_SEAT_LENGTH),
        reason: formatReason(reason),
        acknowledgedAt: formatInstant(at),
      },
    }
    const trail = audit.fact({
      actor,
      action: 'alarm.acknowledge',
      subject: `alarms/${alarmId}`,
      // Words may be erased one day, the audit trail never: it holds their reference.
      reason: formatReason(reason),
      details: { kind: alarm.kind, subject: `${alarm.subject?.layer}/${alarm.subject?.id}`, raisedAt: alarm.raisedAt },
    })
    const outcome = await writer.submit({
      entries: [entry],
      facts: ({ results }) => (results.some((result) => 'seq' in result) ? [...keep, trail] : []),
    })
    if (!outcome.ok) return outcome
    const [result] = outcome.results
    // Done and removed between our look and the commit.
    return result !== undefined && 'seq' in result ? { ok: true, seq: result.seq, at } : { ok: false, code: 'not_found' }
  }

  return {
    async acknowledge(alarmId, why, actor) {
      for (let other = underWay.get(alarmId); other !== undefined; other = underWay.get(alarmId)) await other
      const work = attempt(alarmId, why, actor)
      const ended = work.then(
        () => {},
        () => {},
      )
      underWay.set(alarmId, ended)
      try {
        return await work
      } finally {
        underWay.delete(alarmId)
      }
    },
    async note(alarmId) {
      const row = await latestNote(db, alarmId)
      return row === undefined ? null : { seat: row.seat, at: row.at, text: row.text }
    },
    async eraseNote(alarmId, actor) {
      const row = await latestNote(db, alarmId)
      if (row === undefined) return false
      await db.transaction().execute(async (transaction) => {
        await eraseNote(transaction, row.id)
        await audit.fact({ actor, action: 'alarm.note.erase', subject: `alarms/${alarmId}`, details: { note: row.id } })(
          transaction,
        )
      })
      return true
    },
  }
}

/** As long as an alarm's `ownerId` may be. */
const MAX_SEAT_LENGTH = 64
const SALT_BYTES = 16

/** What the log will say of a reason, and the rows that hold the words themselves. */
function reasonOf(
  alarmId: string,
  { code, words }: AcknowledgeReason,
  actor: Actor,
  at: number,
): { reason: Reason; keep: readonly Fact[] } {
  if (words === null) return { reason: { code, note: null }, keep: [] }
  const id = randomUUID()
  const salt = randomBytes(SALT_BYTES).toString('hex')
  const keep: Fact = (transaction) => insertNote(transaction, { id, alarmId, at, seat: actor.name, text: words, salt })
  return { reason: { code, note: { noteId: id, hash: hashNote(salt, words) } }, keep: [keep] }
}

/** SHA-256 of the salt's bytes and the text in UTF-8, hex: proves words that are still there, tells nothing of erased ones. */
function hashNote(salt: string, text: string): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(text, 'utf8').digest('hex')
}
