import type { PositionFlag, RefusedRow } from '../../../shared/hotspot/import/past-cases.ts'
import type { ImportProfile } from '../../../shared/hotspot/import/profile.ts'

/** One file to look through, or to take. */
export interface ImportJob {
  readonly bytes: Uint8Array
  readonly dryRun: boolean
  /** The operator's answers; null: remembered ones for files of this shape, else a guess. */
  readonly profile: ImportProfile | null
  readonly remembered: Readonly<Record<string, ImportProfile>>
  readonly timeZone: string
  readonly nowMs: number
  /** Hashes of ids that the dataset has. */
  readonly knownIds: Float64Array
}

/** What a file would bring, or brought. `problems` are fields that the profile does not find: then nothing else is told. */
export interface ImportSummary {
  readonly headings: readonly string[]
  readonly signature: string
  readonly profile: ImportProfile
  readonly remembered: boolean
  readonly problems: readonly string[]
  readonly rows: number
  readonly cases: number
  /** Cases with a place on the map. */
  readonly placed: number
  readonly merged: number
  readonly alreadyThere: number
  readonly refused: number
  readonly refusals: Readonly<Record<string, number>>
  readonly flags: Readonly<Record<PositionFlag, number>>
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly categories: readonly { name: string; count: number }[]
  readonly shown: readonly RefusedRow[]
  /** Some of the places, converted, for a look at the map before anything is taken. */
  readonly preview: readonly [number, number][]
}

export type ImportReply =
  | { readonly type: 'refused'; readonly code: string; readonly detail: string }
  | { readonly type: 'dry'; readonly summary: ImportSummary }
  | {
      readonly type: 'taken'
      readonly summary: ImportSummary
      readonly blocks: readonly { cases: number; body: Uint8Array }[]
      readonly report: Uint8Array
    }
