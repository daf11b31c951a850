import { z } from 'zod'

/** `[lng, lat]` in WGS-84 degrees, at most six decimals (about 0.1 m). */
export type Position = readonly [lng: number, lat: number]

/** What an alarm or a case speaks about: one record of one layer. */
export interface Subject {
  readonly layer: string
  readonly id: string
}

/** The values that a record's field may hold; all are plain JSON. */
export type FieldValue = string | number | boolean | null | Position | Subject | readonly string[]

/** A record's fields by name, after the door's normalisation. */
export type Fields = Readonly<Record<string, FieldValue>>

interface Common {
  /** May be absent in a `put` (stored as null) and may be set to null. */
  readonly nullable: boolean
  /** Changes often; travels in the binary columns of a delta instead of its JSON part. */
  readonly live: boolean
  /** Computed by the server; a source that sends it is refused. */
  readonly derived: boolean
  /** Roles whose stream never carries this field; `*`: none does. */
  readonly hiddenFrom: readonly string[]
  /** Roles that see another field's value under this one's name, because this one's own says too much for them. */
  readonly standIn: { readonly roles: readonly string[]; readonly field: string } | null
}

/** One field of a layer: its kind, bounds and who may see it. Drives validation, normalisation and every codec. */
export type FieldSpec = Common &
  (
    | { readonly kind: 'choice'; readonly values: readonly string[] }
    | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly decimals: number }
    | { readonly kind: 'flag' }
    | { readonly kind: 'text'; readonly maxLength: number; readonly pattern: RegExp | null }
    | { readonly kind: 'position' }
    | { readonly kind: 'time' }
    | { readonly kind: 'subject' }
    | { readonly kind: 'list'; readonly maxItems: number }
  )

export type FieldSpecs = Readonly<Record<string, FieldSpec>>

type Options = Partial<Common>
const common = (options: Options): Common => ({
  nullable: false,
  live: false,
  derived: false,
  hiddenFrom: [],
  standIn: null,
  ...options,
})

/** One of a closed set of words; at most 254, so that a column of bytes holds it beside null. */
export function choice<const V extends readonly string[]>(values: V, options: Options = {}) {
  return { ...common(options), kind: 'choice' as const, values }
}
/** A number in `[min, max]`, rounded to `decimals`; the scaled value must fit an int32 column. */
export function number(bounds: { min: number; max: number; decimals?: number }, options: Options = {}) {
  return { ...common(options), kind: 'number' as const, decimals: 0, ...bounds }
}
export function flag(options: Options = {}) {
  return { ...common(options), kind: 'flag' as const }
}
/** Text for people or an opaque code; refused where it looks like a phone or identity number. */
export function text(maxLength: number, options: Options & { pattern?: RegExp } = {}) {
  const { pattern = null, ...rest } = options
  return { ...common(rest), kind: 'text' as const, maxLength, pattern }
}
export function position(options: Options = {}) {
  return { ...common(options), kind: 'position' as const }
}
/** An instant, stored as `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export function time(options: Options = {}) {
  return { ...common(options), kind: 'time' as const }
}
export function subject(options: Options = {}) {
  return { ...common(options), kind: 'subject' as const }
}
/** A short list of opaque references. */
export function list(maxItems: number, options: Options = {}) {
  return { ...common(options), kind: 'list' as const, maxItems }
}

/** Opaque ids: letters, digits and `_ . : -`, 64 at most, so that they are safe in a path and in a log line. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

// Mainland mobile numbers and 18-character identity numbers standing alone, with the usual separators; 20-digit camera ids pass.
const PHONE = /(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/
const IDENTITY = /(?<!\d)[1-9]\d{5}[- ]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[- ]?\d{3}[\dXx](?![\dXx])/

/** Whether a text holds what looks like a phone or identity number; full-width digits count. */
export function looksLikeIdentity(value: string): boolean {
  const plain = value.normalize('NFKC')
  return PHONE.test(plain) || IDENTITY.test(plain)
}

const isoTime = z.iso.datetime({ offset: true })

/** An instant with an explicit offset, as UTC milliseconds since 1970; null when it is not one or lies outside 1970-2200. */
export function parseInstant(value: unknown): number | null {
  const parsed = isoTime.safeParse(value)
  if (!parsed.success) return null
  const ms = Date.parse(parsed.data)
  return Number.isFinite(ms) && ms >= 0 && ms < LAST_INSTANT_MS ? ms : null
}
/** 2200-01-01: later than any plan, early enough that every sum of two instants is exact. */
const LAST_INSTANT_MS = 7_258_118_400_000

/** UTC milliseconds in the one written form of this project. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString()
}

/** Rounds half away from zero to `decimals`, giving the double nearest to that decimal, and never negative zero. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.sign(value) * (Math.round(Math.abs(value) * scale) / scale) + 0
}

/** Decimals kept of a degree: 1e-6 degrees is about 0.1 m. */
export const POSITION_DECIMALS = 6

const lngLat = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
const subjectSchema = z.strictObject({ layer: z.string().min(1).max(32), id: z.string().regex(ID_PATTERN) })

function bare(spec: FieldSpec): z.ZodType<FieldValue> {
  switch (spec.kind) {
    case 'choice':
      return z.enum(spec.values as readonly [string, ...string[]])
    case 'number':
      return z
        .number()
        .min(spec.min)
        .max(spec.max)
        .transform((value) => roundTo(value, spec.decimals))
    case 'flag':
      return z.boolean()
    case 'text': {
      const length = z.string().min(1).max(spec.maxLength)
      const shaped = spec.pattern === null ? length : length.regex(spec.pattern)
      return shaped.refine((value) => !looksLikeIdentity(value), { message: IDENTITY_MESSAGE })
    }
    case 'position':
      return lngLat.transform(([lng, lat]): Position => [roundTo(lng, POSITION_DECIMALS), roundTo(lat, POSITION_DECIMALS)])
    case 'time':
      return z.string().transform((value, context) => {
        const ms = parseInstant(value)
        if (ms !== null) return formatInstant(ms)
        context.addIssue({ code: 'custom', message: 'an instant with an explicit offset, such as 2026-11-23T06:35:08.000Z' })
        return z.NEVER
      })
    case 'subject':
      return subjectSchema
    case 'list':
      return z.array(z.string().regex(ID_PATTERN)).max(spec.maxItems)
  }
}

/** The message of a text refused because it looks like a phone or identity number. */
export const IDENTITY_MESSAGE = 'looks like a phone or identity number, which never enters the stream'

/** The schema of one field; its output is the normalised value, equal bit for bit wherever it is computed. */
export function fieldSchema(spec: FieldSpec): z.ZodType<FieldValue> {
  return spec.nullable ? bare(spec).nullable() : bare(spec)
}

type ValueOf<S extends FieldSpec> = S extends { kind: 'choice'; values: infer V extends readonly string[] }
  ? V[number]
  : S extends { kind: 'number' }
    ? number
    : S extends { kind: 'flag' }
      ? boolean
      : S extends { kind: 'position' }
        ? Position
        : S extends { kind: 'subject' }
          ? Subject
          : S extends { kind: 'list' }
            ? readonly string[]
            : string

/** The record type of a layer's specs. A nullable field's type is widened by {@link Nullable}. */
export type FieldsOf<S extends FieldSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> | null }
