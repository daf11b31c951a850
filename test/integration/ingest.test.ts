import { Readable } from 'node:stream'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { formatInstant } from '../../shared/domain/field.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import { recordOf } from '../../shared/world/world.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

let server: TestServer
let clock: { offsetMs: number }
let source: { id: string; token: string }

beforeEach(async () => {
  clock = { offsetMs: 0 }
  server = await startTestServer({ clock })
  source = await server.accounts.machines.createSource({ name: 'test', layers: ['stations', 'residents'] }, null)
})
afterEach(async () => {
  expect(server.broken).toEqual([])
  await server.stop()
})

const at = (offsetMs = 0): string => formatInstant(Date.now() + offsetMs)
const station = (id: string, more: object = {}): string =>
  JSON.stringify({
    layer: 'stations',
    id,
    op: 'put',
    observedAt: at(),
    fields: { name: '暖心驿站', position: [114.65, 33.62], state: 'open', seatsFree: 4 },
    ...more,
  })

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  token: string | null = source.token,
) {
  const response = await fetch(`${server.origin}/api/ingest`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> }
}

test('what is accepted is recorded, and the answer says exactly that', async () => {
  const { status, body } = await post(`${station('st-1')}\n${station('st-2')}\n`)
  expect(status).toBe(200)
  expect(body).toEqual({ accepted: 2, rejected: [], seq: 2 })
  expect(recordOf(server.writer.live, 'stations', 'st-1')?.fields['seatsFree']).toBe(4)
  expect(await server.log.head()).toBe(2)
})

test('a bad line is refused alone, with its number, code, field and reason; empty lines count', async () => {
  const lines = [
    station('st-1'),
    '',
    '{"layer":',
    station('st-2', { fields: { name: 'x', position: [114, 33], state: 'ajar' } }),
    station('st-3', { observedAt: at(6 * 60_000) }),
    station('nobody', { op: 'patch', fields: { seatsFree: 1 } }),
    '   \r',
    station('st-4', { fields: { name: '电话 13800138000', position: [114, 33], state: 'open' } }),
    station('st-5'),
  ]
  const { status, body } = await post(lines.join('\n'))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    accepted: 2,
    seq: 2,
    rejected: [
      { line: 3, code: 'bad_json', field: null },
      { line: 4, code: 'bad_field', field: 'state' },
      { line: 5, code: 'future_time', field: 'observedAt' },
      { line: 6, code: 'unknown_record', field: 'id' },
      { line: 8, code: 'identity_text', field: 'name' },
    ],
  })
  for (const refused of body['rejected'] as { message: unknown }[]) expect(refused.message).toEqual(expect.any(String))
})

