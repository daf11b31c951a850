import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'

/** Whether nothing was ever recorded in a database and nobody has an account: it may become anything. */
export async function isUntouched(db: Kysely<Database>): Promise<boolean> {
  const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst()
  const head = await db.selectFrom('logHead').select('seq').executeTakeFirst()
  return user === undefined && (head?.seq ?? 0) === 0
}
