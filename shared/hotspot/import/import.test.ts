import { describe, expect, it } from 'vitest'
import { csvLine, parseCsv } from './csv.ts'
import { dateFormOf, isTimeZone, parseDate, zoneClock } from './dates.ts'
import { mapPastCases, type Cell, type ImportRules } from './past-cases.ts'
import { guessProfile, headingSignature, profileProblems } from './profile.ts'

describe('CSV', () => {
  const rowsOf = (text: string): unknown => {
    const parsed = parseCsv(text, 100)
    return parsed.code === 'ok' ? parsed.rows : parsed.code
  }

  it('is read as RFC 4180 and spreadsheets write it', () => {
    expect(rowsOf('\uFEFFa,b\r\n"1,2","say ""hi""\nthere"\r\n\r\n3,\r\n')).toEqual([
      ['a', 'b'],
      ['1,2', 'say "hi"\nthere'],
      ['3', ''],
    ])
    expect(rowsOf('a;b\r1;2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(rowsOf('编号\t时间\n1\t2018-01-01')).toEqual([
      ['编号', '时间'],
      ['1', '2018-01-01'],
    ])
  })

  it('is refused with an open quote, without rows, or with too many', () => {
    expect(rowsOf('a,b\n"1,2')).toBe('unclosed_quote')
    expect(rowsOf('\n\n')).toBe('empty')
    expect(rowsOf('a\n'.repeat(200))).toBe('too_many_rows')
  })

  it('is written so that a spreadsheet runs nothing', () => {
    expect(csvLine(['=1+1', 'a"b', 3, null])).toBe(`'=1+1,"a""b",3,`)
  })
})

describe('headings', () => {
  it('in Chinese are mapped by themselves, whatever their width, spaces and units', () => {
    const { columns } = guessProfile([
      '序号',
      '案件编号',
      '上 报 时 间',
      '问题类型',
      '经度（°）',
      '纬度（°）',
      '问题来源',
      '问题描述',
    ])
    expect(columns).toMatchObject({
      id: '案件编号',
      time: '上 报 时 间',
      category: '问题类型',
      lng: '经度（°）',
      lat: '纬度（°）',
      source: '问题来源',
      position: null,
    })
  })

  it('in English are mapped by themselves', () => {
    const { columns } = guessProfile(['Case_ID', 'Created Date', 'Complaint Type', 'LATITUDE', 'Longitude'])
    expect(columns).toMatchObject({
      id: 'Case_ID',
      time: 'Created Date',
      category: 'Complaint Type',
      lat: 'LATITUDE',
      lng: 'Longitude',
    })
  })

  it('have one signature in any order, and a profile says what it lacks', () => {
    expect(headingSignature(['经度', '纬度', ''])).toBe(headingSignature(['纬度 ', '经度']))
    expect(profileProblems(guessProfile(['编号', '经度']), ['编号', '经度'])).toEqual(['time', 'position'])
    const profile = guessProfile(['时间', '坐标'])
    expect(profileProblems(profile, ['日期', '坐标'])).toEqual(['time'])
  })
})

