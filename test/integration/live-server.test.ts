import { createConnection } from 'node:net'

import { io, type Socket } from 'socket.io-client'
import { afterEach, expect, describe, it } from 'vitest'

import { seqCovering } from '../../server/database/log-horizon.ts'
import { openChangeLog } from '../../server/journal/change-log.ts'
import { deltaJsonSchema, type DeltaJson } from '../../shared/protocol/delta.ts'
import { joinReplySchema, type JoinReply } from '../../shared/protocol/join.ts'
import { ingested, startServer, type RunningServer, type Session } from '../support/server.ts'
import { storeDialects } from '../support/store.ts'

const sockets: Socket[] = []
const servers: RunningServer[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect()
  for (const server of servers.splice(0)) await server.stop()
})
const start = async (options: Parameters<typeof startServer>[0] = {}): Promise<RunningServer> => {
  const server = await startServer(options)
  servers.push(server)
  return server
}
function connect(server: RunningServer, session: Session): Promise<Socket> {
  const extraHeaders = { cookie: session.cookie, origin: server.origin }
  const socket = io(`${server.origin}/live`, { transports: ['websocket'], extraHeaders, reconnection: false, forceNew: true })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })
}
const join = async (socket: Socket, since?: { epoch: string; seq: number }): Promise<Extract<JoinReply, { ok: true }>> => {
  const request = { protocol: 1, layers: ['stations'], encoding: 'json', ...(since === undefined ? {} : { since }) }
  const reply = joinReplySchema.parse(await socket.timeout(20_000).emitWithAck('join', request))
  if (!reply.ok) throw new Error(reply.code)
  return reply
}
const nextDelta = (socket: Socket): Promise<DeltaJson> =>
  new Promise((resolve) => socket.once('delta', (delta: unknown) => resolve(deltaJsonSchema.parse(delta))))
const station = (id: string, op = 'put', fields: object = { name: id, position: [114.65, 33.62], state: 'open' }) => ({
  layer: 'stations',
  id,
  op,
  observedAt: new Date().toISOString(),
  ...(op === 'remove' ? {} : { fields }),
})

describe('the stream of a whole server', () => {
  it('carries what a source reports to who is signed in, and ends with the session', async () => {
    const server = await start()
    const admin = await server.setUp()
    const { token } = await server.addSource(admin, ['stations'])
    const duty = await server.addUser(admin, 'duty')
    const socket = await connect(server, duty)
    const { seq } = await join(socket)
    const delta = nextDelta(socket)
    const answer = await ingested(await server.ingest(token, [station('s1')]))
    expect(await delta).toMatchObject({ fromSeq: seq + 1, toSeq: answer.seq, changes: [{ id: 's1', op: 'put' }] })
    const closed = new Promise((resolve) => socket.once('disconnect', resolve))
    expect((await duty.request('DELETE', '/api/session')).ok).toBe(true)
    await closed
    await expect(connect(server, duty)).rejects.toMatchObject({ data: { code: 'unauthorized' } })
  })

  it('resumes over kill -9, with what was recorded meanwhile and nothing twice', async () => {
    const first = await start()
    const admin = await first.setUp()
    const { token } = await first.addSource(admin, ['stations'])
    await ingested(await first.ingest(token, [station('s1'), station('s2')]))
    const duty = await first.addUser(admin, 'duty')
    const { epoch, seq } = await join(await connect(first, duty))
    await ingested(await first.ingest(token, [station('s3'), station('s2', 'remove')]))
    await first.kill()
    const second = await start({ dataDir: first.dataDir })
    const again = await connect(second, duty)
    const deltas: DeltaJson[] = []
    again.on('delta', (delta: unknown) => deltas.push(deltaJsonSchema.parse(delta)))
    expect(await join(again, { epoch, seq })).toMatchObject({ epoch, seq, resumed: true, snapshots: {} })
    if (deltas.length === 0) await nextDelta(again)
    expect(deltas[0]?.fromSeq).toBe(seq + 1)
    expect(deltas[0]?.changes.map(({ id, op }) => `${op} ${id}`)).toEqual(['put s3', 'remove s2'])
    expect(await join(again, { epoch: 'of another life', seq })).toMatchObject({ resumed: false })
    expect(await join(again, { epoch, seq: 10_000 })).toMatchObject({ resumed: false })
  })
})

