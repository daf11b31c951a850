import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

import { afterEach, describe, expect, test } from 'vitest'

import { ingested, startServer, TEST_PASSWORD, type RunningServer } from '../support/server.ts'

const running: RunningServer[] = []
const folders: string[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.kill()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function start(...args: Parameters<typeof startServer>): Promise<RunningServer> {
  const server = await startServer(...args)
  running.push(server)
  return server
}
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lookout-start-'))
  folders.push(folder)
  return folder
}
const station = (id: string, observedAt: string) => ({
  layer: 'stations',
  id,
  op: 'put',
  observedAt,
  fields: { name: '一号驿站', position: [114.65, 33.62], state: 'open' },
})

describe('a server without demo', () => {
  test('makes nothing, prints a set-up code for the first administrator, and after a stop in order has everything', async () => {
    const dataDir = await newFolder()
    const first = await start({ dataDir })
    const admin = await first.setUp()
    expect((await first.signIn('admin')).cookie).not.toBe('')
    const { token } = await first.addSource(admin, ['stations'])
    const answer = await ingested(await first.ingest(token, [station('st-1', new Date().toISOString())]))
    expect(answer).toMatchObject({ accepted: 1, rejected: [] })
    expect(await first.stop()).toBe(0)

    const second = await start({ dataDir })
    expect(second.lines.join()).not.toMatch(/set-up code/)
    const duty = await second.addUser(await second.signIn('admin'), 'duty')
    const snapshot = (await (await duty.request('GET', '/api/snapshot/stations?format=json')).json()) as { records: unknown[] }
    expect(snapshot.records).toMatchObject([{ id: 'st-1', name: '一号驿站' }])
  })

  test('refuses a second server on the same folder in one clear line', async () => {
    const dataDir = await newFolder()
    await start({ dataDir })
    await expect(startServer({ dataDir })).rejects.toThrow(/ended \(78\).*\n.*another server is using the data folder/)
  })
})

describe('the demo', () => {
  test('is made in an empty folder with accounts named like their roles, and its feed and cameras run', async () => {
    const dataDir = await newFolder()
    const server = await start({ dataDir, demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, DEMO_RATE: '20' } })
    expect(server.lines.join('\n')).toMatch(/demo accounts: duty, supervisor, office, admin, wall/)
    for (const role of ['duty', 'supervisor', 'office', 'admin', 'wall']) {
      const who = (await (await (await server.signIn(role)).request('GET', '/api/session')).json()) as { role: string }
      expect(who.role).toBe(role)
    }
    const duty = await server.signIn('duty')
    const countOf = async (layer: string): Promise<number> => {
      const answer = (await (await duty.request('GET', `/api/snapshot/${layer}?format=json`)).json()) as { records: unknown[] }
      return answer.records.length
    }
    await expect.poll(() => countOf('residents'), { timeout: 90_000, interval: 500 }).toBe(12_000)
    await expect.poll(() => countOf('cases'), { timeout: 90_000, interval: 500 }).toBeGreaterThan(5000)
    expect(await countOf('stations')).toBe(26)
    expect(await countOf('merchants')).toBe(1000)
    expect(await countOf('workers')).toBe(126)
    await expect.poll(() => countOf('cameras'), { timeout: 90_000, interval: 500 }).toBe(8)
    const site = (await (await duty.request('GET', '/api/site')).json()) as { manifest: object }
    expect(site.manifest).toMatchObject({ demo: true, name: { zh: '富民社区' } })
    expect(await server.stop()).toBe(0)
    // A password given is the operator's own; it is nowhere else on the disk in clear.
    for (const name of ['demo-source.json', 'demo-cameras.json', 'demo-feed.json']) {
      expect(await readFile(path.join(dataDir, name), 'utf8').catch(() => '')).not.toContain(TEST_PASSWORD)
    }

    const again = await start({ dataDir, demo: true })
    expect(again.lines.join('\n')).not.toMatch(/demo accounts/)
    await again.signIn('duty')
  }, 240_000)

  test('never begins beside real data, and real data are never served with it', async () => {
    const dataDir = await newFolder()
    const real = await start({ dataDir })
    await real.setUp()
    await real.stop()
    await expect(startServer({ dataDir, demo: true })).rejects.toThrow(/ended \(78\)[^]*holds real data/)
    const served = await start({ dataDir })
    expect((await served.signIn('admin')).cookie).not.toBe('')
  })

  test('a random password is printed once and works, until another is given', async () => {
    const server = await start({ demo: true })
    const password = /password \(shown once\): (\S+)/.exec(server.lines.join('\n'))?.[1] ?? ''
    expect(password).toMatch(/^(?:[2-9a-z]{4}-){2}[2-9a-z]{4}$/)
    expect((await server.signIn('duty', password)).cookie).not.toBe('')
    await server.stop({ keep: true })
    folders.push(server.dataDir)

    const again = await start({ dataDir: server.dataDir, demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD } })
    expect((await again.signIn('duty')).cookie).not.toBe('')
    await expect(again.signIn('duty', password)).rejects.toThrow('401')
  })
})

describe('npm start', () => {
  test('starts a server that died again, and Ctrl-C ends both in order', async () => {
    const dataDir = await newFolder()
    const script = path.join(import.meta.dirname, '../../scripts/start.ts')
    const supervisor = spawn(process.execPath, [script, '--no-demo'], {
      cwd: dataDir,
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const opened: string[] = []
    const reader = createInterface({ input: supervisor.stdout })
    reader.on('line', (line) => {
      const origin = /open (http:\S+)/.exec(line)?.[1]
      if (origin !== undefined) opened.push(origin)
    })
    try {
      await expect.poll(() => opened.length, { timeout: 60_000 }).toBe(1)
      const pid = Number(await readChild(supervisor.pid ?? 0))
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => opened.length, { timeout: 30_000 }).toBe(2)
      expect((await fetch(`${opened[1]}/healthz`)).status).toBe(200)
      supervisor.kill('SIGINT')
      expect(await once(supervisor, 'exit')).toEqual([0, null])
      await expect(fetch(`${opened[1]}/healthz`)).rejects.toThrow()
    } finally {
      supervisor.kill('SIGKILL')
    }
  }, 240_000)

  test('an address that is taken is told in one line and not tried again', async () => {
    const first = await start()
    await expect(startServer({ env: { PORT: String(first.port) } })).rejects.toThrow(
      /ended \(78\)[^]*cannot listen on 127\.0\.0\.1/,
    )
  })

  test('unknown arguments are refused with the usage', async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../scripts/start.ts'), '--demo'], {
      stdio: 'ignore',
    })
    expect(await once(child, 'exit')).toEqual([2, null])
  })
})

/** The one child of a process, from the kernel's list. */
async function readChild(pid: number): Promise<string> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').at(-1) ?? ''
}