test('a source writes its own layers only, and is told so before anything else of the line is looked at', async () => {
  const { status, body } = await post(`{"layer":"workers","id":"?","op":"no"}\n${station('st-1')}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ accepted: 1, rejected: [{ line: 1, code: 'forbidden_layer', field: 'layer' }] })
})

test('200 also when every line is refused; seq is then the head', async () => {
  await post(station('st-1'))
  expect(await post('nonsense\n')).toMatchObject({ status: 200, body: { accepted: 0, seq: 1, rejected: [{ line: 1 }] } })
  expect(await post('')).toMatchObject({ status: 200, body: { accepted: 0, seq: 1, rejected: [] } })
})

test('bytes that are no UTF-8 spoil their own line only', async () => {
  const encoder = new TextEncoder()
  const body = new Uint8Array([...encoder.encode(`${station('st-1')}\n`), 0xff, 0xfe, 0x0a, ...encoder.encode(station('st-2'))])
  expect((await post(body)).body).toMatchObject({ accepted: 2, rejected: [{ line: 2, code: 'bad_json', message: 'not UTF-8' }] })
})

test('authorisation comes before validation', async () => {
  const text = { 'content-type': 'text/plain' }
  expect(await post('x', text, null)).toMatchObject({ status: 401, body: { ok: false, code: 'not_signed_in' } })
  expect(await post('x', text, 'src_0123456789abcdef0123.abc')).toMatchObject({ status: 401, body: { code: 'bad_token' } })
  const wrong = `${source.token.slice(0, -4)}AAAA`
  expect(await post('x', text, wrong)).toMatchObject({ status: 401, body: { code: 'bad_token' } })
  await server.addUser('admin')
  const admin = createBrowser(server.origin)
  await admin.signIn('admin')
  const { body: integration } = await admin.json('POST', '/api/integrations', { name: 'map', role: 'wall' })
  expect(await post('x', text, String(integration['token']))).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await admin.json('POST', '/api/ingest', 'x', text)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await post('x', text)).toMatchObject({ status: 415, body: { code: 'unsupported_type' } })
})

test('a deleted source is out at once', async () => {
  expect(await post(station('st-1'))).toMatchObject({ status: 200 })
  await server.accounts.machines.deleteSource(source.id, null)
  expect(await post(station('st-1'))).toMatchObject({ status: 401 })
})

test('10,000 lines are taken; one more, or more than 5 MB, is 413 and nothing is recorded', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => station(`st-${index}`))
  expect(await post(`${lines.join('\n')}\n${station('more')}`)).toMatchObject({ status: 413, body: { code: 'too_many_lines' } })
  expect(await post(`${'x'.repeat(1_000_000)}\n`.repeat(6))).toMatchObject({ status: 413, body: { code: 'too_large' } })
  const streamed = await fetch(`${server.origin}/api/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${source.token}` },
    body: Readable.toWeb(Readable.from(Array.from({ length: 80 }, () => new Uint8Array(100_000)))),
    duplex: 'half',
  } as RequestInit)
  expect(streamed.status).toBe(413)
  expect(await server.log.head()).toBe(0)
  expect(await post(`${lines.join('\n')}\n`)).toMatchObject({ status: 200, body: { accepted: 10_000, seq: 10_000 } })
})

test('a source over its own rate is told when to come back, and others are not held up', async () => {
  const slow = await server.accounts.machines.createSource({ name: 'slow', layers: ['stations'], ratePerSecond: 1 }, null)
  const lines = Array.from({ length: 200 }, (_, index) => station(`st-${index}`)).join('\n')
  expect(await post(lines, {}, slow.token)).toMatchObject({ status: 200 })
  const refused = await post(station('st-1'), {}, slow.token)
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(100)
  expect(await post(station('st-1'))).toMatchObject({ status: 200 })
})

test('a batch sent again with its Idempotency-Key is answered alike and recorded once', async () => {
  const key = { 'idempotency-key': 'batch-1' }
  const body = `${station('st-1')}\nnonsense\n`
  const first = await post(body, key)
  const second = await post(body, key)
  expect(second.status).toBe(200)
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  expect(await server.log.head()).toBe(1)
  expect(await post(station('st-2'), key)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } })
  const other = await server.accounts.machines.createSource({ name: 'other', layers: ['stations'] }, null)
  expect(await post(station('st-2'), key, other.token)).toMatchObject({ status: 200, body: { accepted: 1, seq: 2 } })
  expect(await post(station('st-1'), { 'idempotency-key': 'x'.repeat(256) })).toMatchObject({ status: 400 })
})

test('an answer in which every line was refused is kept too', async () => {
  const key = { 'idempotency-key': 'refused' }
  const patch = station('st-1', { op: 'patch', fields: { seatsFree: 1 } })
  expect(await post(patch, key)).toMatchObject({ body: { accepted: 0, rejected: [{ code: 'unknown_record' }] } })
  await post(station('st-1'))
  expect(await post(patch, key)).toMatchObject({ body: { accepted: 0, rejected: [{ code: 'unknown_record' }] } })
})

test('the same batch many times at once is recorded once', async () => {
  const body = `${station('st-1')}\n${station('st-2')}`
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(body, { 'idempotency-key': 'storm' })))
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { accepted: 2, seq: 2 } })
  expect(await server.log.head()).toBe(2)
  const mixed = await Promise.all([
    post(station('a'), { 'idempotency-key': 'k' }),
    post(station('b'), { 'idempotency-key': 'k' }),
  ])
  expect(mixed.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
})

test('a kept answer outlives the server, and is forgotten after 24 hours', async () => {
  const key = { 'idempotency-key': 'restart' }
  const body = station('st-1')
  const first = await post(body, key)
  await server.stop({ keep: true })
  server = await startTestServer({ clock, dataDir: server.dataDir })
  expect((await post(body, key)).body).toEqual(first.body)
  clock.offsetMs = 24 * 3_600_000 + 60_000
  expect(await post(station('st-9'), { 'idempotency-key': 'later' })).toMatchObject({ status: 200, body: { seq: 2 } })
  const kept = await server.handle.db.selectFrom('idempotency').select('key').execute()
  expect(kept).toEqual([{ key: 'later' }])
  expect(await post(station('st-9'), key)).toMatchObject({ status: 200, body: { accepted: 1, seq: 3 } })
})

test('a hundred requests of one source at once wait for each other and are all taken', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => post(station(`st-${index}`))))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(await server.log.head()).toBe(100)
  const seqs = answers.map(({ body }) => Number(body['seq']))
  expect(Math.max(...seqs)).toBe(100)
})

test('while the server stops, a source is told to come back', async () => {
  await server.writer.stop()
  const answer = await post(station('st-1'))
  expect(answer).toMatchObject({ status: 503, body: { ok: false, code: 'stopping' } })
  expect(answer.headers.get('retry-after')).toBe('1')
})

test('without room to record a source is told 507, nothing of its batch is kept, and it may send it again', async () => {
  await server.stop()
  server = await startTestServer({ clock, maxPages: 120 })
  source = await server.accounts.machines.createSource({ name: 'test', layers: ['stations'] }, null)
  let head = 0
  let refused: Awaited<ReturnType<typeof post>> | null = null
  for (let batch = 0; refused === null; batch += 1) {
    if (batch > 100) throw new Error('the file does not fill')
    const lines = Array.from({ length: 200 }, (_, index) => station(`st-${batch}-${index}`)).join('\n')
    const answer = await post(lines, { 'idempotency-key': `batch-${batch}` })
    if (answer.status === 200) head = Number(answer.body['seq'])
    else refused = answer
  }
  expect(refused).toMatchObject({ status: 507, body: { ok: false, code: 'journal_full' } })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await server.log.head()).toBe(head)
  expect(server.writer.live.seq).toBe(head)
  expect(server.writer.journalState).toBe('full')
})

test('a source may be made for any layer', async () => {
  await server.addUser('admin')
  const admin = createBrowser(server.origin)
  await admin.signIn('admin')
  for (const layer of LAYERS) {
    const made = await admin.json('POST', '/api/sources', { name: layer, layers: [layer] })
    expect(made).toMatchObject({ status: 201, body: { id: expect.any(String), token: expect.any(String) } })
  }
})
