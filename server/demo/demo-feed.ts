import { setTimeout as sleep } from 'node:timers/promises'

import { z } from 'zod'

import type { Entry } from '../../shared/domain/entry.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import type { DemoCommunity } from './community.ts'
import type { IngestClient } from './ingest-client.ts'
import { createDemoLife } from './life/demo-life.ts'
import { lifeAt, type LifeClock } from './life/life-clock.ts'

/** Where the feed stands, kept between starts: everything up to `reportedUntilMs` is recorded. Times are UTC milliseconds. */
export const feedStateSchema = z.strictObject({
  seed: z.number().int(),
  firstLifeMs: z.number(),
  anchorRealMs: z.number(),
  anchorLifeMs: z.number(),
  rate: z.number(),
  reportedUntilMs: z.number(),
})
export type FeedState = z.infer<typeof feedStateSchema>

export interface DemoFeedOptions {
  readonly community: DemoCommunity
  readonly rate: number
  readonly client: IngestClient
  /** Null on a first start, which reports everything there is. */
  readonly state: FeedState | null
  /** Called after each step that is recorded. */
  readonly keep: (state: FeedState) => Promise<void>
  /** UTC milliseconds. */
  readonly now: () => number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Lines a request: about a quarter of a megabyte, so that no commit is held up. */
const BATCH_LINES = 2_000
/** Real milliseconds between two steps, at rate 1 and at any rate. */
const STEP_MS = 1_000
const SHORTEST_STEP_MS = 200

/**
 * Reports the demo's life until the signal aborts. After a pause it tells what happened meanwhile; when the server knows less
 * than the kept state says (its data are older or gone), it tells everything again.
 */
export async function runDemoFeed(options: DemoFeedOptions): Promise<void> {
  const { community, client, keep, now, log, signal } = options
  let state = options.state?.seed === community.seed ? continued(options.state, options.rate, now()) : null
  // After a change of rate everything is told again: the two clocks no longer agree on what the last step said.
  let life = state === null || state.rate !== options.state?.rate ? null : lifeOf(community, state)

  const deliver = async (entries: readonly Entry[], until: number): Promise<boolean> => {
    let isKnown = true
    for (let at = 0; at < entries.length; at += BATCH_LINES) {
      const batch = entries.slice(at, at + BATCH_LINES)
      // Of the instants that it covers and its place among them: the same batch has the same key, another one another.
      const key = `demo-${community.seed}-${until}-${at}-${batch.length}`
      const { rejected } = await client.deliver(linesOf(batch), key, signal)
      for (const { line, code, message } of rejected) {
        if (code === 'unknown_record') isKnown = false
        else log(`a line of ${batch[line - 1]?.layer ?? 'the feed'} was refused: ${code}: ${message}`)
      }
    }
    return isKnown
  }

  const begin = async (): Promise<FeedState> => {
    const at = now()
    const fresh = state ?? freshState(community.seed, options.rate, at)
    life = lifeOf(community, fresh)
    const entries = life.initial(at)
    await deliver(entries, at)
    log(`reported ${entries.length} records`)
    return { ...fresh, reportedUntilMs: at }
  }

  const stepMs = Math.max(SHORTEST_STEP_MS, STEP_MS / Math.max(1, options.rate))
  while (!signal.aborted) {
    if (state === null || life === null) state = await begin()
    else {
      const until = now()
      if (until > state.reportedUntilMs) {
        const isKnown = await deliver(life.between(state.reportedUntilMs, until), until)
        state = isKnown ? { ...state, reportedUntilMs: until } : await begin()
      }
    }
    await keep(state)
    await sleep(stepMs, undefined, { signal })
  }
}

function freshState(seed: number, rate: number, atMs: number): FeedState {
  return { seed, firstLifeMs: atMs, anchorRealMs: atMs, anchorLifeMs: atMs, rate, reportedUntilMs: atMs }
}

/** The kept state at the rate of today: life goes on from where it was, never backwards. */
function continued(kept: FeedState, rate: number, nowMs: number): FeedState {
  if (kept.rate === rate) return kept
  const at = Math.max(nowMs, kept.reportedUntilMs)
  const anchorLifeMs = lifeAt(clockOf(kept), kept.reportedUntilMs)
  return { ...kept, rate, anchorRealMs: at, anchorLifeMs }
}

const clockOf = ({ anchorRealMs, anchorLifeMs, rate }: FeedState): LifeClock => ({ anchorRealMs, anchorLifeMs, rate })

const lifeOf = (community: DemoCommunity, state: FeedState) => createDemoLife(community, clockOf(state), state.firstLifeMs)

function linesOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify({ ...entry, observedAt: formatInstant(entry.observedAt) })}\n`).join('')
}