describe('dates', () => {
  const wall = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0) => ({
    code: 'wall',
    wall: { year, month, day, hour, minute, second },
  })

  it('are read in the forms that offices use', () => {
    expect(parseDate('2018-04-12 11:11:26', 'auto')).toEqual(wall(2018, 4, 12, 11, 11, 26))
    expect(parseDate('2018/4/2', 'auto')).toEqual(wall(2018, 4, 2))
    expect(parseDate('２０１８年４月２日 下午3时05分', 'auto')).toEqual(wall(2018, 4, 2, 15, 5))
    expect(parseDate('20180402', 'auto')).toEqual(wall(2018, 4, 2))
    expect(parseDate('20180402131415', 'auto')).toEqual(wall(2018, 4, 2, 13, 14, 15))
    expect(parseDate('04/12/2018 12:05:48 AM', 'mdy')).toEqual(wall(2018, 4, 12, 0, 5, 48))
    expect(parseDate('04/12/2018 12:05 pm', 'dmy')).toEqual(wall(2018, 12, 4, 12, 5))
    expect(parseDate('43202.4663', 'auto')).toEqual(wall(2018, 4, 12, 11, 11, 28))
    expect(parseDate('2018-04-12T11:11:26Z', 'auto')).toEqual({ code: 'instant', ms: Date.UTC(2018, 3, 12, 11, 11, 26) })
    expect(parseDate('2018-04-12T11:11:26.5+08:00', 'auto')).toEqual({ code: 'instant', ms: Date.UTC(2018, 3, 12, 3, 11, 26) })
    expect(parseDate('1523531486', 'auto')).toEqual({ code: 'instant', ms: 1_523_531_486_000 })
    expect(parseDate('1523531486000', 'auto')).toEqual({ code: 'instant', ms: 1_523_531_486_000 })
  })

  it('that do not exist or could mean two days are not guessed', () => {
    for (const text of ['2018-02-30', '2018-13-01', '25:00', 'soon', '2018-01-01 24:30', '99999999999999'])
      expect(parseDate(text, 'auto').code).toBe('not_a_date')
    expect(parseDate('05/06/2018', 'auto').code).toBe('ambiguous_order')
    expect(parseDate('06/06/2018', 'auto')).toEqual(wall(2018, 6, 6))
  })

  it('show their order by a day over 12 anywhere in the column', () => {
    expect(dateFormOf(['01/02/2018', '01/13/2018'])).toBe('mdy')
    expect(dateFormOf(['01/02/2018', '13/01/2018'])).toBe('dmy')
    expect(dateFormOf(['01/02/2018'])).toBeNull()
    expect(dateFormOf(['2018-01-02', '03/03/2018'])).toBe('auto')
  })

  it('become instants by their zone, also where clocks change', () => {
    const shanghai = zoneClock('Asia/Shanghai')
    expect(shanghai({ year: 2026, month: 11, day: 23, hour: 8, minute: 0, second: 0 })).toBe(Date.UTC(2026, 10, 23))
    const newYork = zoneClock('America/New_York')
    const at = (month: number, day: number, hour: number, minute = 0) =>
      newYork({ year: 2018, month, day, hour, minute, second: 0 })
    expect(at(4, 12, 11)).toBe(Date.UTC(2018, 3, 12, 15))
    expect(at(12, 12, 11)).toBe(Date.UTC(2018, 11, 12, 16))
    // 2018-11-04 01:30 occurs twice: its first, still summer time. 2018-03-11 02:30 does not occur.
    expect(at(11, 4, 1, 30)).toBe(Date.UTC(2018, 10, 4, 5, 30))
    expect(at(3, 11, 2, 30)).toBe(Date.UTC(2018, 2, 11, 7, 30))
    expect(isTimeZone('Asia/Shanghai')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
  })
})

