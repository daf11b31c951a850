import type { Entry } from '../domain/entry.ts'
import type { Change } from './change.ts'
import type { World, WorldRecord } from './world.ts'

/** One effective change with the record as it was and as it is. */
export interface AppliedChange {
  readonly change: Change
  readonly before: WorldRecord | undefined
  readonly after: WorldRecord | undefined
}

/**
 * Something that follows from the world and is itself part of the log: buildings' counts from residents, alarms from
 * rules. What it derives is appended in the transaction of its cause.
 */
export interface Derivation {
  /** One effective change, in seq order. */
  observe(applied: AppliedChange): void
  /** Takes back what {@link observe} was told, in reverse order: the transaction failed. */
  revert(applied: AppliedChange): void
  /** The changes that follow from what was observed; called after each submission and again until there are none. */
  derive(world: World, nowMs: number): readonly Entry[]
}
