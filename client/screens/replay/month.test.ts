import { describe, expect, it } from 'vitest'

import { monthOf, nextMonth } from './month.ts'

describe('a month of the calendar', () => {
  it("is that of Beijing's day, with its weekdays", () => {
    const november = monthOf(Date.parse('2026-10-31T16:00:00.000Z'))
    expect([november.name, november.days.length]).toEqual(['2026-11', 30])
    expect(november.days[0]).toEqual({ name: '2026-11-01', startMs: Date.parse('2026-10-31T16:00:00.000Z'), weekday: 7 })
    expect(november.days[22]).toMatchObject({ name: '2026-11-23', weekday: 1 })
  })

  it('goes on over the end of a year', () => {
    const december = nextMonth(monthOf(Date.parse('2027-01-05T00:00:00.000Z')), -1)
    expect([december.name, december.days.length]).toEqual(['2026-12', 31])
    expect(nextMonth(december, 1).name).toBe('2027-01')
  })
})
