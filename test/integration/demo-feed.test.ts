import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterEach, expect, test } from 'vitest'

import { layerOf } from '../../shared/world/world.ts'
import { createBuildingDerivation } from '../../shared/world/building-derivation.ts'
import { startTestServer, type TestServer } from '../support/http-server.ts'
import { startServer } from '../support/server.ts'

const FEED = fileURLToPath(new URL('../../server/demo/feed-main.ts', import.meta.url))
const FEED_LAYERS = ['buildings', 'residents', 'merchants', 'stations', 'workers', 'cases'] as const

const feeds: ChildProcess[] = []
const servers: TestServer[] = []
afterEach(async () => {
  for (const feed of feeds.splice(0)) feed.kill('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
})

async function start(ratePerSecond?: number) {
  const server = await startTestServer({
    follows: ({ world }) => Promise.resolve({ derivations: [createBuildingDerivation(world)] }),
  })
  servers.push(server)
  const source = await server.accounts.machines.createSource({ name: 'demo', layers: FEED_LAYERS, ratePerSecond }, null)
  return { server, source }
}

function startFeed({ server, source }: { server: { origin: string; dataDir: string }; source: { token: string } }, rate = 20) {
  const statePath = join(server.dataDir, 'feed.json')
  const feed = spawn(process.execPath, [FEED], { stdio: ['pipe', 'ignore', 'pipe', 'ipc'] })
  feeds.push(feed)
  const { stdin, stderr } = feed
  if (stdin === null || stderr === null) throw new Error('no pipes')
  const lines: string[] = []
  const reader = createInterface({ input: stderr })
  const reported = once(reader, 'line')
  reader.on('line', (line) => lines.push(line))
  stdin.end(JSON.stringify({ origin: server.origin, token: source.token, certificate: null, rate, statePath }))
  return { feed, lines, reported, statePath, exited: once(feed, 'exit') as Promise<[number | null, string | null]> }
}

/** Resolves when `enough` holds after some commit. */
const until = (server: TestServer, enough: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = server.writer.onCommitted(() => {
      if (!enough()) return
      stop()
      resolve()
    })
  })

test('the feed fills the community through the door and lives on, and after kill -9 goes on without telling everything again', async () => {
  const begun = await start()
  const { server } = begun
  const count = (layer: Parameters<typeof layerOf>[1]): number => layerOf(server.writer.live, layer).records.size
  const first = startFeed(begun)
  expect(await first.reported).toEqual([expect.stringMatching(/^reported 2\d{4} records$/)])
  const told = server.writer.live.seq
  await until(server, () => server.writer.live.seq > told + 300)
  expect(first.lines).toHaveLength(1)
  expect(count('stations')).toBe(26)
  expect(count('merchants')).toBe(1000)
  expect(count('residents')).toBe(12_000)
  expect(count('workers')).toBe(126)
  expect(count('cases')).toBeGreaterThan(5000)
  expect(count('alarms')).toBe(0)
  const buildings = [...layerOf(server.writer.live, 'buildings').records.values()]
  expect(buildings.reduce((sum, { fields }) => sum + Number(fields['residents']), 0)).toBe(12_000)

  first.feed.kill('SIGKILL')
  await first.exited
  const at = server.writer.live.seq
  const second = startFeed(begun)
  await until(server, () => server.writer.live.seq > at + 300)
  second.feed.kill('SIGTERM')
  expect(await second.exited).toEqual([0, null])
  expect(second.lines).toEqual([])
  expect(server.writer.live.seq - at).toBeLessThan(5000)
  expect(await readFile(second.statePath, 'utf8')).not.toContain(begun.source.token)
})

test('a feed whose token ended says so and ends', async () => {
  const begun = await start()
  await begun.server.accounts.machines.deleteSource(begun.source.id, null)
  const { exited, lines } = startFeed(begun)
  expect(await exited).toEqual([3, null])
  expect(lines.join()).toContain('no longer takes this token')
})

test('a feed that may send only so fast waits as it is told and goes on where it was', async () => {
  // A batch has 2,000 lines, so that the second is always too early.
  const begun = await start(300)
  const { feed, lines } = startFeed(begun, 1)
  const { server } = begun
  await until(server, () => layerOf(server.writer.live, 'residents').records.size > 2_000)
  feed.kill('SIGTERM')
  expect(layerOf(server.writer.live, 'merchants').records.size).toBe(1_000)
  expect(server.logLines.some((line) => line.includes('"status":429'))).toBe(true)
  expect(lines.some((line) => line.includes('the server answered 429; trying again'))).toBe(true)
})

test('a feed whose server was killed tells it everything when it is back', async () => {
  const first = await startServer()
  const admin = await first.setUp()
  const source = await first.addSource(admin, FEED_LAYERS)
  const { feed, lines } = startFeed({ server: first, source })
  try {
    await first.kill()
    await expect.poll(() => lines.some((line) => line.includes('does not answer')), { timeout: 20_000 }).toBe(true)
    const second = await startServer({ dataDir: first.dataDir, env: { PORT: String(first.port) } })
    try {
      await expect.poll(() => lines.some((line) => /^reported 2\d{4} records$/.test(line)), { timeout: 60_000 }).toBe(true)
      const duty = await second.addUser(await second.signIn('admin'), 'duty')
      const snapshot = (await (await duty.request('GET', '/api/snapshot/residents?format=json')).json()) as { records: unknown[] }
      expect(snapshot.records).toHaveLength(12_000)
    } finally {
      await second.stop()
    }
  } finally {
    feed.kill('SIGKILL')
    await first.stop()
  }
}, 120_000)
