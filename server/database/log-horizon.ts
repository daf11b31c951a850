import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'

/**
 * A seq at or after every change that was recorded at or before `ms`, as near to the last of them as can be told without
 * opening a chunk; 0 when there is none.
 */
export async function seqCovering(db: Kysely<Database>, ms: number): Promise<number> {
  // Times never decrease along the log, so the first row from its end that is old enough is the last one.
  const hot = await db
    .selectFrom('changes')
    .select('seq')
    .where('recordedAt', '<=', ms)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (hot !== undefined) return hot.seq
  const sealed = await db
    .selectFrom('chunks')
    .select('toSeq')
    .where('fromMs', '<=', ms)
    .orderBy('fromSeq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return sealed?.toSeq ?? 0
}
