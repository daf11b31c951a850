/**
 * Why an HTTP request was not served, with its status. Closed: a new one is added here and in docs/protocol.md. The body is
 * `{ ok: false, code, message, field? }`; programs look at `code`, never at `message`.
 */
export const PROBLEM_STATUS = {
  bad_request: 400,
  bad_json: 400,
  bad_field: 400,
  bad_idempotency_key: 400,
  not_signed_in: 401,
  bad_token: 401,
  bad_credentials: 401,
  forbidden: 403,
  forbidden_layer: 403,
  bad_origin: 403,
  origin_required: 403,
  reason_required: 403,
  no_consent: 403,
  wrong_code: 403,
  not_found: 404,
  unknown_code: 404,
  pairing_expired: 404,
  method_not_allowed: 405,
  conflict: 409,
  name_taken: 409,
  last_admin: 409,
  already_set_up: 409,
  already_acknowledged: 409,
  already_cleared: 409,
  idempotency_conflict: 409,
  too_large: 413,
  too_many_lines: 413,
  unsupported_type: 415,
  bad_range: 416,
  too_many_cells: 422,
  period_too_long: 422,
  rate_limited: 429,
  too_many_attempts: 429,
  internal: 500,
  bad_upstream: 502,
  not_ready: 503,
  overloaded: 503,
  stopping: 503,
  journal_failed: 503,
  journal_full: 507,
} as const

export type ProblemCode = keyof typeof PROBLEM_STATUS

/** The body of every answer that is not the one asked for. */
export interface ProblemBody {
  readonly ok: false
  readonly code: ProblemCode
  /** One sentence in English for whoever reads logs; screens show their own text for the code. */
  readonly message: string
  /** The field at fault, where it is one. */
  readonly field?: string
}
