import { z } from 'zod'

import {
  fieldSchema,
  ID_PATTERN,
  IDENTITY_MESSAGE,
  looksLikeIdentity,
  parseInstant,
  type FieldSpec,
  type FieldValue,
  type Fields,
} from './field.ts'
import { fieldSpecsOf, isLayerName, LAYERS, type LayerName } from './layers.ts'

export const OPS = ['put', 'patch', 'remove'] as const
export type Op = (typeof OPS)[number]

/** What a source reports, after the door: normalised, so that live, stored and replayed are equal bit for bit. */
export interface Entry {
  readonly layer: LayerName
  readonly id: string
  readonly op: Op
  /** The source's clock, UTC milliseconds. */
  readonly observedAt: number
  readonly fields: Fields
}

/** Why a line was refused; closed, documented in docs/protocol.md. */
export const REFUSAL_CODES = [
  'bad_json',
  'bad_line',
  'unknown_layer',
  'forbidden_layer',
  'bad_id',
  'bad_op',
  'bad_time',
  'future_time',
  'unknown_field',
  'derived_field',
  'missing_field',
  'bad_field',
  'identity_text',
  'unknown_record',
] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

export interface Refusal {
  readonly code: RefusalCode
  /** The name of the field at fault, null when it is the line as a whole. */
  readonly field: string | null
  /** One sentence for whoever writes the source. */
  readonly message: string
}

export type EntryResult = { readonly ok: true; readonly entry: Entry } | { readonly ok: false; readonly refusal: Refusal }

/** A source's clock may run this far ahead of ours; beyond it the value is refused. */
export const MAX_FUTURE_MS = 5 * 60_000

interface CompiledField {
  readonly spec: FieldSpec
  readonly schema: z.ZodType<FieldValue>
}

const compiled = new Map<LayerName, ReadonlyMap<string, CompiledField>>(
  LAYERS.map((layer) => [
    layer,
    new Map(Object.entries(fieldSpecsOf(layer)).map(([name, spec]) => [name, { spec, schema: fieldSchema(spec) }])),
  ]),
)

function compiledFields(layer: LayerName): ReadonlyMap<string, CompiledField> {
  const fields = compiled.get(layer)
  if (fields === undefined) throw new Error(`no fields compiled for layer ${layer}`)
  return fields
}

const refuse = (code: RefusalCode, field: string | null, message: string): EntryResult => ({
  ok: false,
  refusal: { code, field, message },
})

const lineSchema = z.record(z.string(), z.unknown())
const LINE_KEYS: ReadonlySet<string> = new Set(['layer', 'id', 'op', 'observedAt', 'fields'])

/**
 * The door: one line of a source to a normalised entry, or why not. `allowed` are the layers that this source may write;
 * that is looked at before anything else of the line, so that a refusal tells nothing about layers out of reach.
 * @param nowMs the server's clock, for the bound on the future
 */
export function readEntry(line: unknown, allowed: readonly string[], nowMs: number): EntryResult {
  const parsed = lineSchema.safeParse(line)
  if (!parsed.success) return refuse('bad_line', null, 'a line is one JSON object { layer, id, op, observedAt, fields }')
  const { layer, id, op, observedAt, fields } = parsed.data
  if (typeof layer !== 'string') return refuse('unknown_layer', 'layer', `layer is one of ${LAYERS.join(', ')}`)
  if (!allowed.includes(layer)) {
    return isLayerName(layer)
      ? refuse('forbidden_layer', 'layer', `this source may not write ${layer}`)
      : refuse('unknown_layer', 'layer', `layer is one of ${LAYERS.join(', ')}`)
  }
  if (!isLayerName(layer)) return refuse('unknown_layer', 'layer', `layer is one of ${LAYERS.join(', ')}`)
  // Of the line itself: `__proto__` is a name that a parsed copy drops.
  const extra = Object.keys(line as object).find((key) => !LINE_KEYS.has(key))
  if (extra !== undefined)
    return refuse('bad_line', extra.slice(0, 64), 'a line has layer, id, op, observedAt and fields, nothing else')
  if (typeof id !== 'string' || !ID_PATTERN.test(id)) {
    return refuse('bad_id', 'id', 'an id is 1 to 64 letters, digits or _ . : - and starts with a letter or digit')
  }
  if (looksLikeIdentity(id)) return refuse('identity_text', 'id', IDENTITY_MESSAGE)
  if (op !== 'put' && op !== 'patch' && op !== 'remove') return refuse('bad_op', 'op', 'op is put, patch or remove')
  const observedAtMs = parseInstant(observedAt)
  if (observedAtMs === null) {
    return refuse('bad_time', 'observedAt', 'an instant with an explicit offset, such as 2026-11-23T06:35:08.000Z')
  }
  if (observedAtMs > nowMs + MAX_FUTURE_MS) return refuse('future_time', 'observedAt', 'more than 5 minutes in the future')
  const read = readFields(layer, op, fields)
  if ('refusal' in read) return { ok: false, refusal: read.refusal }
  return { ok: true, entry: { layer, id, op, observedAt: observedAtMs, fields: read.fields } }
}

function readFields(layer: LayerName, op: Op, input: unknown): { fields: Fields } | { refusal: Refusal } {
  const bad = (code: RefusalCode, field: string | null, message: string) => ({ refusal: { code, field, message } })
  if (input !== undefined && (typeof input !== 'object' || input === null || Array.isArray(input))) {
    return bad('bad_line', 'fields', 'fields is an object')
  }
  const given = Object.entries(input ?? {})
  if (op === 'remove') return given.length === 0 ? { fields: {} } : bad('bad_line', 'fields', 'a remove has no fields')
  if (op === 'patch' && given.length === 0) return bad('bad_line', 'fields', 'a patch has at least one field')
  const known = compiledFields(layer)
  const values: Record<string, FieldValue> = {}
  for (const [name, value] of given) {
    const field = known.get(name)
    if (field === undefined) return bad('unknown_field', name.slice(0, 64), `${layer} has no field of this name`)
    if (field.spec.derived) return bad('derived_field', name, 'computed by the server; leave it out')
    const parsed = field.schema.safeParse(value)
    if (!parsed.success) {
      const message = parsed.error.issues[0]?.message ?? 'not valid'
      return message === IDENTITY_MESSAGE ? bad('identity_text', name, message) : bad('bad_field', name, message)
    }
    values[name] = parsed.data
  }
  if (op === 'put') {
    for (const [name, { spec }] of known) {
      if (name in values) continue
      if (!spec.nullable) return bad('missing_field', name, `a put of ${layer} needs ${name}`)
      values[name] = null
    }
  }
  return { fields: withoutPlaceOffDuty(layer, inDeclaredOrder(known, values)) }
}

/** Same key order everywhere, so that equal records are equal as text too. */
function inDeclaredOrder(known: ReadonlyMap<string, CompiledField>, values: Record<string, FieldValue>): Fields {
  const ordered: Record<string, FieldValue> = {}
  for (const name of known.keys()) {
    const value = values[name]
    if (value !== undefined) ordered[name] = value
  }
  return ordered
}

/** A worker off duty has no position: whatever was sent, the log never holds it. */
function withoutPlaceOffDuty(layer: LayerName, fields: Fields): Fields {
  return layer === 'workers' && fields['duty'] === 'off' ? { ...fields, position: null, headingDeg: null } : fields
}
