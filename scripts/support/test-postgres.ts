import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { capture } from './run.ts'

const VERSIONS = '/usr/lib/postgresql'
const START_LIMIT_MS = 30_000

/** A PostgreSQL of its own for one run of the tests: loopback, no password, gone afterwards. */
export interface TestPostgres {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a cluster in a folder of its own; null where PostgreSQL is not installed or does not start. */
export async function startTestPostgres(): Promise<TestPostgres | null> {
  const version = existsSync(VERSIONS) ? readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a))[0] : undefined
  if (version === undefined) return null
  const bin = path.join(VERSIONS, version, 'bin')
  const owner = await ownerIds()
  if (owner === null) return null
  const folder = await mkdtemp(path.join(tmpdir(), 'lookout-postgres-'))
  chownSync(folder, owner.uid, owner.gid)
  const as = { ...owner, cwd: folder }
  const made = await capture(
    path.join(bin, 'initdb'),
    ['-D', path.join(folder, 'data'), '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync'],
    as,
  )
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  if (made?.code !== 0) {
    await remove()
    return null
  }
  const port = await freePort()
  const settings = [
    `listen_addresses=127.0.0.1`,
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'max_connections=200',
  ]
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', path.join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...as,
      stdio: 'ignore',
    },
  )
  const gone = once(server, 'exit')
  const stop = async (): Promise<void> => {
    server.kill('SIGINT') // Fast: sessions are cut.
    await gone
    await remove()
  }
  if (await answers(port)) return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
  await stop()
  return null
}

/** PostgreSQL does not run as root: then its own user does. Null when there is no such user. */
async function ownerIds(): Promise<{ uid: number; gid: number } | null> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (uid !== 0) return { uid, gid }
  const ids = await Promise.all(['-u', '-g'].map((flag) => capture('id', [flag, 'postgres'])))
  const [user, group] = ids.map((answer) => (answer?.code === 0 ? Number(answer.text) : null))
  return user === null || user === undefined || group === null || group === undefined ? null : { uid: user, gid: group }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const until = performance.now() + START_LIMIT_MS
  while (performance.now() < until) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    )
    socket.destroy()
    if (isOpen) return true
    await sleep(100)
  }
  return false
}
