import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

import { z } from 'zod'

import { SourceError } from './source-error.ts'

export interface IngestClientOptions {
  /** Where the server listens, `http://127.0.0.1:8080`. */
  readonly origin: string
  readonly token: string
  /** PEM of the server's own certificate when it serves HTTPS; it is taken for the server whatever name it bears. */
  readonly certificate: string | null
  readonly log: (line: string) => void
}

/** What the door made of a batch; lines count from 1. */
export interface IngestAnswer {
  readonly accepted: number
  readonly rejected: readonly { readonly line: number; readonly code: string; readonly message: string }[]
}

const answerSchema = z.object({
  accepted: z.number(),
  rejected: z.array(z.object({ line: z.number(), code: z.string(), message: z.string() })),
})

/** Waits between attempts: doubled from the first to the longest. */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** An answer comes after the batch is durable; a disk under load takes seconds, not this. */
const ANSWER_LIMIT_MS = 30_000

/**
 * Delivers batches through `POST /api/ingest`: each is sent again, with the same key and body, until the server has
 * answered, so that none is lost or recorded twice.
 */
export interface IngestClient {
  /** Rejects with {@link SourceError} when no repetition can help, or with the signal's reason. */
  deliver(body: string, key: string, signal: AbortSignal): Promise<IngestAnswer>
}

export function createIngestClient(options: IngestClientOptions): IngestClient {
  return {
    async deliver(body, key, signal) {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await attemptOnce(options, body, key, signal)
        if ('answer' in outcome) return outcome.answer
        signal.throwIfAborted()
        const backOffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10))
        const waitMs = Math.max(outcome.retryAfterMs, backOffMs)
        if (attempt === 0) options.log(`${outcome.why}; trying again until it is taken`)
        await sleep(waitMs, undefined, { signal })
      }
    },
  }
}

type Outcome = { readonly answer: IngestAnswer } | { readonly why: string; readonly retryAfterMs: number }

async function attemptOnce(options: IngestClientOptions, body: string, key: string, signal: AbortSignal): Promise<Outcome> {
  let response: IncomingMessage
  try {
    response = await post(options, body, key, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]))
  } catch (cause) {
    signal.throwIfAborted()
    return { why: `the server does not answer (${codeOf(cause)})`, retryAfterMs: 0 }
  }
  const status = response.statusCode ?? 0
  const retryAfterMs = Number(response.headers['retry-after'] ?? 0) * 1000 || 0
  const parsed = answerSchema.safeParse(await json(response).catch(() => null))
  if (status === 200 && parsed.success) return { answer: parsed.data }
  if (status === 401 || status === 403) throw new SourceError('token_refused', 'the server no longer takes this token')
  const isLasting = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (isLasting) throw new SourceError('batch_refused', `the server refused a batch with status ${status}`)
  return { why: `the server answered ${status}`, retryAfterMs }
}

function post(
  { origin, token, certificate }: IngestClientOptions,
  body: string,
  key: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL('/api/ingest', origin)
  const bytes = Buffer.from(body)
  const common: RequestOptions = {
    method: 'POST',
    signal,
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/x-ndjson',
      'Content-Length': bytes.length,
      'Idempotency-Key': key,
    },
  }
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, {
            ...common,
            ...(certificate === null ? {} : { ca: certificate, checkServerIdentity: () => undefined }),
          })
        : httpRequest(url, common)
    request.once('response', resolve)
    request.once('error', reject)
    request.end(bytes)
  })
}

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause
    ? String(cause.code)
    : cause instanceof Error
      ? cause.name
      : 'unknown'
