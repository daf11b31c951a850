import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { toWgs84From } from '../../server/hotspots/import/coordinates.ts'
import { readTable } from '../../server/hotspots/import/read-table.ts'
import { dateFormOf } from '../../shared/hotspot/import/dates.ts'
import { mapPastCases } from '../../shared/hotspot/import/past-cases.ts'
import { guessProfile } from '../../shared/hotspot/import/profile.ts'

const incidents = resolve(process.env['REFERENCE_DIR'] ?? '../shared', 'data/incidents')
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe.skipIf(!existsSync(incidents))('the real files of service requests', () => {
  it.each(['xlsx', 'csv'])('import whole as %s, with 892 rows flagged for whole degrees', async (kind) => {
    const read = await readTable(await readFile(resolve(incidents, `baltimore-311-2018-10000.${kind}`)))
    if (read.code !== 'ok') throw new Error(`${read.code} ${read.detail}`)
    const { headings, rows } = read.table
    const profile = guessProfile(headings)
    const time = headings.indexOf(profile.columns.time ?? '')
    const outcome = mapPastCases(headings, rows, {
      profile: { ...profile, dateForm: dateFormOf(rows.map((row) => String(row[time]))) ?? 'auto' },
      timeZone: 'America/New_York',
      toWgs84: toWgs84From('WGS84'),
      latestMs: Date.UTC(2026, 10, 23),
    })
    expect(outcome).toMatchObject({
      rows: 10_000,
      refused: [],
      merged: [],
      flags: { no_position: 590, whole_degrees: 892, zero_position: 0 },
    })
    expect(outcome.cases.filter(({ lng }) => lng !== null)).toHaveLength(10_000 - 590 - 892)
    expect(outcome.cases[1]).toMatchObject({
      id: '18-00838880',
      timeMs: Date.UTC(2018, 10, 13, 18, 6, 56),
      lng: -76.669237,
      lat: 39.347011,
    })
  })
})

describe('files as they are sent', () => {
  it('in GB 18030 are read as what they say', async () => {
    // 编号,时间 in GBK.
    const gbk = Uint8Array.of(0xb1, 0xe0, 0xba, 0xc5, 0x2c, 0xca, 0xb1, 0xbc, 0xe4, 0x0a, 0x31, 0x2c, 0x32)
    expect(await readTable(gbk)).toEqual({ code: 'ok', table: { headings: ['编号', '时间'], rows: [['1', '2']] } })
  })

  it('that are no tables are refused with a code', async () => {
    const codeOf = async (bytes: Uint8Array): Promise<string> => (await readTable(bytes)).code
    expect(await codeOf(bytesOf(''))).toBe('empty')
    expect(await codeOf(bytesOf('only one heading\n1\n'))).toBe('no_headings')
    expect(await codeOf(bytesOf('a,a\n1,2\n'))).toBe('heading_twice')
    expect(await codeOf(bytesOf('a,b\n"open\n'))).toBe('not_csv')
    expect(await codeOf(bytesOf(`a\0b,c\n`))).toBe('not_csv')
    expect(await codeOf(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0))).toBe('old_xls')
    expect(await codeOf(zipSync({ 'readme.txt': bytesOf('hello') }))).toBe('not_xlsx')
    expect(await codeOf(Uint8Array.of(0x50, 0x4b, 3, 4, 1, 2, 3))).toBe('not_xlsx')
    expect(await codeOf(zipSync({ 'xl/workbook.xml': bytesOf('<workbook') }))).toBe('not_xlsx')
    expect(await codeOf(bytesOf(Array.from({ length: 300 }, (_, i) => `h${i}`).join(',')))).toBe('too_many_columns')
  })

  it('in GCJ-02 or BD-09 land where they are', () => {
    // The shift near 114.65 E 33.62 N is some 530 m: a wrong choice is visible on a map.
    const [lng, lat] = toWgs84From('GCJ02')(114.65, 33.62)
    const metres = Math.hypot((lng - 114.65) * 92_700, (lat - 33.62) * 110_900)
    expect(metres).toBeGreaterThan(400)
    expect(metres).toBeLessThan(700)
    expect(toWgs84From('WGS84')(114.65, 33.62)).toEqual([114.65, 33.62])
    expect(toWgs84From('BD09')(114.65, 33.62)).not.toEqual([lng, lat])
  })
})
