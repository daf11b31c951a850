import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'

import { afterEach, describe, expect, it } from 'vitest'

import { beijingDayStart } from '../../shared/alarms/opening-hours.ts'
import { parseReason } from '../../shared/alarms/reason.ts'
import { marksAnswerSchema } from '../../shared/protocol/marks.ts'
import { scenesAnswerSchema } from '../../shared/protocol/scenes.ts'
import { trendAnswerSchema } from '../../shared/protocol/trend.ts'
import { startAlarms, stopAlarms } from '../support/alarm-server.ts'

afterEach(stopAlarms)

const place = [114.65, 33.62]
const hazard = (id = 'm1') => ['merchants', id, 'put', { name: '张记面馆', position: place, safety: 'hazard' }] as const

describe('alarms in the log', () => {
  it('are raised and cleared in the commit of their cause', async () => {
    const { ingest, changes, server } = await startAlarms()
    const commits: (readonly string[])[] = []
    server.writer.onCommitted((batch) => commits.push(batch.map(({ layer, op }) => `${layer} ${op}`)))
    await ingest([...hazard()])
    await ingest(['merchants', 'm1', 'patch', { safety: 'ok' }])
    expect(commits).toEqual([
      ['merchants put', 'alarms put'],
      ['merchants patch', 'alarms patch'],
    ])
    const [, raised, , cleared] = await changes()
    expect(raised?.fields).toMatchObject({ kind: 'merchant_hazard', state: 'raised', subject: { layer: 'merchants', id: 'm1' } })
    expect(cleared).toMatchObject({ id: raised?.id, fields: { state: 'cleared' } })
  })

  it('go on over a restart as if there had been none: the time that was waited counts, and nothing is raised twice', async () => {
    const clock = { offsetMs: 0, steadyMs: 0 }
    const first = await startAlarms({ clock })
    await first.ingest([...hazard()], ['stations', 's1', 'put', { name: '一号驿站', position: place, state: 'fault' }])
    await first.wait(40_000)
    const { dataDir } = first.server
    await first.stop(true)
    const second = await startAlarms({ clock, dataDir })
    await second.wait(0)
    expect(second.open().map(({ kind }) => kind)).toEqual(['merchant_hazard'])
    await second.wait(20_000)
    expect(second.open().map(({ kind }) => kind)).toEqual(['merchant_hazard', 'station_fault'])
    await second.stop(true)
    const third = await startAlarms({ clock, dataDir })
    await third.wait(0)
    expect(third.open()).toHaveLength(2)
    expect((await third.changes()).filter(({ layer }) => layer === 'alarms')).toHaveLength(2)
    await third.stop(true)
    await rm(dataDir, { recursive: true })
  })

  it('tell of a source that fell silent and of a clock that was set', async () => {
    const { server, alarms, ingest, wait, open, jumps, clock, sourceId } = await startAlarms()
    await ingest(['merchants', 'm1', 'put', { name: '面馆', position: place, safety: 'ok' }])
    await wait(0)
    await wait(179_000)
    expect(open()).toEqual([])
    await wait(2_000)
    expect(open()).toMatchObject([{ kind: 'source_silent', subject: { layer: 'sources', id: sourceId }, position: null }])
    await ingest(['merchants', 'm1', 'patch', { open: true }])
    await wait(0)
    expect(open()).toMatchObject([{ kind: 'source_silent', state: 'cleared' }])
    clock.offsetMs += 5_000
    await alarms.clock.tick()
    expect(jumps.map((ms) => Math.round(ms / 1000))).toEqual([5])
    expect(open().map(({ kind }) => kind)).toEqual(['source_silent', 'clock_jump'])
    expect(server.broken).toEqual([])
  })
})

