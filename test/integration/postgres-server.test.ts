import { afterEach, describe, expect, it } from 'vitest'

import { ingested, startServer, type RunningServer } from '../support/server.ts'
import { storeDialects, type StorePlace } from '../support/store.ts'

const running: RunningServer[] = []
const places: StorePlace[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  for (const place of places.splice(0)) await place.drop()
})
const start = async (place: StorePlace, dataDir?: string): Promise<RunningServer> => {
  const env = { DATABASE_URL: place.databaseUrl ?? '' }
  const server = await startServer(dataDir === undefined ? { env } : { env, dataDir })
  running.push(server)
  return server
}
const station = (id: string) => ({
  layer: 'stations',
  id,
  op: 'put',
  observedAt: '2026-11-23T06:35:08.000Z',
  fields: { name: id, position: [114.65, 33.62], state: 'open' },
})

for (const dialect of (await storeDialects()).filter(({ name }) => name === 'postgres')) {
  const newPlace = async (): Promise<StorePlace> => {
    const place = await dialect.makePlace()
    places.push(place)
    return place
  }
  describe.skipIf(!dialect.available)(`a server on PostgreSQL${dialect.available ? '' : ` (${dialect.why})`}`, () => {
    it('has everything that it acknowledged after kill -9', async () => {
      const place = await newPlace()
      const first = await start(place, place.dataDir)
      const admin = await first.setUp()
      const { token } = await first.addSource(admin, ['stations'])
      const lines = [station('a'), { ...station('b'), op: 'nonsense' }]
      const answer = await ingested(await first.ingest(token, lines, 'k'))
      expect(answer).toMatchObject({ accepted: 1, rejected: [{ line: 2, code: 'bad_op' }], seq: 1 })
      await first.kill()

      const second = await start(place, place.dataDir)
      const duty = await second.addUser(await second.signIn('admin'), 'duty')
      const snapshot = await (await duty.request('GET', '/api/snapshot/stations?format=json')).json()
      expect(snapshot).toMatchObject({ seq: 1, records: [{ id: 'a', observedAt: '2026-11-23T06:35:08.000Z' }] })
      expect(await ingested(await second.ingest(token, lines, 'k'))).toEqual(answer)
    })

    it('refuses a second server on the same database, whatever its data folder', async () => {
      const place = await newPlace()
      await start(place)
      await expect(start(place)).rejects.toThrow(/ended \(78\).*\n.*another server is using this PostgreSQL database$/)
    })

    it('says in one line, without the password, that the database refuses it', async () => {
      const place = await newPlace()
      const url = new URL(place.databaseUrl ?? '')
      url.pathname = '/no_such_database'
      url.password = 'a-secret'
      const env = { DATABASE_URL: url.href }
      const refused = await startServer({ env }).catch((cause: unknown) => String(cause))
      expect(refused).toMatch(/ended \(78\).*\nPostgreSQL refuses DATABASE_URL: .*\(3D000\)$/)
      expect(refused).not.toContain('a-secret')
    })
  })
}

describe('a server whose PostgreSQL does not answer', () => {
  it('says so in one line, without the password, and ends so that it is tried again', async () => {
    const env = { DATABASE_URL: 'postgres://somebody:a-secret@127.0.0.1:1/lookout' }
    const refused = await startServer({ env }).catch((cause: unknown) => String(cause))
    expect(refused).toMatch(/ended \(1\).*\nPostgreSQL at DATABASE_URL does not answer \(ECONNREFUSED\)$/)
  })
})
