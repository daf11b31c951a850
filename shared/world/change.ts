import type { Entry } from '../domain/entry.ts'

/** One step of the log. `seq` is gap-free from 1; times are UTC milliseconds; `recordedAt` never decreases. */
export interface Change extends Entry {
  readonly seq: number
  readonly recordedAt: number
}
