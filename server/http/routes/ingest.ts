import type { Ingest } from '../../ingest/ingest.ts'
import { createLineCounter } from '../../ingest/read-lines.ts'
import { mediaType, readBody } from '../body.ts'
import { answer, problem, sourceRoute, type Answer, type Route } from '../route.ts'

/** Limits of one request. */
export const MAX_INGEST_BYTES = 5_000_000
export const MAX_INGEST_LINES = 10_000

const KEY = /^[\x21-\x7e]{1,255}$/

const REFUSALS = {
  idempotency_conflict: 'this Idempotency-Key belongs to another body',
  journal_full: 'no room to record; nothing of this request was taken',
  journal_failed: 'the log could not be written; nothing of this request was taken',
  overloaded: 'too much waits to be recorded; send it again',
  stopping: 'the server is stopping; send it again',
} as const

/** `POST /api/ingest`: the one door for sources. */
export function ingestRoutes(ingest: Ingest): Route[] {
  return [
    sourceRoute({
      method: 'POST',
      path: '/api/ingest',
      body: null,
      async handler({ principal: source, raw, headers }) {
        if (mediaType(raw) !== 'application/x-ndjson') return problem('unsupported_type', 'the body is application/x-ndjson')
        const encoding = headers['content-encoding'] ?? 'identity'
        if (encoding !== 'identity') return problem('unsupported_type', 'the body is sent as it is, without Content-Encoding')
        const key = headers['idempotency-key']
        if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) {
          return problem('bad_idempotency_key', 'an Idempotency-Key is 1 to 255 visible ASCII characters')
        }
        const waitMs = ingest.waitMs(source)
        if (waitMs > 0) return tooFast(waitMs)
        const leave = await ingest.enter(
          source,
          Math.min(Number(headers['content-length'] ?? MAX_INGEST_BYTES), MAX_INGEST_BYTES),
        )
        if (leave === null) return tooFast(1_000)
        try {
          const lines = createLineCounter()
          const body = await readBody(raw, MAX_INGEST_BYTES, (chunk) => lines.add(chunk) <= MAX_INGEST_LINES)
          ingest.charge(source, Math.min(lines.total(), MAX_INGEST_LINES))
          if (!body.ok) {
            return lines.total() > MAX_INGEST_LINES
              ? problem('too_many_lines', `a request has at most ${MAX_INGEST_LINES} lines`)
              : problem('too_large', `a request has at most ${MAX_INGEST_BYTES} bytes`)
          }
          const outcome = await ingest.take(source, body.bytes, key ?? null)
          if (!outcome.ok) {
            const waits = outcome.code !== 'idempotency_conflict'
            return problem(outcome.code, REFUSALS[outcome.code], waits ? { retryAfterMs: 1_000 } : {})
          }
          const headersOut = {
            'Content-Type': 'application/json; charset=utf-8',
            ...(outcome.replayed ? { 'Idempotency-Replayed': 'true' } : {}),
          }
          return answer(Buffer.from(outcome.answer), { headers: headersOut })
        } finally {
          leave()
        }
      },
    }),
  ]
}

const tooFast = (waitMs: number): Answer => problem('rate_limited', 'faster than this source may send', { retryAfterMs: waitMs })
