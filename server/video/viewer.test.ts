import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { Fragment } from './fragment-bus.ts'
import { Viewer } from './viewer.ts'

/** A socket whose other side reads when the test says so. */
class SlowSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly sent: Buffer[] = []
  send(data: Buffer | string): void {
    if (typeof data === 'string') return
    this.sent.push(data)
    this.bufferedAmount += data.length
  }
}

const MEGABYTE = 1024 * 1024
const frame = (index: number, isKey: boolean): Fragment => ({
  bytes: Buffer.alloc(MEGABYTE, index),
  decodeTime: BigInt(index),
  isKey,
  atMs: index * 40,
})

describe('a viewer that reads slowly', () => {
  test('is left without frames once three megabytes wait, and goes on with a key frame when it has read', () => {
    const socket = new SlowSocket()
    const viewer = new Viewer(socket as unknown as WebSocket, () => 0)
    for (let index = 0; index < 100; index++) viewer.fragment(frame(index, index % 10 === 0))
    // What waits for it never grows past a frame above the limit.
    expect(socket.bufferedAmount).toBeLessThanOrEqual(4 * MEGABYTE)
    const before = socket.sent.length
    socket.bufferedAmount = 0
    for (let index = 101; index < 110; index++) viewer.fragment(frame(index, false))
    expect(socket.sent).toHaveLength(before)
    viewer.fragment(frame(110, true))
    viewer.fragment(frame(111, false))
    expect(socket.sent.slice(before).map(([first]) => first)).toEqual([110, 111])
  })
})
