import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createRecordingIndex } from '../../server/database/recordings.ts'
import { createHolds } from '../../server/history/holds.ts'
import { startLogRetention } from '../../server/history/log-retention.ts'
import { holdRoutes } from '../../server/http/routes/holds.ts'
import { RecordingKeeper } from '../../server/video/recording-keeper.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

const FROM = '2026-11-24T06:00:00.000Z'
const TO = '2026-11-24T06:30:00.000Z'
const fromMs = Date.parse(FROM)

let server: TestServer
let supervisor: ReturnType<typeof createBrowser>

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ handle, accounts }) => holdRoutes(createHolds({ db: handle.db, audit: accounts.audit, now: Date.now })),
  })
  supervisor = createBrowser(server.origin)
  await supervisor.signIn(await server.addUser('supervisor'))
})
afterAll(async () => {
  expect(server.broken).toEqual([])
  await server.log.close()
  await server.stop()
})

const hold = (body: object = {}) =>
  supervisor.json('POST', '/api/holds', { from: FROM, to: TO, cameras: ['cam-01'], reason: '张记面馆隐患调查', ...body })
const audited = async (subject: string) => {
  const rows = await server.accounts.audit.list({ before: null, subject, limit: 10 })
  return rows.map(({ action, reason, actor }) => [action, reason, actor.name]).toReversed()
}

describe('a hold', () => {
  it('is made and released by a supervisor with a reason, once, and both stand in the audit register', async () => {
    const made = await hold()
    expect(made).toMatchObject({ status: 201, body: { ok: true, logFrom: null } })
    const id = String(made.body['id'])
    const listed = async () => ((await supervisor.json('GET', '/api/holds')).body['holds'] as { id: string }[])[0]
    expect(await listed()).toMatchObject({ id, from: FROM, to: TO, cameras: ['cam-01'], by: 'supervisor', released: null })
    expect((await supervisor.json('POST', `/api/holds/${id}/release`, {})).status).toBe(400)
    expect((await supervisor.json('POST', `/api/holds/${id}/release`, { reason: '调查结束' })).status).toBe(200)
    expect((await supervisor.json('POST', `/api/holds/${id}/release`, { reason: '再来一次' })).status).toBe(409)
    expect((await supervisor.json('POST', '/api/holds/none/release', { reason: '没有' })).status).toBe(404)
    expect(await listed()).toMatchObject({ id, released: { by: 'supervisor', reason: '调查结束' } })
    expect(await audited(`holds/${id}`)).toEqual([
      ['evidence.hold', '张记面馆隐患调查', 'supervisor'],
      ['evidence.release', '调查结束', 'supervisor'],
    ])
  })

  it('needs a range, and a reason that names nobody', async () => {
    for (const body of [
      { reason: '' },
      { reason: '请联系 13812345678' },
      { from: '2026-11-24 06:00' },
      { from: TO, to: FROM },
      { to: '2036-11-24T06:30:00Z' },
      { cameras: 'all' },
    ]) {
      expect((await hold(body)).status, JSON.stringify(body)).toBe(400)
    }
    for (const role of ['duty', 'office', 'admin'] as const) {
      const other = createBrowser(server.origin)
      await other.signIn(await server.addUser(role))
      expect((await other.json('POST', '/api/holds', { from: FROM, to: TO, cameras: null, reason: '试试' })).status).toBe(403)
      expect((await other.json('GET', '/api/holds')).status).toBe(403)
    }
  })

  it('keeps recordings from retention and from the floor until it is released, of its cameras or of all', async () => {
    const index = createRecordingIndex(server.handle.db)
    const segment = (cameraId: string, startMs: number) => ({
      cameraId,
      startMs,
      endMs: startMs + 59_000,
      path: `${cameraId}/${startMs}.mp4`,
      initBytes: 1,
      codec: 'avc1',
      timescale: 90_000,
      bytes: 10,
      closed: true,
    })
    const [held, later, other] = [
      segment('cam-01', fromMs + 60_000),
      segment('cam-01', fromMs + 3_600_000),
      segment('cam-02', fromMs + 60_000),
    ]
    await index.write({ segments: [held, later, other], gops: [] })
    const free = async () => (await index.oldest(10)).map(({ path }) => path)
    expect(await free()).toHaveLength(3)
    const one = String((await hold()).body['id'])
    expect(await free()).toEqual([other.path, later.path])
    expect(await index.expired('cam-01', Date.parse('2030-01-01T00:00:00Z'), 10)).toEqual([later])
    const all = String((await hold({ cameras: null })).body['id'])
    expect(await free()).toEqual([later.path])
    // What was looked up before the hold came is not deleted after it.
    expect(await index.claim(other)).toBeNull()
    expect(await index.segment('cam-02', other.startMs)).not.toBeNull()
    for (const id of [one, all]) await supervisor.json('POST', `/api/holds/${id}/release`, { reason: '结束' })
    expect(await free()).toHaveLength(3)
    expect(await index.claim(other)).toEqual([])
    expect(await index.segment('cam-02', other.startMs)).toBeNull()
  })
})