describe('POST /api/alarms/:id/acknowledge', () => {
  it('lets exactly one of many win and tells the others by whom and when', async () => {
    const { ingest, open, signedIn, changes, server } = await startAlarms()
    await ingest([...hazard()])
    const id = open()[0]?.id ?? ''
    const seats = [await signedIn('duty', 'seat-1'), await signedIn('duty', 'seat-2'), await signedIn('supervisor', 'seat-9')]
    const answers = await Promise.all(
      [...seats, ...seats].map((seat) => seat.json('POST', `/api/alarms/${id}/acknowledge`, { reason: 'real' })),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    const { by, at } = won[0]?.body ?? {}
    expect(['seat-1', 'seat-2', 'seat-9']).toContain(by)
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({ ok: false, code: 'already_acknowledged', by, at })
    }
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5)
    expect(open()).toMatchObject([{ state: 'acknowledged', ownerId: by, acknowledgedAt: at, reason: 'code:real' }])
    expect((await changes()).filter(({ layer, op }) => layer === 'alarms' && op === 'patch')).toHaveLength(1)
    const trail = await server.accounts.audit.list({ before: null, subject: `alarms/${id}`, limit: 10 })
    expect(trail).toMatchObject([{ action: 'alarm.acknowledge', actor: { name: by }, reason: 'code:real' }])
  })

  it('keeps words beside the log: the log has a reference and a salted hash, and the words can be erased', async () => {
    const { ingest, open, signedIn, changes, server } = await startAlarms()
    await ingest([...hazard()])
    const id = open()[0]?.id ?? ''
    const words = '液化气罐放在过道，已电话联系店主移走'
    const duty = await signedIn('duty')
    expect((await duty.json('POST', `/api/alarms/${id}/acknowledge`, { reason: `  ${words} ` })).status).toBe(200)
    expect(await duty.json('GET', `/api/alarms/${id}/note`)).toMatchObject({
      status: 200,
      body: { note: { by: 'duty', text: words, erased: false } },
    })
    const row = await server.handle.db.selectFrom('alarmNotes').selectAll().executeTakeFirstOrThrow()
    const note = parseReason(open()[0]?.reason ?? null).note
    expect(note).toEqual({
      noteId: row.id,
      hash: createHash('sha256')
        .update(Buffer.from(row.salt ?? '', 'hex'))
        .update(words)
        .digest('hex'),
    })
    expect(JSON.stringify(await changes())).not.toContain('液化气')
    expect(JSON.stringify(await server.handle.db.selectFrom('audit').selectAll().execute())).not.toContain('液化气')

    expect((await duty.json('DELETE', `/api/alarms/${id}/note`)).status).toBe(403)
    const supervisor = await signedIn('supervisor')
    expect((await supervisor.json('DELETE', `/api/alarms/${id}/note`)).status).toBe(200)
    expect(await duty.json('GET', `/api/alarms/${id}/note`)).toMatchObject({ body: { note: { text: null, erased: true } } })
    expect(JSON.stringify(await server.handle.db.selectFrom('alarmNotes').selectAll().execute())).not.toContain('液化气')
  })

  it('takes words beside a code, and two sets of words not', async () => {
    const { ingest, open, signedIn } = await startAlarms()
    await ingest([...hazard()])
    const id = open()[0]?.id ?? ''
    const duty = await signedIn('duty')
    const ask = (body: object) => duty.json('POST', `/api/alarms/${id}/acknowledge`, body)
    expect(await ask({ reason: '已处理', note: '再说一遍' })).toMatchObject({ status: 400, body: { field: 'note' } })
    expect((await ask({ reason: 'drill', note: '全员演练' })).status).toBe(200)
    expect(parseReason(open()[0]?.reason ?? null)).toMatchObject({ code: 'drill', note: {} })
    expect(await duty.json('GET', `/api/alarms/${id}/note`)).toMatchObject({ body: { note: { text: '全员演练' } } })
  })

  it('refuses words with a phone or identity number, naming the field, and none or too many', async () => {
    const { ingest, open, signedIn } = await startAlarms()
    await ingest([...hazard()])
    const id = open()[0]?.id ?? ''
    const duty = await signedIn('duty')
    for (const reason of ['请回电 138 1234 5678', '身份证 11010519491231002X', '', ' ', 'x'.repeat(201)]) {
      const { status, body } = await duty.json('POST', `/api/alarms/${id}/acknowledge`, { reason })
      expect([reason, status, body['code'], body['field']]).toEqual([reason, 400, 'bad_field', 'reason'])
    }
    expect(open()).toMatchObject([{ state: 'raised' }])
  })

  it('is for duty officers and supervisors, and of alarms that are there', async () => {
    const { ingest, open, signedIn } = await startAlarms()
    await ingest([...hazard()])
    const id = open()[0]?.id ?? ''
    for (const role of ['office', 'admin', 'wall'] as const) {
      const browser = await signedIn(role)
      expect((await browser.json('POST', `/api/alarms/${id}/acknowledge`, { reason: 'drill' })).status, role).toBe(403)
      expect((await browser.json('GET', `/api/alarms/${id}/note`)).status, role).toBe(403)
    }
    const duty = await signedIn('duty')
    expect(await duty.json('POST', '/api/alarms/a-none/acknowledge', { reason: 'drill' })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
    expect((await duty.json('GET', `/api/alarms/${id}/note`)).status).toBe(404)
  })
})

