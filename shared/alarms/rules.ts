import { z } from 'zod'

import { fieldSpecsOf, LAYERS } from '../domain/layers.ts'

/** One thing that must be true of a record's field. An empty field (null) meets none of them: not knowing is not a state. */
export const conditionSchema = z.discriminatedUnion('test', [
  z.strictObject({ test: z.literal('in'), field: z.string(), values: z.array(z.union([z.string(), z.boolean()])).min(1) }),
  z.strictObject({ test: z.literal('notIn'), field: z.string(), values: z.array(z.union([z.string(), z.boolean()])).min(1) }),
  z.strictObject({ test: z.literal('atLeast'), field: z.string(), value: z.number() }),
  z.strictObject({ test: z.literal('atMost'), field: z.string(), value: z.number() }),
])
export type Condition = z.output<typeof conditionSchema>

const seconds = z.number().int().min(0).max(86_400)
const common = {
  /** The alarm's kind, unique in a table; screens have a text for each. */
  kind: z.string().regex(/^[a-z][a-z0-9_]{1,63}$/),
  /** 1 is the highest, as in GB/T 28181. */
  priority: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  /** How long the condition must have gone before the alarm is cleared. */
  clearsAfterSeconds: seconds,
  /** When somebody should have dealt with it, counted from the raise; null: no due time. */
  dueMinutes: z.number().int().min(1).max(20_160).nullable(),
  /** How many of the nearest cameras come up with it. */
  cameras: z.number().int().min(0).max(16),
}

const recordRuleSchema = z
  .strictObject({
    ...common,
    source: z.literal('record'),
    layer: z.enum(LAYERS),
    /** All must be true. */
    when: z.array(conditionSchema).min(1),
    /** All must be true for the alarm to clear; null: when `when` is no longer true and all its fields are known. */
    clearsWhen: z.array(conditionSchema).min(1).nullable(),
    /** How long `when` must have been true without a break. */
    holdsForSeconds: seconds,
    /** A field with opening hours (Beijing time): the rule speaks only inside them. */
    duringHours: z.string().nullable(),
    /** A count whose rise calls people again after they acknowledged: another person in the same building is news. */
    raisesAgainWith: z.string().nullable(),
    /** Category of the case that would be filed; a row of the site's table. */
    categoryCode: z.string().max(32).nullable(),
  })
  .superRefine((rule, context) => {
    const specs = fieldSpecsOf(rule.layer)
    const bad = (message: string) => context.addIssue({ code: 'custom', message })
    const fields = [...rule.when, ...(rule.clearsWhen ?? [])]
    for (const condition of fields) {
      const spec = specs[condition.field]
      if (spec === undefined) bad(`${rule.layer} has no field ${condition.field}`)
      else if ('value' in condition && spec.kind !== 'number') bad(`${condition.field} is not a number`)
      else if ('values' in condition && spec.kind === 'choice') {
        for (const value of condition.values) {
          if (!spec.values.some((known) => known === value)) bad(`${condition.field} is never ${value}`)
        }
      }
    }
    if (rule.duringHours !== null && specs[rule.duringHours]?.kind !== 'text') bad(`${rule.duringHours} holds no hours`)
    if (rule.raisesAgainWith !== null && specs[rule.raisesAgainWith]?.kind !== 'number')
      bad(`${rule.raisesAgainWith} is no count`)
  })

const signalRuleSchema = z.strictObject({
  ...common,
  source: z.literal('signal'),
  /** `source_silent`: three intervals without a word from a source; `clock_jump`: the server's clock was set. */
  signal: z.enum(['source_silent', 'clock_jump']),
})

export const ruleSchema = z.discriminatedUnion('source', [recordRuleSchema, signalRuleSchema])
/** A site's rules; one rule a kind. */
export const ruleTableSchema = z
  .array(ruleSchema)
  .max(200)
  .refine((rules) => new Set(rules.map((rule) => rule.kind)).size === rules.length, { message: 'two rules of one kind' })

