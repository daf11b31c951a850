import { createBookmarks, type Bookmarks } from './bookmarks.ts'
import { createCaseTrail, type CaseTrailOptions, type ReadCaseTrail } from './case-trail.ts'
import type { Audit } from '../accounts/audit.ts'
import type { DatabaseHandle } from '../database/open-database.ts'

interface ReplayOptions extends CaseTrailOptions {
  readonly db: DatabaseHandle['db']
  readonly audit: Pick<Audit, 'record' | 'audited'>
}

/** What a supervisor's replay asks for beside the history itself. */
export interface Replay {
  readonly bookmarks: Bookmarks
  readonly readTrail: ReadCaseTrail
}

export function createReplay(options: ReplayOptions): Replay {
  const { db, audit, now } = options
  return { bookmarks: createBookmarks(db, audit, now), readTrail: createCaseTrail(options) }
}
