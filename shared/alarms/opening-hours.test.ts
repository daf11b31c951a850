import { describe, expect, it } from 'vitest'

import { beijingDayStart, openingAt } from './opening-hours.ts'

/** An instant of 2026-11-23 by Beijing's clock. */
const at = (clock: string, day = 23) => Date.parse(`2026-11-${day}T${clock}:00.000+08:00`)
const open = (sinceMs: number, untilMs: number) => ({ open: true, sinceMs, untilMs })
const closed = (untilMs: number) => ({ open: false, sinceMs: -Infinity, untilMs })

describe('opening hours in Beijing time', () => {
  it('open at the first minute and not at the last', () => {
    const hours = '08:00-20:00'
    expect(openingAt(hours, at('07:59'))).toEqual(closed(at('08:00')))
    expect(openingAt(hours, at('08:00'))).toEqual(open(at('08:00'), at('20:00')))
    expect(openingAt(hours, at('19:59'))).toEqual(open(at('08:00'), at('20:00')))
    expect(openingAt(hours, at('20:00'))).toEqual(closed(at('08:00', 24)))
  })

  it('may be several spans in any order', () => {
    const hours = '14:00-18:00,08:00-11:30'
    expect(openingAt(hours, at('10:00'))).toEqual(open(at('08:00'), at('11:30')))
    expect(openingAt(hours, at('12:00'))).toEqual(closed(at('14:00')))
    expect(openingAt(hours, at('17:00'))).toEqual(open(at('14:00'), at('18:00')))
  })

  it('go over midnight', () => {
    const hours = '22:00-02:00'
    expect(openingAt(hours, at('23:00'))).toEqual(open(at('22:00'), at('02:00', 24)))
    expect(openingAt(hours, at('01:00', 24))).toEqual(open(at('22:00'), at('02:00', 24)))
    expect(openingAt(hours, at('02:00', 24))).toEqual(closed(at('22:00', 24)))
  })

  it('day and night never close, nor do spans that touch', () => {
    for (const hours of ['00:00-24:00', '08:00-08:00', '00:00-12:00,12:00-24:00']) {
      const opening = openingAt(hours, at('00:00'))
      expect(opening.open, hours).toBe(true)
      expect(opening.sinceMs, hours).toBeLessThanOrEqual(at('00:00', 22))
      expect(opening.untilMs, hours).toBeGreaterThanOrEqual(at('00:00', 24))
    }
    expect(openingAt('06:00-12:00,11:00-20:00', at('13:00'))).toEqual(open(at('06:00'), at('20:00')))
  })

  it('begin a day at midnight in Beijing, which is 16:00 UTC the day before', () => {
    expect(beijingDayStart(Date.parse('2026-11-23T15:59:59.999Z'))).toBe(Date.parse('2026-11-22T16:00:00.000Z'))
    expect(beijingDayStart(Date.parse('2026-11-23T16:00:00.000Z'))).toBe(Date.parse('2026-11-23T16:00:00.000Z'))
  })
})
