import { createServer } from 'node:http'
import { parseNetworks, parsePorts, resolveBySystem } from './camera-address.ts'
import { CameraHub } from './camera-hub.ts'
import { hubCommandSchema, type HubEvent, type ReadHubCommand } from './hub-protocol.ts'
import { redactUrls } from './redact.ts'
import { StartGate } from './start-gate.ts'

/**
 * The video process. It gets everything by its fork channel and serves media on a Unix socket that only this user may open.
 * It ends when that channel closes, so it never outlives its server.
 */

/** Starts at once: sixteen took 7-9 s to begin together, four at a time take less. */
const CONCURRENT_STARTS = 4

let hub: CameraHub | null = null

function tell(event: HubEvent): void {
  if (process.connected) process.send?.(event)
}

function configure(command: Extract<ReadHubCommand, { type: 'configure' }>): void {
  const made = new CameraHub(
    {
      ffmpegPath: command.ffmpegPath,
      pull: command.pull,
      reach: { networks: parseNetworks(command.networks) ?? [], ports: parsePorts(command.ports) ?? [] },
      resolve: resolveBySystem,
      gate: new StartGate(CONCURRENT_STARTS),
      suspects: new StartGate(1),
      accepts: ['h264', 'h265'],
      transcodes: { count: 0 },
      now: Date.now,
      random: Math.random,
      log: (line) => tell({ type: 'log', line: redactUrls(line) }),
    },
    (report) => tell({ type: 'report', report }),
    {
      folder: command.recordingsDir,
      tell: (event) => tell({ type: 'recording', event }),
    },
  )
  hub = made
  const server = createServer((_request, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket, head) => made.upgrade(request, socket, head))
  const previous = process.umask(0o177)
  server.listen(command.socketPath, () => {
    process.umask(previous)
    tell({ type: 'ready' })
  })
}

function obey(command: ReadHubCommand): void {
  switch (command.type) {
    case 'configure':
      configure(command)
      return
    case 'define':
      hub?.define(command.camera)
      return
    case 'remove':
      hub?.remove(command.cameraId)
      return
    case 'record':
      hub?.record(command.cameraId, command.fromMs, command.untilMs)
      return
    case 'close':
      hub?.close(command.handle, command.code, command.reason)
      return
    case 'snapshot':
      void answerSnapshot(command.requestId, command.cameraId)
      return
    case 'stop':
      void end()
  }
}

/** Ends in order: viewers told, recordings in their files, and the last words about them said. */
async function end(): Promise<void> {
  await hub?.stop()
  if (!process.connected) process.exit(0)
  process.disconnect()
}

async function answerSnapshot(requestId: number, cameraId: string): Promise<void> {
  const result = (await hub?.snapshot(cameraId)) ?? { ok: false as const, code: 'hub_down' as const }
  tell({ type: 'snapshot', requestId, result })
}

process.on('message', (message) => {
  const command = hubCommandSchema.safeParse(message)
  if (command.success) obey(command.data)
  else tell({ type: 'log', line: 'a command of the wrong shape was ignored' })
})
process.on('disconnect', () => void end())
// Ctrl-C reaches the whole process group; the server says when it is time.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
