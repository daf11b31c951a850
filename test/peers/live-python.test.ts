import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { entry, startLiveServer, station, type LiveTestServer } from '../support/live-server.ts'

const PYTHON = '/usr/bin/python3'
const missing = spawnSync(PYTHON, ['-c', 'import socketio, websocket']).status !== 0
const EXAMPLE = fileURLToPath(new URL('../../docs/examples/live_client.py', import.meta.url))

let server: LiveTestServer
beforeEach(async () => {
  server = await startLiveServer()
})
afterEach(async () => {
  await server.stop()
  expect(server.broken).toEqual([])
})

/** Runs Python to its end; each line that it prints is handed on as it comes. */
async function python(args: readonly string[], onLine: (line: Record<string, unknown>) => void): Promise<number | null> {
  const env = { ...process.env, LOOKOUT_TOKEN: 'duty+integration', LOOKOUT_LIMIT: '3' }
  const child = spawn(PYTHON, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface(child.stdout).on('line', (line) => onLine(JSON.parse(line) as Record<string, unknown>))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

describe.skipIf(missing)('a foreign client, python-socketio', () => {
  it('follows the stream with the example of the documentation', async () => {
    await server.write(station('s1'), entry('merchants', 'm1', 'put', { name: '粮油店', position: [114.65, 33.62] }))
    const lines: Record<string, unknown>[] = []
    const code = await python([EXAMPLE, server.origin, 'stations', 'merchants'], (line) => {
      lines.push(line)
      if (lines.length === 2) {
        void server.write(
          entry('stations', 's1', 'patch', { state: 'full' }),
          entry('merchants', 'm1', 'patch', { safety: 'hazard' }),
          entry('stations', 's1', 'remove'),
          station('s2'),
        )
      }
    })
    expect(code).toBe(0)
    expect(lines.slice(0, 2)).toEqual([
      { loaded: 'stations', records: 1, seq: 2 },
      { loaded: 'merchants', records: 1, seq: 2 },
    ])
    expect(lines.slice(2)).toMatchObject([
      { seq: 4, layer: 'merchants', id: 'm1', op: 'patch', fields: { safety: 'hazard' } },
      { seq: 5, layer: 'stations', id: 's1', op: 'remove' },
      { seq: 6, layer: 'stations', id: 's2', op: 'put' },
    ])
  })

  it('is told when it asks for people, and ends', async () => {
    const lines: Record<string, unknown>[] = []
    expect(await python([EXAMPLE, server.origin, 'residents'], (line) => lines.push(line))).toBe(0)
    expect(lines).toMatchObject([{ ok: false, code: 'forbidden_layer', layer: 'residents' }])
  })

  it('gets the attachment of columns, framed once for all, as the bytes that they are', async () => {
    const script = `
import json, socketio, threading
client = socketio.Client(); done = threading.Event()
@client.on("connect", namespace="/live")
def connected():
    client.start_background_task(lambda: print(json.dumps(client.call("join", {"protocol": 1, "layers": ["stations"], "encoding": "columns"}, namespace="/live")), flush=True))
@client.on("delta", namespace="/live")
def delta(message):
    print(json.dumps({"rows": len(message["rows"]), "columns": message["columns"].hex()}), flush=True); done.set()
client.connect("${server.origin}", namespaces=["/live"], transports=["websocket"], auth={"token": "duty"})
done.wait(); client.disconnect()`
    await server.write(station('s1'))
    const lines: Record<string, unknown>[] = []
    await python(['-c', script], (line) => {
      lines.push(line)
      if (lines.length === 1) void server.write(entry('stations', 's1', 'patch', { state: 'full' }))
    })
    expect(lines[1]).toMatchObject({ rows: 0, columns: expect.stringMatching(/^010001000100000000/) as unknown })
  })
})
