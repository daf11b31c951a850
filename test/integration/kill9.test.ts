import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { openDatabase } from '../../server/database/open-database.ts'
import { openChangeLog } from '../../server/journal/change-log.ts'
import { readLifetimes } from '../../server/journal/lifetimes.ts'
import type { Change } from '../../shared/world/change.ts'
import { recordOf } from '../../shared/world/world.ts'
import { seededRandom } from '../support/random.ts'
import { ingested, startServer, type RunningServer } from '../support/server.ts'

/** Ten in `npm cit`, fifty by `npm run kill9`. */
const ROUNDS = Number(process.env['KILL9_ROUNDS'] ?? 10)
const SEED = Number(process.env['KILL9_SEED'] ?? 20261123)
const SOURCES = 3
/** The kill comes this much after an acknowledgement, at random: inside a request, a commit or a seal. */
const LONGEST_WAIT_MS = 60
const MOST_ACKNOWLEDGED = 12
const ROUND_LIMIT_MS = 30_000

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lookout-kill9-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

interface Sent {
  readonly key: string
  readonly lines: readonly { id: string; observedAt: string; fields: { name: string } }[]
}

test(
  `killed ${ROUNDS} times while sources write: what was acknowledged is there, once, without a gap`,
  { timeout: ROUNDS * ROUND_LIMIT_MS },
  async () => {
    const draws = seededRandom(SEED)
    const acknowledged: Sent[] = []
    const unanswered: Sent[] = []
    const tokens: string[] = []
    let count = 0
    const startedAtMs = Date.now()

    const batch = (): Sent => {
      count += 1
      const size = 1 + Math.floor(draws.next() * (count % 7 === 0 ? 3000 : 60))
      // Some records are written again and again: the last acknowledged value must stand.
      const ids = Array.from({ length: size }, (_, index) => (index === 0 ? `again-${count % 5}` : `m-${count}-${index}`))
      const observedAt = new Date(startedAtMs + count).toISOString()
      return { key: `batch-${count}`, lines: ids.map((id) => merchant(id, observedAt, `第${count}批`)) }
    }
    const send = async (server: RunningServer, token: string, sent: Sent): Promise<boolean> => {
      try {
        const answer = await ingested(await server.ingest(token, sent.lines, sent.key))
        expect(answer).toMatchObject({ accepted: sent.lines.length, rejected: [] })
        acknowledged.push(sent)
        return true
      } catch (cause) {
        if (isBroken(cause)) return false
        throw cause
      }
    }
    /** One source until the server is gone; what had no answer is sent again by the next round, with its key. */
    const write = async (server: RunningServer, source: number, onAcknowledged: () => void): Promise<void> => {
      const token = tokens[source] ?? ''
      const left = unanswered.splice(0, 1)
      for (let next = left[0] ?? batch(); ; next = batch()) {
        if (!(await send(server, token, next))) {
          unanswered.push(next)
          return
        }
        onAcknowledged()
      }
    }

    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await startServer({ dataDir })
      if (tokens.length === 0) {
        const admin = await server.setUp()
        // Every round sends what the last one left, whoever sent it: keys belong to a source, so one token is used by all.
        const { token } = await server.addSource(admin, ['merchants'])
        for (let source = 0; source < SOURCES; source += 1) tokens.push(token)
      }
      const enough = 1 + Math.floor(draws.next() * MOST_ACKNOWLEDGED)
      const waitMs = draws.next() * LONGEST_WAIT_MS
      let seen = 0
      const onAcknowledged = (): void => {
        seen += 1
        if (seen === enough) setTimeout(() => server.process.kill('SIGKILL'), waitMs)
      }
      await Promise.all(tokens.map((_, source) => write(server, source, onAcknowledged)))
      await server.kill()
    }

    // One more start takes what is left, and stops in order.
    const last = await startServer({ dataDir })
    for (const sent of unanswered) expect(await send(last, tokens[0] ?? '', sent)).toBe(true)
    expect(await last.stop()).toBe(0)

    const handle = await openDatabase({ dataDir, databaseUrl: null })
    const log = await openChangeLog(handle)
    try {
      const world = await log.loadWorld()
      const times = new Map<string, number>()
      let seq = 0
      for await (const { changes } of log.read(0)) {
        for (const change of changes) {
          seq += 1
          if (change.seq !== seq) throw new Error(`after ${seq - 1} comes ${change.seq}`)
          if (change.layer === 'merchants') times.set(placeOf(change), (times.get(placeOf(change)) ?? 0) + 1)
        }
      }
      expect(await log.head()).toBe(seq)
      const all = acknowledged.flatMap(({ lines }) => lines)
      const lost = all.filter((line) => !times.has(`${line.id} ${Date.parse(line.observedAt)}`))
      const twice = [...times].filter(([, many]) => many !== 1)
      expect(lost).toEqual([])
      expect(twice).toEqual([])
      expect(times.size).toBe(all.length)
      const newest = new Map(
        all.toSorted((a, b) => Date.parse(a.observedAt) - Date.parse(b.observedAt)).map((line) => [line.id, line]),
      )
      for (const [id, { fields }] of newest) expect(recordOf(world, 'merchants', id)?.fields['name']).toBe(fields.name)

      const lifetimes = await readLifetimes(handle.db, 0, Date.now())
      expect(lifetimes).toHaveLength(ROUNDS + 1)
      expect(lifetimes.map(({ stopped }) => stopped)).toEqual([...Array.from({ length: ROUNDS }, () => 0), 1])
      for (const [index, { startedAt, lastAliveAt }] of lifetimes.entries()) {
        expect(lastAliveAt).toBeGreaterThanOrEqual(startedAt)
        expect(lifetimes[index + 1]?.startedAt ?? Infinity).toBeGreaterThan(lastAliveAt)
      }
    } finally {
      await log.close()
      await handle.close()
    }
  },
)

const merchant = (id: string, observedAt: string, name: string) => ({
  layer: 'merchants',
  id,
  op: 'put',
  observedAt,
  fields: { name, position: [114.65, 33.62] },
})

const placeOf = ({ id, observedAt }: Change): string => `${id} ${observedAt}`

/** The connection broke, as it does when the server is killed: `fetch` says so with a TypeError and nothing else does. */
const isBroken = (cause: unknown): boolean => cause instanceof TypeError