/** What a server says to bytes that are no request of ours. */
const raw = (server: RunningServer, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const peer = createConnection(server.port, '127.0.0.1', () => peer.write(text))
    peer.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')))
    peer.once('error', reject)
    peer.once('close', () => resolve(said))
  })

describe('the door of the stream', () => {
  it('tells a client of plain defaults, which begins with polling, to use WebSocket', async () => {
    const server = await start()
    const socket = io(`${server.origin}/live`, { reconnection: false, forceNew: true })
    sockets.push(socket)
    const refused = await new Promise((resolve) => socket.once('connect_error', resolve))
    expect(refused).toMatchObject({ type: 'TransportError', description: 400 })
    const answer = await fetch(`${server.origin}/socket.io/?EIO=4&transport=polling`)
    expect(await answer.json()).toEqual({ code: 0, message: "WebSocket only: connect with { transports: ['websocket'] }" })
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('lets nobody into a namespace that is not ours', async () => {
    const server = await start()
    const admin = await server.setUp()
    for (const namespace of ['/', '/other']) {
      const extraHeaders = { cookie: admin.cookie, origin: server.origin }
      const socket = io(server.origin + namespace, {
        transports: ['websocket'],
        extraHeaders,
        reconnection: false,
        forceNew: true,
      })
      sockets.push(socket)
      const said = await new Promise((resolve) => {
        socket.once('connect', () => resolve('connected'))
        socket.once('connect_error', ({ message }) => resolve(message))
      })
      expect(said).toBe('Invalid namespace')
    }
  })

  it('answers whoever asks for nothing', async () => {
    const server = await start()
    const duty = await server.addUser(await server.setUp(), 'duty')
    const reply: unknown = await (await connect(server, duty)).timeout(20_000).emitWithAck('join')
    expect(reply).toMatchObject({ ok: false, code: 'bad_request' })
  })

  it('puts its headers on answers to refused upgrades and to what is no HTTP at all', async () => {
    const server = await start()
    const upgrade = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    for (const [text, status] of [
      [`GET /elsewhere HTTP/1.1\r\n${upgrade}`, '404 Not Found'],
      [`GET /media/live/c1 HTTP/1.1\r\n${upgrade}`, '401 Unauthorized'],
      ['not a request\r\n\r\n', '400 Bad Request'],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
    ] as const) {
      const said = await raw(server, text)
      expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
      expect(said).toContain("Content-Security-Policy: default-src 'none'")
      expect(said).toContain('X-Content-Type-Options: nosniff')
    }
  })
})

for (const dialect of await storeDialects()) {
  describe.skipIf(!dialect.available)(
    `the horizon of a resume on ${dialect.name}${dialect.available ? '' : ` (${dialect.why})`}`,
    () => {
      it('lies at or after every change that is old enough', async () => {
        const place = await dialect.makePlace()
        const handle = await place.open()
        const log = await openChangeLog(handle)
        try {
          expect(await seqCovering(handle.db, 1e15)).toBe(0)
          const changes = [1_000, 1_000, 5_000, 9_000].map((recordedAt, index) => ({
            seq: index + 1,
            recordedAt,
            observedAt: recordedAt,
            layer: 'stations' as const,
            id: 's',
            op: 'remove' as const,
            fields: {},
          }))
          await log.append({ from: 1, changes })
          expect(await Promise.all([999, 1_000, 4_999, 5_000, 1e15].map((ms) => seqCovering(handle.db, ms)))).toEqual([
            0, 2, 2, 3, 4,
          ])
        } finally {
          await log.close()
          await handle.close()
          await place.drop()
        }
      })
    },
  )
}
