import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire between a browser and a server, which a test may pull out: bytes stop, nothing is closed, as with a real cable. */
export interface Cable {
  readonly origin: string
  /** Bytes stop both ways; new connections are taken and get no answer. */
  pull(): void
  /** What was held back flows on. */
  plug(): void
  /** Leads to another port from now on; connections that are open are cut. */
  lead(port: number): void
  close(): Promise<void>
}

/** @param port of the server on this machine */
export async function layCable(port: number): Promise<Cable> {
  let target = port
  let pulled = false
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()

  const join = (near: Socket): void => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => {
        to.write(bytes)
        if (pulled) from.pause()
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  }
  const server = createServer((near) => {
    if (!pulled) return join(near)
    near.on('error', () => near.destroy())
    near.pause()
    waiting.add(() => join(near))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${own}`,
    pull() {
      pulled = true
      for (const socket of sockets) socket.pause()
    },
    plug() {
      pulled = false
      for (const socket of sockets) socket.resume()
      for (const go of waiting) go()
      waiting.clear()
    },
    lead(next) {
      target = next
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      pulled = false
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
