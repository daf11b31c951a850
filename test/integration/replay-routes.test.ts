import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createReplay } from '../../server/replay/replay.ts'
import { replayRoutes } from '../../server/http/routes/replay.ts'
import { bookmarksAnswerSchema } from '../../shared/protocol/bookmarks.ts'
import { trailAnswerSchema } from '../../shared/protocol/trail.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let mine: ReturnType<typeof createBrowser>
let others: ReturnType<typeof createBrowser>
const AT = '2026-11-23T06:31:42.000Z'

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ accounts, handle, log }) =>
      replayRoutes(createReplay({ db: handle.db, log, audit: accounts.audit, now: Date.now })),
  })
  mine = createBrowser(server.origin)
  await mine.signIn(await server.addUser('supervisor', 'first'))
  others = createBrowser(server.origin)
  await others.signIn(await server.addUser('supervisor', 'second'))
})
afterAll(async () => {
  expect(server.broken).toEqual([])
  await server.log.close()
  await server.stop()
})

const listed = async (who: typeof mine) => bookmarksAnswerSchema.parse((await who.json('GET', '/api/bookmarks')).body).bookmarks
const audited = (subject: string) => server.accounts.audit.list({ before: null, subject, limit: 10 })

describe('bookmarks', () => {
  test('are a person’s own, in order of time, with an offset demanded; the register never has their words', async () => {
    const later = await mine.json('POST', '/api/bookmarks', { at: '2026-11-23T14:40:00+08:00', text: '  出口被堵  ' })
    expect(later).toMatchObject({ status: 201, body: { at: '2026-11-23T06:40:00.000Z', text: '出口被堵' } })
    await mine.json('POST', '/api/bookmarks', { at: AT, text: '第一次看到烟' })
    expect((await listed(mine)).map(({ text }) => text)).toEqual(['第一次看到烟', '出口被堵'])
    expect(await listed(others)).toEqual([])
    const [row] = await audited(`bookmarks/${String(later.body['id'])}`)
    expect(row).toMatchObject({ action: 'bookmark.create', actor: { name: 'first' } })
    expect(JSON.stringify(row)).not.toContain('出口被堵')
    expect(await mine.json('POST', '/api/bookmarks', { at: '2026-11-23T14:40:00', text: 'x' })).toMatchObject({ status: 400 })
  })

  test('refuse what looks like a phone or an identity number', async () => {
    for (const text of ['联系 13800138000', '身份证 410102199001011234', '']) {
      expect(await mine.json('POST', '/api/bookmarks', { at: AT, text })).toMatchObject({
        status: 400,
        body: { code: 'bad_field', field: 'text' },
      })
    }
  })

  test('are erased by whom they belong to, and by nobody else', async () => {
    const made = await mine.json('POST', '/api/bookmarks', { at: AT, text: '待删' })
    const path = `/api/bookmarks/${String(made.body['id'])}`
    expect(await others.json('DELETE', path)).toMatchObject({ status: 404 })
    expect(await mine.json('DELETE', path)).toMatchObject({ status: 200 })
    expect((await listed(mine)).map(({ text }) => text)).not.toContain('待删')
    const rows = await server.handle.db.selectFrom('bookmarks').select('id').where('text', '=', '待删').execute()
    expect(rows).toEqual([])
    expect((await audited(path.slice('/api/'.length)))[0]).toMatchObject({ action: 'bookmark.delete' })
  })

  test('go with the account, and are counted', async () => {
    const { id = '' } = (await server.accounts.users.list()).find(({ username }) => username === 'second') ?? {}
    const rows = Array.from({ length: 500 }, (_, n) => ({ id: `b-${n}`, userId: id, at: n, createdAt: n, text: 'x' }))
    await server.handle.db.insertInto('bookmarks').values(rows).execute()
    expect(await others.json('POST', '/api/bookmarks', { at: AT, text: '多一个' })).toMatchObject({ status: 409 })
    await server.handle.db.deleteFrom('users').where('id', '=', id).execute()
    const left = await server.handle.db.selectFrom('bookmarks').select('id').where('userId', '=', id).execute()
    expect(left).toEqual([])
  })
})

describe('the trail of the worker who was sent to a case', () => {
  const reported = Date.now() - 600_000
  const entry = (layer: string, id: string, op: string, seconds: number, fields: object) => ({
    layer,
    id,
    op,
    fields,
    observedAt: new Date(reported + seconds * 1_000).toISOString(),
  })
  const place = (step: number) => [(114_650 + step) / 1_000, 33.62]

  test('needs a case with somebody sent to it, and a reason; it is audited, and ends with the duty', async () => {
    const admin = createBrowser(server.origin)
    await admin.signIn(await server.addUser('admin'))
    const source = await admin.json('POST', '/api/sources', { name: 's', layers: ['cases', 'workers'] })
    const send = async (...entries: object[]) => {
      const headers = { authorization: `Bearer ${String(source.body['token'])}`, 'content-type': 'application/x-ndjson' }
      const body = entries.map((each) => JSON.stringify(each)).join('\n')
      const answer = await fetch(`${server.origin}/api/ingest`, { method: 'POST', headers, body })
      expect(await answer.json()).toMatchObject({ rejected: [] })
    }
    await send(
      entry('workers', 'w-1', 'put', 0, { duty: 'onDuty', position: place(0) }),
      entry('cases', 'c-1', 'put', 1, { categoryCode: 'S1', stage: 'reported', position: place(9) }),
    )
    const at = () => new Date().toISOString()
    const ask = (body: object, id = 'c-1') => mine.json('POST', `/api/cases/${id}/trail`, body)
    expect(await ask({ at: at(), reason: '核查处置过程' })).toMatchObject({ status: 404 })
    await send(entry('cases', 'c-1', 'patch', 2, { stage: 'dispatched', assigneeId: 'w-1' }))
    for (const step of [1, 2, 3]) await send(entry('workers', 'w-1', 'patch', 3 + step, { position: place(step) }))
    await send(entry('workers', 'w-1', 'patch', 10, { duty: 'off' }))
    await send(entry('workers', 'w-1', 'patch', 11, { duty: 'onDuty', position: place(7) }))

    expect(await ask({ at: at() })).toMatchObject({ status: 400, body: { field: 'reason' } })
    expect(await ask({ at: at(), reason: '打 13800138000' })).toMatchObject({ status: 400, body: { field: 'reason' } })
    expect(await audited('workers/w-1')).toEqual([])
    const trail = trailAnswerSchema.parse((await ask({ at: at(), reason: '核查处置过程' })).body)
    expect(trail).toMatchObject({ workerId: 'w-1', end: 'off_duty' })
    expect(trail.points.map(({ position }) => position)).toEqual([1, 2, 3].map(place))
    expect(await audited('workers/w-1')).toMatchObject([
      { action: 'trail.read', reason: '核查处置过程', actor: { name: 'first' }, details: { case: 'c-1' } },
    ])
    expect(await ask({ at: at(), reason: '核查处置过程' }, 'r-000001')).toMatchObject({ status: 404 })
  })
})
