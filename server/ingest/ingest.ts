import type { Refusal } from '../../shared/domain/entry.ts'
import type { SourcePrincipal } from '../accounts/principal.ts'
import type { Change } from '../../shared/world/change.ts'
import type { WorldWriter } from '../world/world-writer.ts'
import type { Fact } from '../journal/change-log.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import { readLines, type ReadLine } from './read-lines.ts'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

/** The body of an answer 200, written once and sent or sent again byte for byte. */
export interface IngestReport {
  readonly accepted: number
  readonly rejected: readonly (Refusal & { readonly line: number })[]
  /** The last seq that belongs to this batch; the head of the log when nothing of it was recorded. */
  readonly seq: number
}

export type IngestOutcome =
  | { readonly ok: true; readonly answer: string; readonly replayed: boolean }
  | { readonly ok: false; readonly code: 'idempotency_conflict' | 'journal_full' | 'journal_failed' | 'overloaded' | 'stopping' }

/** The one door by which the world learns anything from outside. */
export interface Ingest {
  /** Milliseconds that a source has to wait before its next request; 0: none. */
  waitMs(source: SourcePrincipal): number
  /**
   * Waits for a place among the requests in work; null when too many wait already. Call the result when the request is
   * over. A body is not read before, so that what waits costs no memory; small ones go in together and share a commit.
   * @param bytes how large the body may be
   */
  enter(source: SourcePrincipal, bytes: number): Promise<(() => void) | null>
  /** Charges a request's lines to its source. */
  charge(source: SourcePrincipal, lines: number): void
  /** Reads, records and makes durable. @param key Idempotency-Key, null without one */
  take(source: SourcePrincipal, body: Uint8Array, key: string | null): Promise<IngestOutcome>
  /** When a source last sent anything that was accepted, UTC milliseconds; null: not since the start. */
  lastAcceptedAt(sourceId: string): number | null
}

/** Bytes of the bodies in work, of one source and of all: four full requests, and four such sources. */
const MAX_BYTES_OF_A_SOURCE = 20_000_000
const MAX_BYTES_OF_ALL = 80_000_000
/** Requests that may wait for a place, of one source: at a commit of 50 ms each this is a few seconds. */
const MAX_WAITING_OF_A_SOURCE = 256

interface IngestOptions {
  readonly writer: Pick<WorldWriter, 'submit'>
  readonly keys: IdempotencyKeys
  /** UTC milliseconds. */
  readonly now: () => number
  /** Milliseconds that never go back. */
  readonly monotonic: () => number
}

interface SourceState {
  readonly bucket: TokenBucket
  bytesInWork: number
  readonly waiting: { readonly bytes: number; readonly go: () => void }[]
  lastAcceptedAt: number | null
}

export function createIngest({ writer, keys, now, monotonic }: IngestOptions): Ingest {
  const states = new Map<string, SourceState>()
  let bytesInWork = 0

  function stateOf({ id, ratePerSecond }: SourcePrincipal): SourceState {
    const found = states.get(id)
    if (found !== undefined) return found
    const made: SourceState = {
      bucket: createTokenBucket(ratePerSecond, monotonic),
      bytesInWork: 0,
      waiting: [],
      lastAcceptedAt: null,
    }
    states.set(id, made)
    return made
  }

  async function record(
    source: SourcePrincipal,
    body: Uint8Array,
    keep: ((answer: string) => Fact) | null,
  ): Promise<IngestOutcome> {
    const lines = await readLines(body, source.layers, now())
    const entries = lines.flatMap(({ result }) => (result.ok ? [result.entry] : []))
    let answer: string | null = null
    const answerTo = (outcome: { results: readonly (Change | Refusal)[]; seq: number }): string =>
      (answer ??= JSON.stringify(reportOf(lines, outcome)))
    const outcome = await writer.submit({
      entries,
      ...(keep === null ? {} : { facts: (recorded) => [keep(answerTo(recorded))] }),
    })
    if (!outcome.ok) return outcome
    if (entries.length > 0) stateOf(source).lastAcceptedAt = now()
    return { ok: true, answer: answerTo(outcome), replayed: false }
  }

  // One request always fits where nothing else is.
  const hasPlace = (state: SourceState, bytes: number): boolean =>
    (state.bytesInWork === 0 || state.bytesInWork + bytes <= MAX_BYTES_OF_A_SOURCE) &&
    (bytesInWork === 0 || bytesInWork + bytes <= MAX_BYTES_OF_ALL)
  const occupy = (state: SourceState, bytes: number): void => {
    state.bytesInWork += bytes
    bytesInWork += bytes
  }
  /** Lets in whoever fits now. Sources take turns: one that was let in goes to the end of the line. */
  const letIn = (): void => {
    for (const [id, state] of Array.from(states)) {
      for (let next = state.waiting[0]; next !== undefined && hasPlace(state, next.bytes); next = state.waiting[0]) {
        state.waiting.shift()
        occupy(state, next.bytes)
        next.go()
        states.delete(id)
        states.set(id, state)
      }
    }
  }

  return {
    waitMs: (source) => stateOf(source).bucket.waitMs(),
    charge: (source, lines) => stateOf(source).bucket.spend(Math.max(1, lines)),
    async enter(source, bytes) {
      const state = stateOf(source)
      if (state.waiting.length >= MAX_WAITING_OF_A_SOURCE) return null
      if (state.waiting.length > 0 || !hasPlace(state, bytes)) {
        await new Promise<void>((go) => state.waiting.push({ bytes, go }))
      } else occupy(state, bytes)
      let left = false
      return () => {
        if (left) return
        left = true
        occupy(state, -bytes)
        letIn()
      }
    },
    take(source, body, key) {
      if (key === null) return record(source, body, null)
      return keys.once(source.id, key, body, (keep) => record(source, body, keep))
    },
    lastAcceptedAt: (sourceId) => states.get(sourceId)?.lastAcceptedAt ?? null,
  }
}

function reportOf(lines: readonly ReadLine[], outcome: { results: readonly (Change | Refusal)[]; seq: number }): IngestReport {
  const rejected: (Refusal & { line: number })[] = []
  let accepted = 0
  let next = 0
  for (const { line, result } of lines) {
    const final = result.ok ? outcome.results[next++] : result.refusal
    if (final !== undefined && 'code' in final)
      rejected.push({ line, code: final.code, field: final.field, message: final.message })
    else accepted += 1
  }
  return { accepted, rejected, seq: outcome.seq }
}
