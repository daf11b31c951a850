import { createHotspots } from '../../server/hotspots/hotspots.ts'
import { hotspotRoutes } from '../../server/http/routes/hotspots.ts'
import { localProjection, toLngLat } from '../../shared/hotspot/projection.ts'
import { createBrowser, PASSWORD, startTestServer } from '../support/http-server.ts'
import { seeded } from './hotspot-data.ts'

const CASES = 100_000
const CATEGORIES = 12
const LAST_DAY_MS = Date.UTC(2026, 9, 31)
const DAY_MS = 24 * 3600 * 1000
/** Half the side of the study area: 3 km by 3 km hold about 1,000 cells of 60 m. */
const HALF_METERS = 1500

/**
 * What the screen waits for when another category is chosen: 100,000 cases of a year in one dataset, each category asked for
 * over HTTP for the first time, with 52 weeks of trends, until its JSON is parsed. The server is a real one in this process.
 */
export async function run(): Promise<void> {
  let stop = (): Promise<void> => Promise.resolve()
  const server = await startTestServer({
    moreRoutes({ handle, writer, accounts }) {
      const hotspots = createHotspots({
        db: handle.db,
        world: writer.live,
        site: () => null,
        now: Date.now,
        onFault: (cause) => console.error(cause),
      })
      stop = () => hotspots.stop()
      return hotspotRoutes({ hotspots, audit: accounts.audit, tell: () => undefined })
    },
  })
  try {
    await server.addUser('office')
    const office = createBrowser(server.origin)
    await office.json('POST', '/api/session', { username: 'office', password: PASSWORD })
    const bytes = { 'content-type': 'application/octet-stream' }
    const projection = localProjection([114.65, 33.62])
    const corner = (x: number, y: number): [number, number] => toLngLat(projection, x, y)
    const [a, b] = [-HALF_METERS, HALF_METERS]
    const outline = { type: 'Polygon', coordinates: [[corner(a, a), corner(b, a), corner(b, b), corner(a, b), corner(a, a)]] }
    const made = await office.json(
      'POST',
      '/api/hotspots/datasets',
      JSON.stringify({ name: 'bench', timeZone: 'Asia/Shanghai', outline }),
      bytes,
    )
    const { id } = made.body['dataset'] as { id: string }
    const random = seeded(5)
    const rows = ['id,date,type,lng,lat']
    for (let i = 0; i < CASES; i++) {
      const heap = random() < 0.2
      const at = (): number => (heap ? 400 + 120 * (random() + random() - 1) : a + random() * 2 * HALF_METERS)
      const [lng, lat] = corner(at(), at())
      const time = new Date(LAST_DAY_MS - random() * 365 * DAY_MS).toISOString()
      rows.push(`${i},${time},t${Math.floor(random() * CATEGORIES)},${lng.toFixed(6)},${lat.toFixed(6)}`)
    }
    const taken = await office.json(
      'POST',
      `/api/hotspots/datasets/${id}/imports?dryRun=0&fileName=bench.csv`,
      rows.join('\n'),
      bytes,
    )
    if (taken.status !== 201) throw new Error(JSON.stringify(taken.body))
    const ask = async (category: string | null): Promise<{ ms: number; megabytes: number; cases: number }> => {
      const query = new URLSearchParams({ dataset: id, from: '2026-10-02', to: '2026-10-31', cell: '60' })
      if (category !== null) query.set('category', category)
      const from = performance.now()
      const text = await (await office.send('GET', `/api/hotspots?${query}`)).text()
      const { head } = JSON.parse(text) as { head: { cases: number } }
      return { ms: performance.now() - from, megabytes: text.length / 1e6, cases: head.cases }
    }
    const first = await ask(null)
    const times: number[] = []
    let megabytes = 0
    for (let i = 0; i < CATEGORIES; i++) {
      const answer = await ask(`t${i}`)
      times.push(answer.ms)
      megabytes = answer.megabytes
    }
    const again = await ask('t0')
    times.sort((x, y) => x - y)
    console.log(
      `hotspot-screen: ${CASES} cases, a changed category over HTTP: median ${Math.round(times[times.length >> 1] ?? 0)} ms, ` +
        `longest ${Math.round(times.at(-1) ?? 0)} ms (aim 300), ${megabytes.toFixed(2)} MB of JSON; ` +
        `the first question with the dataset loaded ${Math.round(first.ms)} ms; from the cache ${Math.round(again.ms)} ms`,
    )
  } finally {
    await stop()
    await server.stop()
  }
}
