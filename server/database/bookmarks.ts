import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type { BookmarksTable } from './tables/bookmarks.ts'

type Db = Kysely<Database>

/** Writes a bookmark; false when the person has `most` already. */
export async function insertBookmark(db: Db, row: BookmarksTable, most: number): Promise<boolean> {
  const held = await db
    .selectFrom('bookmarks')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('userId', '=', row.userId)
    .executeTakeFirstOrThrow()
  if (Number(held.count) >= most) return false
  await db.insertInto('bookmarks').values(row).execute()
  return true
}

/** A person's bookmarks in order of their instants. */
export function listBookmarks(db: Db, userId: string): Promise<BookmarksTable[]> {
  return db.selectFrom('bookmarks').selectAll().where('userId', '=', userId).orderBy('at').orderBy('id').execute()
}

/** Erases a bookmark of a person; false when they have none of that id. */
export async function deleteBookmark(db: Db, userId: string, id: string): Promise<boolean> {
  const done = await db.deleteFrom('bookmarks').where('userId', '=', userId).where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) > 0
}
