import type { Fields } from '../../../shared/domain/field.ts'
import type { LayerName } from '../../../shared/domain/layers.ts'
import type { PastChange } from './use-history.ts'

/** The number of each layer that tells most about an alarm of it; layers without one have no curve. */
const TELLING_FIELD: Partial<Record<LayerName, string>> = {
  stations: 'seatsFree',
  cameras: 'bitrateKbps',
  buildings: 'careOverdue',
}

export interface Step {
  readonly atMs: number
  /** Null: not known from here on. */
  readonly value: number | null
}

export interface HourSeries {
  readonly field: string
  /** In order of time, the first at or after the window's start, the last at its end. */
  readonly steps: readonly Step[]
  readonly highest: number
}

/**
 * A number of a record over a window, as steps. What it was before the first change in the window is what the day's
 * history says, else nothing is drawn up to there. Null when the layer has no such number or it never changed.
 */
export function hourSeries(
  layer: LayerName,
  changes: readonly PastChange[],
  now: Fields | null,
  window: { readonly fromMs: number; readonly toMs: number },
): HourSeries | null {
  const field = TELLING_FIELD[layer]
  if (field === undefined) return null
  const steps: Step[] = []
  let before: number | null | undefined
  for (const { observedAtMs, fields, op } of changes) {
    const value = op === 'remove' ? null : fields[field]
    if (value === undefined || (value !== null && typeof value !== 'number')) continue
    if (observedAtMs < window.fromMs) before = value
    else if (observedAtMs <= window.toMs) steps.push({ atMs: observedAtMs, value })
  }
  if (before !== undefined) steps.unshift({ atMs: window.fromMs, value: before })
  const last = now?.[field]
  const end = typeof last === 'number' ? last : (steps.at(-1)?.value ?? null)
  if (steps.length === 0 && typeof last !== 'number') return null
  if (steps.length === 0) steps.push({ atMs: window.fromMs, value: end })
  steps.push({ atMs: window.toMs, value: end })
  return { field, steps, highest: Math.max(1, ...steps.map(({ value }) => value ?? 0)) }
}