export type RecordRule = z.output<typeof recordRuleSchema>
export type SignalRule = z.output<typeof signalRuleSchema>
export type Rule = z.output<typeof ruleSchema>

const record = { source: 'record', clearsWhen: null, duringHours: null, raisesAgainWith: null, categoryCode: null } as const
const stationIs = (...values: string[]): Condition => ({ test: 'in', field: 'state', values })

/**
 * The rules that ship. What threatens a person comes first (1), then what hurts or stops a service (2), then what makes it
 * worse (3), then what is good to know (4). Sensors flicker, so a state must stand for a minute before it is a fault.
 */
export const DEFAULT_RULES: readonly Rule[] = ruleTableSchema.parse([
  {
    ...record,
    kind: 'resident_sos',
    layer: 'buildings',
    when: [{ test: 'atLeast', field: 'careSos', value: 1 }],
    raisesAgainWith: 'careSos',
    holdsForSeconds: 0,
    clearsAfterSeconds: 0,
    priority: 1,
    dueMinutes: 5,
    cameras: 4,
  },
  {
    ...record,
    kind: 'care_overdue',
    layer: 'buildings',
    when: [{ test: 'atLeast', field: 'careOverdue', value: 1 }],
    raisesAgainWith: 'careOverdue',
    holdsForSeconds: 0,
    clearsAfterSeconds: 0,
    priority: 2,
    dueMinutes: 30,
    cameras: 2,
  },
  {
    ...record,
    kind: 'merchant_hazard',
    layer: 'merchants',
    when: [{ test: 'in', field: 'safety', values: ['hazard'] }],
    holdsForSeconds: 0,
    clearsAfterSeconds: 0,
    priority: 2,
    dueMinutes: 60,
    cameras: 2,
  },
  {
    ...record,
    kind: 'station_fault',
    layer: 'stations',
    when: [stationIs('fault')],
    holdsForSeconds: 60,
    clearsAfterSeconds: 120,
    priority: 2,
    dueMinutes: 60,
    cameras: 2,
  },
  {
    ...record,
    kind: 'station_offline',
    layer: 'stations',
    when: [stationIs('offline')],
    holdsForSeconds: 60,
    clearsAfterSeconds: 60,
    priority: 3,
    dueMinutes: 60,
    cameras: 2,
  },
  {
    ...record,
    kind: 'station_not_open',
    layer: 'stations',
    when: [stationIs('closed')],
    duringHours: 'hours',
    holdsForSeconds: 600,
    clearsAfterSeconds: 60,
    priority: 3,
    dueMinutes: 120,
    cameras: 2,
  },
  {
    ...record,
    kind: 'station_no_hot_water',
    layer: 'stations',
    when: [stationIs('open', 'full'), { test: 'in', field: 'water', values: ['cold', 'none'] }],
    holdsForSeconds: 600,
    clearsAfterSeconds: 300,
    priority: 3,
    dueMinutes: 1440,
    cameras: 0,
  },
  {
    ...record,
    kind: 'station_full',
    layer: 'stations',
    when: [stationIs('full')],
    holdsForSeconds: 300,
    clearsAfterSeconds: 120,
    priority: 4,
    dueMinutes: null,
    cameras: 1,
  },
  {
    ...record,
    kind: 'camera_offline',
    layer: 'cameras',
    when: [{ test: 'in', field: 'state', values: ['offline'] }],
    holdsForSeconds: 30,
    clearsAfterSeconds: 60,
    priority: 3,
    dueMinutes: 240,
    cameras: 2,
  },
  {
    source: 'signal',
    kind: 'source_silent',
    signal: 'source_silent',
    clearsAfterSeconds: 0,
    priority: 2,
    dueMinutes: 30,
    cameras: 0,
  },
  {
    source: 'signal',
    kind: 'clock_jump',
    signal: 'clock_jump',
    clearsAfterSeconds: 600,
    priority: 3,
    dueMinutes: 240,
    cameras: 0,
  },
])