describe('GET /api/trend', () => {
  it('counts what was raised and reported today, by the hour and by category, and says the same after a restart', async () => {
    // Noon in Beijing, so that no hour and no day ends during the test.
    const clock = { offsetMs: beijingDayStart(Date.now()) + 36 * 3_600_000 - Date.now(), steadyMs: 0 }
    const first = await startAlarms({ clock })
    const reportedAt = new Date(Date.now() + clock.offsetMs).toISOString()
    const reported = (categoryCode: string) => ({ categoryCode, stage: 'reported', reportedAt })
    await first.ingest(
      [...hazard()],
      ['cases', 'k1', 'put', reported('fly-wire')],
      ['cases', 'k2', 'put', reported('fire-lane')],
      ['cases', 'k3', 'put', reported('fire-lane')],
      ['cases', 'k1', 'patch', { stage: 'verified' }],
      ['cases', 'k2', 'put', { ...reported('fire-lane'), stage: 'verified' }],
    )
    const wall = await first.signedIn('wall')
    const { body } = await wall.json('GET', '/api/trend')
    const trend = trendAnswerSchema.parse(body)
    expect([trend.alarms.today[12], trend.cases.today[12], trend.meanDays]).toEqual([1, 3, 0])
    expect([trend.alarms.today[11], trend.alarms.today[13]]).toEqual([0, null])
    expect(trend.categories).toEqual([
      { code: 'fire-lane', count: 2 },
      { code: 'fly-wire', count: 1 },
    ])
    await first.ingest(['cases', 'k1', 'patch', { stage: 'closed' }])
    const duty = await first.signedIn('duty')
    const marks = async (order: string, limit: number) => {
      const range = `from=2026-01-01T00:00:00Z&to=2099-01-01T00:00:00%2B08:00&order=${order}&limit=${limit}`
      return marksAnswerSchema.parse((await duty.json('GET', `/api/history/marks?${range}`)).body)
    }
    expect((await marks('asc', 10)).marks.map(({ id, step, key, grade }) => [id.slice(0, 2), step, key, grade])).toEqual([
      ['k1', 'reported', 'fly-wire', null],
      ['k2', 'reported', 'fire-lane', null],
      ['k3', 'reported', 'fire-lane', null],
      ['a-', 'raised', 'merchant_hazard', 2],
      ['k1', 'closed', 'fly-wire', null],
    ])
    expect(await marks('desc', 1)).toMatchObject({ marks: [{ id: 'k1', step: 'closed' }], complete: false })
    expect((await duty.json('GET', '/api/history/marks?from=yesterday&to=now')).status).toBe(400)
    const { dataDir } = first.server
    await first.stop(true)
    const second = await startAlarms({ clock, dataDir })
    expect(second.alarms.trend.read()).toMatchObject({ alarms: trend.alarms, cases: trend.cases, categories: trend.categories })
    await second.stop(true)
    await rm(dataDir, { recursive: true })
  })
})

describe('GET and PUT /api/scenes', () => {
  it('give every wall one tour until it gets its own, and are kept', async () => {
    const { signedIn, server } = await startAlarms()
    const wall = await signedIn('wall')
    const duty = await signedIn('duty')
    const read = async (query = '') => scenesAnswerSchema.parse((await duty.json('GET', `/api/scenes${query}`)).body)
    expect((await read()).scenes.map(({ kind }) => kind)).toEqual(['community', 'stations', 'cameras'])

    const common = [
      { kind: 'community', dwellSeconds: 45 },
      { kind: 'compound', id: 'A', dwellSeconds: 20 },
    ]
    expect((await duty.json('PUT', '/api/scenes', { scenes: common })).status).toBe(200)
    const own = [{ kind: 'place', name: '农贸市场', position: [114.651, 33.621], zoom: 17, dwellSeconds: 15 }]
    expect((await duty.json('PUT', '/api/scenes', { wallId: 'wall-7', scenes: own })).body).toEqual({ scenes: own, own: true })
    expect(await read('?wallId=wall-7')).toEqual({ scenes: own, own: true })
    expect(await read('?wallId=wall-8')).toEqual({ scenes: common, own: false })
    expect((await wall.json('GET', '/api/scenes')).body).toEqual({ scenes: common, own: false })
    await duty.json('PUT', '/api/scenes', { wallId: 'wall-7', scenes: null })
    expect(await read('?wallId=wall-7')).toEqual({ scenes: common, own: false })
    expect(await server.accounts.audit.list({ before: null, subject: 'scenes/wall-7', limit: 5 })).toHaveLength(2)
  })

  it('refuse a tour without stops, a stop of five hours, a kind that is not there, and walls that write', async () => {
    const { signedIn } = await startAlarms()
    const duty = await signedIn('duty')
    for (const scenes of [[], [{ kind: 'community', dwellSeconds: 18_000 }], [{ kind: 'moon', dwellSeconds: 30 }], null]) {
      expect((await duty.json('PUT', '/api/scenes', { scenes })).status).toBe(400)
    }
    const wall = await signedIn('wall')
    expect((await wall.json('PUT', '/api/scenes', { scenes: [{ kind: 'community', dwellSeconds: 30 }] })).status).toBe(403)
  })
})
