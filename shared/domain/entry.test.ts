import { describe, expect, it } from 'vitest'

import { MAX_FUTURE_MS, readEntry } from './entry.ts'
import { looksLikeIdentity, roundTo } from './field.ts'
import { LAYERS } from './layers.ts'

const NOW = Date.parse('2026-11-23T06:35:08.000Z')
const station = {
  layer: 'stations',
  id: 'st-1',
  op: 'put',
  observedAt: '2026-11-23T14:35:00+08:00',
  fields: { name: '一号驿站', position: [114.65000049, 33.62], state: 'open' },
}
const read = (line: unknown, allowed: readonly string[] = LAYERS) => readEntry(line, allowed, NOW)
const codeOf = (line: unknown, allowed?: readonly string[]) => {
  const result = read(line, allowed)
  return result.ok ? 'ok' : `${result.refusal.code}:${result.refusal.field}`
}

describe('the door', () => {
  it('normalises times to UTC, positions to 1e-6 degrees and fills what a put leaves out with null', () => {
    const result = read(station)
    expect(result).toMatchObject({
      ok: true,
      entry: {
        observedAt: Date.parse('2026-11-23T06:35:00.000Z'),
        fields: { position: [114.65, 33.62], water: null, temperatureC: null },
      },
    })
    expect(result.ok && Object.keys(result.entry.fields)).toEqual([
      'name',
      'position',
      'hours',
      'state',
      'water',
      'seatsFree',
      'seatsTotal',
      'portsFree',
      'portsTotal',
      'cups',
      'rainGear',
      'staffPresent',
      'temperatureC',
    ])
  })

  it('rounds numbers to their decimals without a negative zero', () => {
    expect(roundTo(-0.04, 1)).toBe(0)
    expect(Object.is(roundTo(-0.04, 1), 0)).toBe(true)
    expect(roundTo(21.25, 1)).toBe(21.3)
    expect(roundTo(-21.25, 1)).toBe(-21.3)
  })

  it('looks at what a source may write before anything else of the line', () => {
    expect(codeOf({ layer: 'residents', id: '', op: 'nonsense' }, ['stations'])).toBe('forbidden_layer:layer')
    expect(codeOf({ layer: 'ghosts', id: 'x' }, ['stations'])).toBe('unknown_layer:layer')
  })

  it.each([
    [[], 'bad_line:null'],
    ['text', 'bad_line:null'],
    [{ ...station, colour: 'red' }, 'bad_line:colour'],
    [{ ...station, id: 'a b' }, 'bad_id:id'],
    [{ ...station, id: '13812345678' }, 'identity_text:id'],
    [{ ...station, op: 'upsert' }, 'bad_op:op'],
    [{ ...station, observedAt: '2026-11-23T14:35:00' }, 'bad_time:observedAt'],
    [{ ...station, observedAt: 1_700_000_000_000 }, 'bad_time:observedAt'],
    [{ ...station, fields: { ...station.fields, phone: '1' } }, 'unknown_field:phone'],
    [{ ...station, fields: { ...station.fields, name: '联系 138 1234 5678' } }, 'identity_text:name'],
    [{ ...station, fields: { ...station.fields, state: 'ajar' } }, 'bad_field:state'],
    [{ ...station, fields: { ...station.fields, seatsFree: -1 } }, 'bad_field:seatsFree'],
    [{ ...station, fields: { name: 'x', position: [1, 2] } }, 'missing_field:state'],
    [{ ...station, op: 'patch', fields: {} }, 'bad_line:fields'],
    [{ ...station, op: 'patch', fields: { state: null } }, 'bad_field:state'],
    [{ ...station, op: 'patch', fields: { water: null } }, 'ok'],
    [{ ...station, op: 'remove' }, 'bad_line:fields'],
    [
      { layer: 'buildings', id: 'b', op: 'patch', observedAt: station.observedAt, fields: { careSos: 1 } },
      'derived_field:careSos',
    ],
    [
      { layer: 'stations', id: 'x', op: 'patch', observedAt: station.observedAt, fields: { __proto__x: 1 } },
      'unknown_field:__proto__x',
    ],
  ])('refuses %j as %s', (line, code) => {
    expect(codeOf(line)).toBe(code)
  })

  it('refuses a name that only looks like a property, in the line and in its fields', () => {
    const line = (more: string, fields: string): unknown =>
      JSON.parse(`{"layer":"stations","id":"s","op":"patch","observedAt":"2026-11-23T06:35:08.000Z"${more},"fields":${fields}}`)
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const inLine = readEntry(line(`,"${name}":{"op":"put"}`, '{"cups":1}'), ['stations'], NOW)
      expect(inLine).toMatchObject({ ok: false, refusal: { code: 'bad_line', field: name } })
      const inFields = readEntry(line('', `{"${name}":{"cups":1}}`), ['stations'], NOW)
      expect(inFields).toMatchObject({ ok: false, refusal: { code: 'unknown_field', field: name } })
    }
  })

  it('takes a clock that runs a little ahead, not one that is far ahead', () => {
    const at = (ms: number) => ({ ...station, observedAt: new Date(ms).toISOString() })
    expect(codeOf(at(NOW + MAX_FUTURE_MS))).toBe('ok')
    expect(codeOf(at(NOW + MAX_FUTURE_MS + 1))).toBe('future_time:observedAt')
  })

  it('never lets a worker off duty have a place', () => {
    const worker = {
      layer: 'workers',
      id: 'w1',
      op: 'put',
      observedAt: station.observedAt,
      fields: { duty: 'off', position: [114, 33] },
    }
    expect(read(worker)).toMatchObject({ ok: true, entry: { fields: { position: null, headingDeg: null } } })
  })

  it('knows phone and identity numbers however they are written, and lets device codes pass', () => {
    for (const text of ['13812345678', '+86 138-1234-5678', '１３８１２３４５６７８', '41160219900307123X']) {
      expect(looksLikeIdentity(text), text).toBe(true)
    }
    for (const text of ['41160200001310000001', '21号驿站', '2026-11-23', 'B区12号楼', '1381234567']) {
      expect(looksLikeIdentity(text), text).toBe(false)
    }
  })
})
