import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { createHotspots } from '../../server/hotspots/hotspots.ts'
import { hotspotRoutes } from '../../server/http/routes/hotspots.ts'
import type { HotspotAnswer } from '../../shared/hotspot/answer.ts'
import { createBrowser, PASSWORD, startTestServer } from '../support/http-server.ts'

/** Runs the command beside the server, as an auditor would. */
function report(dataDir: string, ...options: string[]): Promise<{ text: string; errors: string; code: number }> {
  return new Promise((done) => {
    const env = { PATH: process.env['PATH'], DATA_DIR: dataDir }
    const child = execFile(
      'npm',
      ['run', '--silent', 'hotspot:report', '--', ...options],
      { env, maxBuffer: 2 ** 26 },
      (_error, text, errors) => done({ text, errors, code: child.exitCode ?? -1 }),
    )
  })
}

it('hotspot:report prints the numbers of the screen again', async () => {
  const server = await startTestServer({
    moreRoutes({ handle, writer, accounts }) {
      const hotspots = createHotspots({
        db: handle.db,
        world: writer.live,
        site: () => null,
        now: Date.now,
        onFault: () => undefined,
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
    const outline = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [0.02, 0],
          [0.02, 0.02],
          [0, 0.02],
          [0, 0],
        ],
      ],
    }
    const made = await office.json(
      'POST',
      '/api/hotspots/datasets',
      JSON.stringify({ name: 'x', timeZone: 'UTC', outline }),
      bytes,
    )
    const { id } = made.body['dataset'] as { id: string }
    const rows = ['id,date,type,lng,lat']
    for (let i = 0; i < 600; i++) {
      const near = i % 2 === 0
      rows.push(
        `${i},2026-0${1 + (i % 6)}-11 10:00,x,${near ? 0.01 + (i % 20) / 1e4 : ((i * 37) % 200) / 1e4},${near ? 0.01 + (i % 14) / 1e4 : ((i * 91) % 200) / 1e4}`,
      )
    }
    const taken = await office.json(
      'POST',
      `/api/hotspots/datasets/${id}/imports?dryRun=0&fileName=x.csv`,
      rows.join('\n'),
      bytes,
    )
    expect(taken.status).toBe(201)
    const query = { from: '2026-01-01', to: '2026-06-30', cell: '80', ring: '1', mode: 'exact' }
    const screen = (await (
      await office.send('GET', `/api/hotspots?${new URLSearchParams({ dataset: id, ...query })}`)
    ).json()) as HotspotAnswer
    expect(screen.head.places.length).toBeGreaterThan(0)
    const options = Object.entries({ dataset: id, ...query }).flatMap(([name, value]) => [`--${name}`, value])
    const printed = await report(server.dataDir, ...options, '--geojson')
    expect(printed.code, printed.errors).toBe(0)
    expect(JSON.parse(printed.text)).toEqual(screen)
    const table = await report(server.dataDir, ...options)
    const first = screen.head.places[0]
    expect(table.text).toContain(`\r\n1,"${first?.key}",${first?.lng},${first?.lat},${first?.cells},${first?.class},`)
    expect(await report(server.dataDir, '--from', 'today')).toMatchObject({ code: 64 })
    expect(await report(server.dataDir, ...options, '--dataset', 'none')).toMatchObject({ code: 1, errors: 'no such dataset\n' })
  } finally {
    await stop()
    await server.stop()
  }
})

let stop = (): Promise<void> => Promise.resolve()
