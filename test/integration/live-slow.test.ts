import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

import { connectPlain, type PlainClient } from '../support/live-client.ts'
import { entry, startLiveServer, station, type LiveTestServer } from '../support/live-server.ts'

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
const isChain = (deltas: readonly { fromSeq: number; toSeq: number }[]): boolean =>
  deltas.every(({ fromSeq }, index) => index === 0 || fromSeq === (deltas[index - 1]?.toSeq ?? NaN) + 1)

/** Writes until the witness, which keeps up, has been sent `ticks` more deltas. */
async function drive(witness: PlainClient, ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) {
    const before = witness.deltas.length
    await server.write(entry('stations', 's1', 'patch', { cups: tick }))
    await witness.until(() => witness.deltas.length > before)
  }
}

describe('a slow client', () => {
  it('is sent nothing more while it does not acknowledge, then everything at once', async () => {
    await server.write(station('s1'))
    const witness = await connect('duty/witness', { autoAck: true })
    const slow = await connect('duty/slow')
    await Promise.all([witness.join(), slow.join()])
    await drive(witness, 1)
    const first = await slow.until(() => slow.deltas[0])
    slow.socket.emit('ack', { seq: first.toSeq })
    await drive(witness, 30)
    const held = slow.deltas.length
    expect(held).toBeLessThan(20)
    slow.socket.emit('ack', { seq: slow.deltas.at(-1)?.toSeq })
    await slow.until(() => slow.deltas.at(-1)?.toSeq === witness.deltas.at(-1)?.toSeq)
    expect(slow.deltas).toHaveLength(held + 1)
    expect(slow.deltas.at(-1)?.changes).toHaveLength(1)
    expect(isChain(slow.deltas)).toBe(true)
    expect(isChain(witness.deltas)).toBe(true)
  })

  it('that never acknowledges but reads is sent every tick', async () => {
    await server.write(station('s1'))
    const witness = await connect('duty/witness', { autoAck: true })
    const silent = await connect('duty/silent')
    await Promise.all([witness.join(), silent.join()])
    await drive(witness, 20)
    await silent.until(() => silent.deltas.length === witness.deltas.length)
    expect(silent.deltas).toEqual(witness.deltas)
  })

  it('is cut after 10 s of data that it does not take, acknowledging or not, and delays nobody', async () => {
    const merchants = Array.from({ length: 1_500 }, (_, index) => `m${index}`)
    const name = '长'.repeat(60)
    const flood = () =>
      server.write(...merchants.map((id) => entry('merchants', id, 'put', { name, position: [114.65, 33.62], open: true })))
    const witness = await connect('duty/witness', { autoAck: true })
    const once = await connect('duty/once')
    const stopped = new WebSocket(`${server.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    await new Promise((resolve) => stopped.once('message', resolve))
    stopped.send('40/live,{"token":"duty/stopped"}')
    await new Promise((resolve) => stopped.once('message', resolve))
    const request = { layers: ['merchants'] }
    stopped.send(`42/live,0["join",${JSON.stringify({ protocol: 1, encoding: 'json', ...request })}]`)
    await new Promise((resolve) => stopped.once('message', resolve))
    await Promise.all([witness.join(request), once.join(request)])
    stopped.pause()
    await flood()
    const first = await once.until(() => once.deltas[0])
    once.socket.emit('ack', { seq: first.toSeq })
    let ended = false
    const whenCut = once.until(() => once.socket.disconnected).then(() => (ended = true))
    while (!ended || server.realtime.counts.connected > 1) {
      const before = witness.deltas.length
      await flood()
      await witness.until(() => witness.deltas.length > before)
    }
    await whenCut
    expect(once.ended).toEqual(['too_slow'])
    expect(isChain(witness.deltas)).toBe(true)
    stopped.terminate()
  })
})
