import { expect } from 'vitest'

import { createAlarms, type Alarms, type AlarmsAtWork } from '../../server/alarms/alarms.ts'
import { createScenes } from '../../server/alarms/scenes.ts'
import { alarmRoutes } from '../../server/http/routes/alarms.ts'
import { alarmOf } from '../../shared/alarms/alarm-state.ts'
import { createBuildingDerivation } from '../../shared/world/building-derivation.ts'
import { layerOf } from '../../shared/world/world.ts'
import { createBrowser, startTestServer, type TestServer } from './http-server.ts'

const stops: (() => Promise<void>)[] = []
/** Stops every server of a test; for its `afterEach`. */
export async function stopAlarms(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop()
}

/** A server with alarms at work. Its clock is `clock`; its own ticks are left to the test. */
export async function startAlarms(options: { dataDir?: string; clock?: { offsetMs: number; steadyMs: number } } = {}) {
  const clock = options.clock ?? { offsetMs: 0, steadyMs: 0 }
  const now = () => Date.now() + clock.offsetMs
  let alarms: Alarms | null = null
  let work: AlarmsAtWork | null = null
  const jumps: number[] = []
  const server: TestServer = await startTestServer({
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    clock,
    async follows({ world, handle }) {
      // Time passes for the alarms' clock as the test moves it on; the wall clock may be set beside it.
      alarms = await createAlarms({ db: handle.db, world, now, monotonic: () => Date.now() + clock.steadyMs })
      return { derivations: [createBuildingDerivation(world), alarms.derivation], projections: alarms.projections }
    },
    moreRoutes({ accounts, writer, handle }) {
      if (alarms === null) throw new Error('the alarms come before the routes')
      work = alarms.start({
        writer,
        audit: accounts.audit,
        sources: () => accounts.machines.sources(),
        lastHeardAt: (id) => server.ingest.lastAcceptedAt(id),
        onClockJump: (byMs) => void jumps.push(byMs),
        onFault: (cause) => void server.broken.push(cause),
      })
      return alarmRoutes({ alarms: work, scenes: createScenes(handle.db, accounts.audit, now) })
    },
  })
  const atWork = work as AlarmsAtWork | null
  if (atWork === null) throw new Error('the alarms are at work')
  let running = true
  const stop = async (keep = false) => {
    if (!running) return
    running = false
    await atWork.stop()
    await server.stop({ keep })
  }
  stops.push(() => stop())

  const { id: sourceId, token } = await server.accounts.machines.createSource(
    { name: 'sensors', layers: ['buildings', 'residents', 'stations', 'merchants', 'cameras', 'cases'] },
    null,
  )
  const ingest = async (...lines: readonly (readonly [layer: string, id: string, op: string, fields?: object])[]) => {
    const response = await fetch(`${server.origin}/api/ingest`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: lines
        .map(([layer, id, op, fields]) => JSON.stringify({ layer, id, op, observedAt: new Date(now()).toISOString(), fields }))
        .join('\n'),
    })
    expect(await response.json()).toMatchObject({ accepted: lines.length, rejected: [] })
  }
  /** Lets time pass, for the wall clock and the steady one alike. */
  const wait = async (ms: number) => {
    clock.offsetMs += ms
    clock.steadyMs += ms
    await atWork.clock.tick()
  }
  const open = () =>
    [...layerOf(server.writer.live, 'alarms').records.values()].map(({ id, fields }) => ({ id, ...alarmOf(fields) }))
  const signedIn = async (role: 'duty' | 'supervisor' | 'office' | 'admin' | 'wall', name: string = role) => {
    await server.addUser(role, name)
    const browser = createBrowser(server.origin)
    expect((await browser.signIn(name)).status).toBe(200)
    return browser
  }
  const changes = async () => {
    const all = []
    for await (const batch of server.log.read(0)) all.push(...batch.changes)
    return all
  }
  return { server, alarms: atWork, sourceId, clock, ingest, wait, open, signedIn, changes, jumps, stop }
}
