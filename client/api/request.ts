import { z } from 'zod'

import { PROBLEM_STATUS, type ProblemCode } from '../../shared/protocol/problems.ts'

/** `unreachable`: no answer came at all; `unexpected`: one that is not of this protocol. */
export type FailureCode = ProblemCode | 'unreachable' | 'unexpected'

/** Why the server did not do it, as a screen needs it: the code, when to ask again, and the facts beside the code. */
export interface Failure {
  readonly ok: false
  readonly code: FailureCode
  readonly retryAfterMs: number | null
  readonly field: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

export type ApiResult<T> = { readonly ok: true; readonly value: T } | Failure

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const problemSchema = z.looseObject({ ok: z.literal(false), code: z.string(), field: z.string().optional() })

const failure = (code: FailureCode): Failure => ({ ok: false, code, retryAfterMs: null, field: null, facts: {} })

const isProblemCode = (code: string): code is ProblemCode => code in PROBLEM_STATUS

/** Asks our own server with this page's cookie; every answer is checked by `schema`. Never throws but when `signal` aborts it. */
export async function request<T>(
  method: Method,
  path: string,
  schema: z.ZodType<T>,
  options: { readonly body?: unknown; readonly signal?: AbortSignal } = {},
): Promise<ApiResult<T>> {
  const { body, signal } = options
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    })
    const answer: unknown = await response.json()
    return response.ok ? read(schema, answer) : refusal(answer, response.headers.get('Retry-After'))
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    return failure('unreachable')
  }
}

function read<T>(schema: z.ZodType<T>, answer: unknown): ApiResult<T> {
  const parsed = schema.safeParse(answer)
  return parsed.success ? { ok: true, value: parsed.data } : failure('unexpected')
}

function refusal(answer: unknown, retryAfter: string | null): Failure {
  const parsed = problemSchema.safeParse(answer)
  if (!parsed.success || !isProblemCode(parsed.data.code)) return failure('unexpected')
  const { ok: _, code, field = null, ...facts } = parsed.data
  const seconds = Number(retryAfter ?? Number.NaN)
  return { ok: false, code: code as ProblemCode, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null, field, facts }
}

/** For answers of which only success matters. */
export const doneSchema = z.looseObject({ ok: z.literal(true) })
