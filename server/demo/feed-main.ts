import { readFile, rename, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

import { z } from 'zod'

import { createCommunity, DEMO_SEED } from './community.ts'
import { feedStateSchema, runDemoFeed, type FeedState } from './demo-feed.ts'
import { createIngestClient } from './ingest-client.ts'
import { SourceError } from './source-error.ts'

/**
 * The demo's feed, a process of its own that knows the server only by the door for sources. Reads one JSON object on stdin
 * to its end: the token is in no argument and no environment. Stops on SIGTERM, or when the channel to its parent ends.
 * Ends with code 3 when the server no longer takes its token.
 */
const orderSchema = z.strictObject({
  origin: z.url(),
  token: z.string().min(1),
  certificate: z.string().nullable(),
  rate: z.number().positive(),
  /** Where the feed keeps how far it has reported. */
  statePath: z.string().min(1),
})

const TOKEN_REFUSED_EXIT = 3

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())
process.once('disconnect', () => stop.abort())

const log = (line: string): void => void process.stderr.write(`${line}\n`)

const order = orderSchema.parse(JSON.parse(await text(process.stdin)))
try {
  await runDemoFeed({
    community: createCommunity(DEMO_SEED),
    rate: order.rate,
    client: createIngestClient({ origin: order.origin, token: order.token, certificate: order.certificate, log }),
    state: await readState(order.statePath),
    keep: (state) => keepState(order.statePath, state),
    now: Date.now,
    log,
    signal: stop.signal,
  })
} catch (cause) {
  if (cause instanceof SourceError && cause.code === 'token_refused') {
    log(cause.message)
    process.exitCode = TOKEN_REFUSED_EXIT
  } else if (!stop.signal.aborted) throw cause
}
if (process.connected) process.disconnect()

async function readState(path: string): Promise<FeedState | null> {
  try {
    return feedStateSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // None yet, or cut short by a power loss: everything is told again, which changes nothing that is right.
    return null
  }
}

async function keepState(path: string, state: FeedState): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