describe('past cases', () => {
  const headings = ['编号', '时间', '类型', '经度', '纬度']
  const rules: ImportRules = {
    profile: guessProfile(headings),
    timeZone: 'Asia/Shanghai',
    toWgs84: (lng, lat) => [lng, lat],
    latestMs: Date.UTC(2026, 10, 23),
  }
  const take = (rows: Cell[][]) => mapPastCases(headings, rows, rules)

  it('are taken with their row, instant and place', () => {
    expect(take([['a1', '2026-11-01 08:00', '飞线充电', 114.6512345678, '33.62']]).cases).toEqual([
      {
        row: 2,
        id: 'a1',
        timeMs: Date.UTC(2026, 10, 1),
        category: '飞线充电',
        source: null,
        lng: 114.651235,
        lat: 33.62,
        flag: null,
      },
    ])
  })

  it('are refused row by row, with the column and what stood there', () => {
    const { refused, rows } = take([
      ['1', '', 'x', 114.6, 33.6],
      ['2', 'soon', 'x', 114.6, 33.6],
      ['3', '05/06/2026', 'x', 114.6, 33.6],
      ['4', '2030-01-01', 'x', 114.6, 33.6],
      ['5', '2026-01-01', 'x', 'east', 33.6],
      ['6', '2026-01-01', 'x', 33.6, 114.6],
      ['7', '2026-01-01', 'x', 514.6, 33.6],
      ['8', '2026-01-01', '电话13800138000', 114.6, 33.6],
      ['9', '2026-01-01', '长'.repeat(200), 114.6, 33.6],
      [null, ' ', undefined, '', null],
      ['10', '2026-01-01', 'x', 114.6, ''],
    ])
    expect(rows).toBe(10)
    expect(refused.map(({ row, code, column }) => [row, code, column])).toEqual([
      [2, 'time_missing', '时间'],
      [3, 'time_not_read', '时间'],
      [4, 'time_order_ambiguous', '时间'],
      [5, 'time_out_of_range', '时间'],
      [6, 'coordinates_not_read', '经度'],
      [7, 'coordinates_swapped', '经度'],
      [8, 'coordinates_out_of_range', '经度'],
      [9, 'category_names_a_person', '类型'],
      [10, 'category_too_long', '类型'],
      [12, 'coordinates_not_read', '经度'],
    ])
    expect(JSON.stringify(refused)).not.toContain('13800138000')
  })

  it('without a place, or with one cut to whole degrees, are kept, flagged and have no place on the map', () => {
    const { cases, flags } = take([
      ['1', '2026-01-01', 'x', null, null],
      ['2', '2026-01-01', 'x', 114, 33],
      ['3', '2026-01-01', 'x', 0, 0],
      ['4', '2026-01-01', 'x', 114, 33.5],
    ])
    expect(flags).toEqual({ no_position: 1, whole_degrees: 1, zero_position: 1 })
    expect(cases.map(({ lng }) => lng)).toEqual([null, null, null, 114])
  })

  it('said twice are merged with the first, by id or else by instant, place and category', () => {
    const first: Cell[] = ['1', '2026-01-01', 'x', 114.6, 33.6]
    const { cases, merged } = take([
      first,
      [...first],
      [null, '2026-01-02', 'x', 114.6, 33.6],
      [null, '2026-01-02', 'x', 114.6, 33.6],
    ])
    expect(cases).toHaveLength(2)
    expect(merged).toEqual([
      { row: 3, sameAs: 2 },
      { row: 5, sameAs: 4 },
    ])
  })

  it('with both coordinates in one column are read in the order that it shows', () => {
    const joint = ['时间', '坐标']
    const placesOf = (text: string) => {
      const { cases } = mapPastCases(joint, [['2026-01-01', text]], { ...rules, profile: guessProfile(joint) })
      return [cases[0]?.lng, cases[0]?.lat]
    }
    expect(placesOf('114.65,33.62')).toEqual([114.65, 33.62])
    expect(placesOf('33.62, 114.65')).toEqual([114.65, 33.62])
    expect(placesOf('(39.34, -76.67)')).toEqual([-76.67, 39.34])
    expect(placesOf('POINT (-76.67 39.34)')).toEqual([-76.67, 39.34])
  })

  it('are converted by the system that the operator chose, once', () => {
    const shifted = mapPastCases(headings, [['1', '2026-01-01', 'x', 114.65, 33.62]], {
      ...rules,
      toWgs84: (lng, lat) => [lng - 0.005, lat + 0.001],
    })
    expect(shifted.cases[0]).toMatchObject({ lng: 114.645, lat: 33.621 })
  })

  it('take dates that a spreadsheet read by their clock', () => {
    const { cases } = take([['1', new Date(Date.UTC(2026, 0, 1, 8)), 'x', 114.6, 33.6]])
    expect(cases[0]?.timeMs).toBe(Date.UTC(2026, 0, 1, 0))
  })
})
