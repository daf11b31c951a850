import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { LAYERS } from '../../shared/domain/layers.ts'
import { layersOf, ROLES } from '../../shared/domain/roles.ts'
import { EVENT_ROLES } from '../../shared/protocol/live-events.ts'
import { createBuildingDerivation } from '../../shared/world/building-derivation.ts'
import { joinReplySchema } from '../../shared/protocol/join.ts'
import { deltaJsonSchema } from '../../shared/protocol/delta.ts'
import { snapshotJsonSchema } from '../../shared/protocol/snapshot.ts'
import { connectPlain, type PlainClient } from '../support/live-client.ts'
import { entry, resident, startLiveServer, station, type LiveTestServer } from '../support/live-server.ts'

let server: LiveTestServer
const clients: PlainClient[] = []
const connect = async (token: string, options?: { autoAck?: boolean }): Promise<PlainClient> => {
  const client = await connectPlain(server.origin, token, options)
  clients.push(client)
  return client
}
beforeEach(async () => {
  server = await startLiveServer()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
  expect(server.broken).toEqual([])
})

describe('joining the stream', () => {
  it('answers with epoch, seq and a snapshot path of each layer, and the first delta follows without a gap', async () => {
    const seq = await server.write(station('s1'), station('s2'))
    const client = await connect('duty')
    const reply = await client.join()
    expect(joinReplySchema.parse(reply)).toMatchObject({ ok: true, epoch: 'epoch-1', seq, resumed: false })
    if (!reply.ok) return
    const response = await fetch(server.origin + reply.snapshots.stations, { headers: { authorization: 'Bearer duty' } })
    const snapshot = snapshotJsonSchema.parse(await response.json())
    expect(snapshot.seq).toBeGreaterThanOrEqual(reply.seq)
    expect(snapshot.records.map(({ id }) => id)).toEqual(['s1', 's2'])
    expect(Object.keys(snapshot.records[0] ?? {}).slice(0, 4)).toEqual(['id', 'observedAt', 'name', 'position'])

    const last = await server.write(entry('stations', 's1', 'patch', { state: 'full' }), entry('stations', 's2', 'remove'))
    const first = await client.until(() => client.deltas[0])
    expect(deltaJsonSchema.parse(first)).toMatchObject({
      fromSeq: seq + 1,
      toSeq: last,
      changes: [
        { seq: seq + 1, layer: 'stations', id: 's1', op: 'patch', fields: { state: 'full' } },
        { seq: seq + 2, layer: 'stations', id: 's2', op: 'remove', fields: {} },
      ],
    })
  })

  it('chains each fromSeq to the toSeq before, across ticks that show nothing to the client', async () => {
    const client = await connect('duty')
    await client.join()
    await server.write(station('s1'))
    await client.until(() => client.deltas.length === 1)
    const unseen = await server.write(resident('r1'))
    await client.until(() => client.beats.some(({ seq }) => seq >= unseen))
    expect(client.deltas).toHaveLength(1)
    await server.write(station('s2'))
    const second = await client.until(() => client.deltas[1])
    expect(second.fromSeq).toBe(1 + (client.deltas[0]?.toSeq ?? NaN))
    expect(second.toSeq).toBe(unseen + 1)
  })

  it.each([
    ['another protocol', 'duty', { protocol: 2 }, { ok: false, code: 'unsupported_protocol' }],
    ['no layer at all', 'duty', { layers: [] }, { ok: false, code: 'bad_request' }],
    ['an encoding of its own', 'duty', { encoding: 'xml' }, { ok: false, code: 'bad_request' }],
    ['a layer that is none', 'duty', { layers: ['ghosts'] }, { ok: false, code: 'unknown_layer', layer: 'ghosts' }],
    ['residents on a wall', 'wall', { layers: ['stations', 'residents'] }, { code: 'forbidden_layer', layer: 'residents' }],
    ['workers by a token', 'duty+integration', { layers: ['workers'] }, { code: 'forbidden_layer', layer: 'workers' }],
    ['stations in the office', 'office', {}, { ok: false, code: 'forbidden_layer', layer: 'stations' }],
    ['anything as admin', 'admin', {}, { ok: false, code: 'forbidden_layer', layer: 'stations' }],
  ])('refuses %s by a code, and names the layer', async (_what, token, request, answer) => {
    const client = await connect(token)
    const reply = await client.join(request)
    expect(joinReplySchema.parse(reply)).toMatchObject(answer)
    if (!reply.ok && reply.layer !== undefined) expect(reply.message).toContain(reply.layer)
  })

  it('refuses a connection of nobody, of field workers and of a foreign page', async () => {
    await expect(connectPlain(server.origin, 'worker')).rejects.toMatchObject({ data: { code: 'forbidden' } })
    await expect(connectPlain(server.origin, undefined as unknown as string)).rejects.toMatchObject({
      data: { code: 'unauthorized' },
    })
    const foreign = io(`${server.origin}/live`, {
      transports: ['websocket'],
      auth: { token: 'duty' },
      reconnection: false,
      extraHeaders: { origin: 'http://evil.example' },
    })
    const refused = await new Promise<Error>((resolve) => foreign.once('connect_error', resolve))
    expect(refused.message).toBe('websocket error')
    const polling = await fetch(`${server.origin}/socket.io/?EIO=4&transport=polling`)
    expect(polling.status).toBe(400)
  })

  it.each(ROLES)('serves %s each event that is for it, and no other', async (role) => {
    const served = Object.entries(EVENT_ROLES).filter(([, roles]) => roles.includes(role))
    if (served.length === 0)
      return expect(connectPlain(server.origin, role)).rejects.toMatchObject({ data: { code: 'forbidden' } })
    const client = await connect(role)
    const [layer] = layersOf({ role, integration: false })
    const replies = {
      join: await client.join({ layers: [layer ?? 'stations'] }),
      clock: (await client.socket.timeout(5_000).emitWithAck('clock')) as unknown,
      ack: client.socket.emit('ack', { seq: 0 }).connected,
    }
    expect(Object.keys(replies).toSorted()).toEqual(served.map(([event]) => event).toSorted())
    expect(replies).toMatchObject({ join: { ok: layer !== undefined }, ack: true })
  })

  it('sends a beat each second with the server clock', async () => {
    const client = await connect('wall')
    await client.join()
    const seq = await server.write(station('s1'))
    const beat = await client.until(() => client.beats.find((one) => one.seq === seq))
    expect(beat.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(await client.socket.emitWithAck('clock')).toEqual({ at: expect.stringMatching(/Z$/) as unknown })
  })

  it('lets no field that a role may not see into its stream, nor a sign that one changed', async () => {
    await server.stop()
    server = await startLiveServer({ derivations: (world) => [createBuildingDerivation(world)] })
    const building = { name: '1号楼', position: [114.65, 33.62], households: 40 }
    const people = Array.from({ length: 8 }, (_, index) => resident(`r${index}`, 'ok'))
    await server.write(entry('buildings', 'b1', 'put', building), ...people, resident('r9', 'overdue'))
    const [wall, duty] = await Promise.all([connect('wall'), connect('duty')])
    for (const client of [wall, duty]) await client.join({ layers: ['buildings'] })
    // A count changes, the band that a wall sees does not.
    const unseen = await server.write(entry('residents', 'r1', 'patch', { care: 'due' }))
    expect((await duty.until(() => duty.deltas[0])).changes[0]?.fields).toEqual({ careOk: 7, careDue: 1 })
    await wall.until(() => wall.beats.some(({ seq }) => seq >= unseen))
    expect(wall.deltas).toEqual([])
    await server.write(entry('residents', 'r1', 'patch', { care: 'sos' }))
    expect((await wall.until(() => wall.deltas[0])).changes.map(({ fields }) => fields)).toEqual([{ careBand: 'sos' }])
  })

  it('shares the full set of a role among clients whose layer sets are one too many', async () => {
    const sets = Array.from({ length: 17 }, (_, index) => LAYERS.filter((_layer, bit) => ((index + 1) & (1 << bit)) !== 0))
    const all = await Promise.all(
      sets.map(async (layers, index) => {
        const client = await connect(`duty/${index}`)
        expect(await client.join({ layers })).toMatchObject({ ok: true })
        return client
      }),
    )
    await server.write(station('s1'))
    const last = all.at(-1)
    const delta = await last?.until(() => last.deltas[0])
    expect(delta?.changes).toHaveLength(1)
    expect(all[0]?.deltas).toEqual([])
  })

  it('ends a client that will not stop talking, or talks nonsense', async () => {
    const [loud, odd] = await Promise.all([connect('duty/loud'), connect('duty/odd')])
    for (let index = 0; index < 200; index += 1) loud.socket.emit('whatever', index)
    for (let index = 0; index < 30; index += 1) odd.socket.emit('ack', { seq: 'x' })
    await Promise.all([loud, odd].map((client) => client.until(() => client.socket.disconnected)))
    expect([loud.ended, odd.ended]).toEqual([['bad_messages'], ['bad_messages']])
  })

  it('closes all sockets of a session that ends, and lets none in that was on its way', async () => {
    const [first, second] = await Promise.all([connect('duty/a'), connect('duty/b')])
    server.realtime.close('duty/a')
    await first.until(() => first.socket.disconnected)
    expect(first.ended).toEqual(['session_ended'])
    expect(second.socket.connected).toBe(true)
    await expect(connectPlain(server.origin, 'duty/a')).rejects.toMatchObject({ data: { code: 'unauthorized' } })
  })
})
