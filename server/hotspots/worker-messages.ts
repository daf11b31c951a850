import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import type { AnswerParameters } from '../../shared/hotspot/answer.ts'
import type { EffectResult, Intervention } from '../../shared/hotspot/intervention.ts'
import type { Outline } from '../../shared/hotspot/outline.ts'
import type { NamedPoint } from '../../shared/hotspot/places.ts'
import type { CaseColumns } from './case-columns.ts'

/** A dataset as the worker keeps it: its cases, where they are reviewed, and names to call places by. */
export interface WorkerDataset {
  readonly key: string
  readonly columns: CaseColumns | readonly Uint8Array[]
  readonly bases: Readonly<Record<string, BasePoints>>
  readonly names: readonly NamedPoint[]
}

/** Denominators at places; with `dayMs`, the first instant of a day, those of one day each. */
export interface BasePoints {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly value: Float64Array
  readonly dayMs?: Float64Array
}

/** One analysis to make and write. */
export interface AnalysisTask {
  readonly dataset: string
  readonly parameters: AnswerParameters
  readonly outline: Outline
  readonly seq: number | null
  readonly seesSmallCells: boolean
}

/** More about one cell than its properties say. */
export interface CellTask extends AnalysisTask {
  readonly cell: string
}

export interface EffectTask {
  readonly dataset: string
  readonly timeZone: string
  readonly intervention: Intervention
}

/** Why a question has no answer; each names the bound that it breaks and what would fit. */
export type Refused =
  | { readonly code: 'too_many_cells'; readonly limit: number; readonly cells: number; readonly fittingCellMeters: number }
  | { readonly code: 'period_too_long'; readonly limitYears: number; readonly years: number }
  | { readonly code: 'empty_area' | 'empty_period' | 'no_such_cell' | 'no_denominator' }

export type ToWorker =
  | { readonly type: 'dataset'; readonly dataset: WorkerDataset }
  | { readonly type: 'analyse'; readonly job: number; readonly task: AnalysisTask; readonly cancel: SharedArrayBuffer }
  | { readonly type: 'cell'; readonly job: number; readonly task: CellTask; readonly cancel: SharedArrayBuffer }
  | { readonly type: 'effect'; readonly job: number; readonly task: EffectTask; readonly cancel: SharedArrayBuffer }

export type FromWorker =
  | { readonly type: 'progress'; readonly job: number; readonly share: number; readonly stage: AnalysisProgress['stage'] }
  | { readonly type: 'answer'; readonly job: number; readonly bytes: Uint8Array }
  | { readonly type: 'effect'; readonly job: number; readonly result: EffectResult }
  | { readonly type: 'refused'; readonly job: number; readonly why: Refused }
  | { readonly type: 'unknown_dataset'; readonly job: number }
  | { readonly type: 'cancelled'; readonly job: number }
  | { readonly type: 'failed'; readonly job: number; readonly message: string }