describe('a disk so full that no row can be deleted', () => {
  it('is helped by the file alone, whose row goes when there is room; what is held stays', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lookout-floor-'))
    const index = createRecordingIndex(server.handle.db)
    const rows = ['cam-07', 'cam-08'].map((cameraId) => ({
      cameraId,
      startMs: fromMs,
      endMs: fromMs + 1_000,
      path: `${cameraId}.mp4`,
      initBytes: 1,
      codec: 'avc1',
      timescale: 90_000,
      bytes: 1,
      closed: true,
    }))
    await index.remove(await index.oldest(100))
    await index.write({ segments: rows, gops: [] })
    for (const { path: name } of rows) writeFileSync(path.join(folder, name), 'x')
    await hold({ cameras: ['cam-08'] })
    let claims = 0
    const keeper = new RecordingKeeper({
      index: {
        ...index,
        claim(segment) {
          claims += 1
          return claims === 1 ? Promise.reject(new Error('database or disk is full')) : index.claim(segment)
        },
      },
      folder,
      retention: () => Promise.resolve(new Map()),
      otherDays: 30_000,
      floorBytes: 1,
      freeBytes: () => Promise.resolve(0),
      now: Date.now,
      log: () => undefined,
      onFloor: () => undefined,
    })
    await keeper.sweep()
    expect(readdirSync(folder)).toEqual(['cam-08.mp4'])
    expect([await index.segment('cam-07', fromMs), (await index.segment('cam-08', fromMs))?.path]).toEqual([null, 'cam-08.mp4'])
    rmSync(folder, { recursive: true })
  })
})

describe('the retention of the log', () => {
  it('asks for what is older than the days that are kept, signs, and tells the audit register when something went', async () => {
    const asked: number[] = []
    let didTrim = true
    const retention = (keptDays: number) =>
      startLogRetention({
        log: {
          async trim(beforeMs, sign) {
            asked.push(beforeMs)
            expect(sign?.('text')).toBe('signed 4')
            return await Promise.resolve({ firstSeq: 65_537, didTrim })
          },
        },
        keptDays,
        key: { sign: (data) => `signed ${data.length}` },
        audit: server.accounts.audit,
        now: () => fromMs,
        onFault: (cause) => void server.broken.push(cause),
      })
    const never = retention(0)
    await never.sweep()
    await never.stop()
    expect(asked).toEqual([])
    const kept = retention(30)
    await kept.sweep()
    didTrim = false
    await kept.sweep()
    await kept.stop()
    expect(new Set(asked)).toEqual(new Set([fromMs - 30 * 86_400_000]))
    // At its start and at the first sweep something went, then nothing more.
    expect(await audited('log')).toEqual([
      ['log.trim', null, 'system'],
      ['log.trim', null, 'system'],
    ])
  })
})
