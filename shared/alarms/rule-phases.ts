import type { Fields } from '../domain/field.ts'
import type { LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import type { WorldRecord } from '../world/world.ts'
import type { Condition, RecordRule } from './rules.ts'

export const PHASES = ['holds', 'clears', 'between'] as const
/** What a record says to a rule: its condition holds, it is gone, or neither (hysteresis, or a field that nobody knows). */
export type Phase = (typeof PHASES)[number]

/** A phase and since when: `recordedAt` and seq of the change that began it. */
export interface RulePhase {
  readonly phase: Phase
  readonly sinceMs: number
  readonly seq: number
}

/** A phase as it is kept beside the log, so that a restart goes on counting where the old process stopped. */
export interface KeptPhase {
  readonly kind: string
  readonly layer: LayerName
  readonly id: string
  readonly phase: Phase
  readonly sinceMs: number
}

export function phaseOf(rule: RecordRule, fields: Fields): Phase {
  if (rule.when.every((condition) => meets(condition, fields))) return 'holds'
  if (rule.clearsWhen !== null) return rule.clearsWhen.every((condition) => meets(condition, fields)) ? 'clears' : 'between'
  const refuted = rule.when.some((condition) => isKnown(condition, fields) && !meets(condition, fields))
  return refuted ? 'clears' : 'between'
}

const isKnown = (condition: Condition, fields: Fields): boolean => (fields[condition.field] ?? null) !== null

function meets(condition: Condition, fields: Fields): boolean {
  const value = fields[condition.field] ?? null
  if (value === null) return false
  switch (condition.test) {
    case 'in':
      return condition.values.some((wanted) => wanted === value)
    case 'notIn':
      return condition.values.every((unwanted) => unwanted !== value)
    case 'atLeast':
      return typeof value === 'number' && value >= condition.value
    case 'atMost':
      return typeof value === 'number' && value <= condition.value
  }
}

/** Whether a rule needs its phases kept over a restart: it counts time. */
export function countsTime(rule: RecordRule): boolean {
  return rule.holdsForSeconds > 0 || rule.clearsAfterSeconds > 0
}

/**
 * The phases of every watched record, hung on the record itself: records are immutable, so taking a change back brings its
 * phases back with it, and there is nothing to undo.
 */
export interface RulePhases {
  /** Takes a record that was there at the start. */
  begin(layer: LayerName, record: WorldRecord, kept: (kind: string) => KeptPhase | undefined, atMs: number): void
  /** Takes one effective change; true when a phase changed. */
  follow(change: Change, before: WorldRecord | undefined, after: WorldRecord): boolean
  of(record: WorldRecord, rule: RecordRule): RulePhase
  rulesOf(layer: LayerName): readonly RecordRule[]
}

export function createRulePhases(rules: readonly RecordRule[]): RulePhases {
  const byLayer = new Map<LayerName, RecordRule[]>()
  for (const rule of rules) byLayer.set(rule.layer, [...(byLayer.get(rule.layer) ?? []), rule])
  const rulesOf = (layer: LayerName): readonly RecordRule[] => byLayer.get(layer) ?? []
  const known = new WeakMap<WorldRecord, ReadonlyMap<RecordRule, RulePhase>>()

  return {
    rulesOf,
    begin(layer, record, kept, atMs) {
      const phases = new Map<RecordRule, RulePhase>()
      for (const rule of rulesOf(layer)) {
        const phase = phaseOf(rule, record.fields)
        const before = kept(rule.kind)
        // A rule that changed since, or was added, starts to count now: nobody watched before.
        phases.set(rule, { phase, sinceMs: before?.phase === phase ? before.sinceMs : atMs, seq: 0 })
      }
      known.set(record, phases)
    },
    follow(change, before, after) {
      const old = before === undefined ? undefined : known.get(before)
      let changed = old === undefined
      const phases = new Map<RecordRule, RulePhase>()
      for (const rule of rulesOf(change.layer)) {
        const phase = phaseOf(rule, after.fields)
        const was = old?.get(rule)
        if (was?.phase === phase) {
          phases.set(rule, was)
          continue
        }
        phases.set(rule, { phase, sinceMs: change.recordedAt, seq: change.seq })
        changed = true
      }
      known.set(after, changed || old === undefined ? phases : old)
      return changed
    },
    of(record, rule) {
      const phase = known.get(record)?.get(rule)
      if (phase === undefined) throw new Error(`a watched record has a phase for ${rule.kind}`)
      return phase
    },
  }
}
