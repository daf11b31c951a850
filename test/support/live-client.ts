import { io, type Socket } from 'socket.io-client'

import type { Beat } from '../../shared/protocol/beat.ts'
import type { DeltaColumns, DeltaJson } from '../../shared/protocol/delta.ts'
import type { JoinReply } from '../../shared/protocol/join.ts'

/** A plain client of the stream that keeps what it got, as somebody else would write one. */
export interface PlainClient {
  readonly socket: Socket
  readonly deltas: DeltaJson[]
  readonly beats: Beat[]
  readonly ended: string[]
  join(request?: object): Promise<JoinReply>
  /** Resolves with the first that is, or was, so; fails after a deadline that only a broken server reaches. */
  until<T>(probe: () => T | undefined | false): Promise<T>
  close(): void
}

export async function connectPlain(origin: string, token: string, options: { autoAck?: boolean } = {}): Promise<PlainClient> {
  const socket = io(`${origin}/live`, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true })
  const deltas: DeltaJson[] = []
  const beats: Beat[] = []
  const ended: string[] = []
  const checks = new Set<() => void>()
  const check = (): void => {
    for (const one of checks) one()
  }
  socket.on('delta', (delta: DeltaJson & DeltaColumns) => {
    deltas.push(delta)
    if (options.autoAck === true) socket.emit('ack', { seq: delta.toSeq })
    check()
  })
  socket.on('beat', (beat: Beat) => {
    beats.push(beat)
    check()
  })
  socket.on('ended', ({ code }: { code: string }) => {
    ended.push(code)
    check()
  })
  socket.on('disconnect', check)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    socket,
    deltas,
    beats,
    ended,
    join: (request = {}) =>
      socket.emitWithAck('join', { protocol: 1, layers: ['stations'], encoding: 'json', ...request }) as Promise<JoinReply>,
    until(probe) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => done(() => reject(new Error('it did not happen in 20 s'))), 20_000)
        const done = (then: () => void): void => {
          clearTimeout(timer)
          checks.delete(look)
          then()
        }
        const look = (): void => {
          const found = probe()
          if (found !== undefined && found !== false) done(() => resolve(found))
        }
        checks.add(look)
        look()
      })
    },
    close: () => socket.disconnect(),
  }
}
