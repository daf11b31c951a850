import { randomUUID } from 'node:crypto'

import type { Bookmark } from '../../shared/protocol/bookmarks.ts'
import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import { deleteBookmark, insertBookmark, listBookmarks } from '../database/bookmarks.ts'
import type { DatabaseHandle } from '../database/open-database.ts'

/** Bookmarks of one person: far more than anybody finds again, and it bounds one answer. */
const MOST_BOOKMARKS = 500

type Actor = Pick<Principal, 'kind' | 'id' | 'name'>

export interface Bookmarks {
  /** In order of time. */
  list(actor: Actor): Promise<Bookmark[]>
  /** Null: this person has as many as are kept. */
  create(actor: Actor, mark: Omit<Bookmark, 'id'>): Promise<Bookmark | null>
  /** Erases it, with its words; false when this person has no such bookmark. */
  remove(actor: Actor, id: string): Promise<boolean>
}

/** Each person's own marks in the replay. The register knows that one was made and for when, never its words. @param now UTC milliseconds */
export function createBookmarks(db: DatabaseHandle['db'], audit: Pick<Audit, 'audited'>, now: () => number): Bookmarks {
  return {
    async list(actor) {
      const rows = await listBookmarks(db, actor.id)
      return rows.map(({ id, at, text }) => ({ id, atMs: at, text }))
    },
    async create(actor, { atMs, text }) {
      const id = randomUUID()
      const row = { id, userId: actor.id, at: atMs, createdAt: now(), text }
      const made = await audit.audited(
        (transaction) => insertBookmark(transaction, row, MOST_BOOKMARKS),
        (done) => (done ? { actor, action: 'bookmark.create', subject: `bookmarks/${id}`, details: { atMs } } : null),
      )
      return made ? { id, atMs, text } : null
    },
    remove: (actor, id) =>
      audit.audited(
        (transaction) => deleteBookmark(transaction, actor.id, id),
        (done) => (done ? { actor, action: 'bookmark.delete', subject: `bookmarks/${id}` } : null),
      ),
  }
}
