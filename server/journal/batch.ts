import type { Transaction } from 'kysely'

import type { Database } from '../database/schema.ts'
import type { Change } from '../../shared/world/change.ts'

/** Changes in seq order without a gap; `from` is the seq of the first, also when there is none. */
export interface Batch {
  readonly from: number
  readonly changes: readonly Change[]
}

/** A write that belongs to the same transaction as the changes that it goes with. Uses only the transaction it is given. */
export type Fact = (trx: Transaction<Database>) => Promise<void>

/** How far to read, both inclusive; the head when neither is given. */
export interface ReadTo {
  readonly seq?: number
  /** UTC milliseconds of `recordedAt`. */
  readonly ts?: number
}
