import { setTimeout as delay } from 'node:timers/promises'

import { z } from 'zod'

import { ingested, startServer, TEST_PASSWORD, type RunningServer, type Session } from './server.ts'

const snapshotSchema = z.object({ records: z.array(z.looseObject({ id: z.string() })) })
type SnapshotRecord = z.output<typeof snapshotSchema>['records'][number]

/** What the pictures and the layout tests make happen in a demo community. */
export type Happening = 'hazard' | 'overdue' | 'sos'

/** A demo community with a hand on it: what happens comes through the door for sources, what people do through their routes. */
export interface CommunityRoom {
  readonly server: RunningServer
  /** One alarm each, at places that lie apart; resolves when all of them are in the log. */
  happen(...what: readonly Happening[]): Promise<void>
  /** A duty officer takes up every alarm that calls. */
  acknowledgeAll(): Promise<void>
  records(layer: string): Promise<readonly SnapshotRecord[]>
  stop(): Promise<void>
}

const TOLD_WITHIN_MS = 120_000
const LOOK_EACH_MS = 500

/** @param env of the server, over those of a test */
export async function openRoom(env: Readonly<Record<string, string>> = {}): Promise<CommunityRoom> {
  const server = await startServer({ demo: true, env: { DEMO_PASSWORD: TEST_PASSWORD, ...env } })
  const admin = await server.signIn('admin')
  const duty = await server.signIn('duty')
  const records = (layer: string): Promise<readonly SnapshotRecord[]> => recordsOf(duty, layer)
  const used = new Set<string>()
  // The feed tells the community after the server is ready.
  const untilMs = Date.now() + TOLD_WITHIN_MS
  while ((await records('residents')).length === 0 || (await records('merchants')).length === 0) {
    if (Date.now() > untilMs) throw new Error('the demo feed has not told of anybody')
    await delay(LOOK_EACH_MS)
  }

  const pick = (from: readonly SnapshotRecord[], by: (record: SnapshotRecord) => string): SnapshotRecord => {
    // Every seventh that was not taken yet: they do not lie beside each other.
    const free = from.filter((record) => !used.has(by(record)))
    const found = free[(7 * used.size) % Math.max(1, free.length)]
    if (found === undefined) throw new Error('the community is used up')
    used.add(by(found))
    return found
  }

  const tell = async (...lines: readonly object[]): Promise<void> => {
    // A source of its own, gone afterwards: one that stays would fall silent, which is an alarm.
    const source = await server.addSource(admin, ['merchants', 'residents', 'cameras'])
    const { rejected } = await ingested(await server.ingest(source.token, lines))
    await admin.request('DELETE', `/api/sources/${source.id}`)
    if (rejected.length > 0) throw new Error(JSON.stringify(rejected))
  }
  return {
    server,
    records,
    async happen(...what) {
      const [merchants, residents] = await Promise.all([records('merchants'), records('residents')])
      const lines = what.map((each) => {
        const observedAt = new Date().toISOString()
        if (each === 'hazard') {
          const { id } = pick(merchants, (record) => record.id)
          return { layer: 'merchants', id, op: 'patch', observedAt, fields: { safety: 'hazard' } }
        }
        const { id } = pick(residents, (record) => String(record['buildingId']))
        return { layer: 'residents', id, op: 'patch', observedAt, fields: { care: each } }
      })
      await tell(...lines)
    },
    async acknowledgeAll() {
      for (const { id, acknowledgedAt } of await records('alarms')) {
        if (acknowledgedAt !== null && acknowledgedAt !== undefined) continue
        const answer = await duty.request('POST', `/api/alarms/${encodeURIComponent(id)}/acknowledge`, { reason: 'drill' })
        if (!answer.ok && answer.status !== 409 && answer.status !== 404) throw new Error(await answer.text())
      }
    },
    stop: async () => void (await server.stop()),
  }
}

async function recordsOf(session: Session, layer: string): Promise<readonly SnapshotRecord[]> {
  const answer = await session.request('GET', `/api/snapshot/${layer}?format=json`)
  if (!answer.ok) throw new Error(`${layer}: ${answer.status} ${await answer.text()}`)
  return snapshotSchema.parse(await answer.json()).records
}
