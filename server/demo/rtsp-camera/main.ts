import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { createCommunity, DEMO_SEED } from '../community.ts'
import { startDemoCameras } from './demo-camera-server.ts'

/**
 * The demo's cameras, a process of its own that the server knows only by RTSP. Reads one JSON object on stdin to its end:
 * nothing secret is in its arguments or environment. Writes a line `ready <port>` when it listens. Stops on SIGTERM, or when
 * the channel to its parent ends.
 */
const orderSchema = z.strictObject({
  ffmpegPath: z.string(),
  /** Where port and sign-in are kept between starts, so that what was registered stays true. */
  statePath: z.string(),
})

const stateSchema = z.object({ port: z.number().int(), username: z.string(), password: z.string() })
type State = z.infer<typeof stateSchema>

function readState(path: string): State | null {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // None yet, or not one of ours: a new one is made and the cameras have to be registered again.
    return null
  }
}

const order = orderSchema.parse(JSON.parse(await text(process.stdin)))
const kept = readState(order.statePath)
const credentials = kept ?? { username: 'demo', password: randomBytes(18).toString('base64url') }
const { cameras } = createCommunity(DEMO_SEED)
const serve = (port: number) => startDemoCameras({ ffmpegPath: order.ffmpegPath, cameras, credentials, port, now: Date.now })
// Somebody else may have the port of the last start by now; the server is told the new one.
const server = await serve(kept?.port ?? 0).catch((cause: unknown) => {
  if (kept === null || !isCoded(cause) || cause.code !== 'EADDRINUSE') throw cause
  return serve(0)
})
mkdirSync(dirname(order.statePath), { recursive: true, mode: 0o700 })
writeFileSync(order.statePath, JSON.stringify({ ...credentials, port: server.port }), { mode: 0o600 })
process.stdout.write(`ready ${server.port}\n`)
const end = (): void => void server.close().then(() => process.exit(0))
process.once('SIGTERM', end)
process.once('disconnect', end)

function isCoded(cause: unknown): cause is { code: unknown } {
  return typeof cause === 'object' && cause !== null && 'code' in cause
}
