import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PEER_MISSING, RtspPeer } from '../support/rtsp-peer.ts'
import { startHub, type RunningHub } from '../support/video-hub.ts'

const CONNECTED = 64
const DEFINED = 300
/** The run is bounded: a duty room does not wait longer for its cameras. */
const LIMIT_MS = 120_000

describe.skipIf(PEER_MISSING !== null)(`a site of ${DEFINED} cameras (${PEER_MISSING ?? 'GStreamer'})`, () => {
  let peer: RtspPeer
  let running: RunningHub
  const hole = createServer(() => undefined)

  beforeAll(async () => {
    peer = await RtspPeer.start(CONNECTED)
    running = await startHub()
    hole.listen(0, '127.0.0.1')
    await once(hole, 'listening')
  })
  afterAll(async () => {
    await running.stop()
    await peer.kill()
    hole.close()
  })

  test(
    `${CONNECTED} play at once, and those that are dead or silent delay none of them`,
    async () => {
      const { port } = hole.address() as AddressInfo
      // The silent and the dead come first: each would hold a place in the queue if it could.
      for (let index = 0; index < DEFINED - CONNECTED; index++) {
        const url = index % 10 === 0 ? `rtsp://127.0.0.1:${port}/${index}` : 'rtsp://127.0.0.1:1024/'
        running.hub.define({ id: `dead-${index}`, url, subUrl: null, enabled: true })
      }
      const ids = Array.from({ length: CONNECTED }, (_, index) => `cam${index + 1}`)
      for (const [index, id] of ids.entries()) running.hub.define({ id, url: peer.url(index + 1), subUrl: null, enabled: true })
      await Promise.all(ids.map((id) => running.until(id, ({ state }) => state === 'online')))
      const last = new Map(running.reports.map((report) => [report.cameraId, report]))
      expect(ids.filter((id) => last.get(id)?.state !== 'online')).toEqual([])
      expect(last.get('dead-1')).toMatchObject({ state: 'offline', reason: 'refused' })
      await running.until('dead-0', ({ reason }) => reason === 'timed_out')
    },
    LIMIT_MS,
  )
})
