import { describe, expect, it } from 'vitest'

import { beijingDayStart } from './opening-hours.ts'
import { createWorld, reduce } from '../world/world.ts'
import { marksOf } from './timeline-marks.ts'
import { Trend, TREND_KEPT_MS } from './trend.ts'

const NOW = Date.parse('2026-11-23T14:30:00.000+08:00')
const HOUR = 3_600_000
const DAY = 24 * HOUR

const raised = (id: string, atMs: number) => ({
  layer: 'alarms' as const,
  id,
  step: 'raised' as const,
  atMs,
  recordedAtMs: atMs,
  key: 'station_fault',
  grade: 2,
})

describe('the trend of a day', () => {
  it('counts the hours that have begun, and leaves the others open', () => {
    const trend = new Trend([raised('a', NOW), raised('b', NOW - HOUR), raised('c', NOW - HOUR), raised('d', NOW + 1)])
    const { alarms, dayStart } = trend.at(NOW)
    expect(dayStart).toBe('2026-11-22T16:00:00.000Z')
    expect(alarms.today.slice(12)).toEqual([0, 2, 1, null, null, null, null, null, null, null, null, null])
  })

  it('takes the mean over the days before that anything is known of, seven at most', () => {
    const today = beijingDayStart(NOW)
    expect(new Trend([raised('a', NOW)]).at(NOW)).toMatchObject({ meanDays: 0, alarms: { mean: null } })
    const two = new Trend([raised('a', today - DAY + 9 * HOUR), raised('b', today - 2 * DAY + 9 * HOUR + 5)]).at(NOW)
    expect([two.meanDays, two.alarms.mean?.[9], two.alarms.mean?.[10]]).toEqual([2, 1, 0])
    const ten = new Trend(Array.from({ length: 10 }, (_, day) => raised(`d${day}`, today - day * DAY + 9 * HOUR))).at(NOW)
    expect([ten.meanDays, ten.alarms.mean?.[9], ten.alarms.today[9]]).toEqual([7, 1, 1])
  })

  it('counts a case that is sent again once, at its first time, in its last category', () => {
    const world = createWorld()
    const trend = new Trend([])
    const seen: string[] = []
    const change = (op: 'put' | 'patch', fields: Record<string, string>, observedAt = NOW) => {
      const made = { seq: world.seq + 1, recordedAt: NOW, observedAt, layer: 'cases', id: 'k1', op, fields } as const
      reduce(world, made)
      for (const mark of marksOf(world, [made])) {
        trend.take(mark)
        seen.push(`${mark.step} ${mark.key}`)
      }
    }
    change('put', { categoryCode: 'clutter', stage: 'reported' }, NOW - 3 * HOUR)
    change('put', { categoryCode: 'clutter', stage: 'reported' })
    change('patch', { categoryCode: 'fire-lane' })
    change('patch', { stage: 'verified' })
    change('patch', { stage: 'closed' })
    expect(seen).toEqual(['reported clutter', 'reported clutter', 'reported fire-lane', 'closed fire-lane'])
    const { cases, categories } = trend.at(NOW)
    expect([cases.today[11], cases.today[14]]).toEqual([1, 0])
    expect(categories).toEqual([{ code: 'fire-lane', count: 1 }])
  })

  it('forgets what is too old to matter', () => {
    const trend = new Trend([raised('a', NOW - TREND_KEPT_MS - 1), raised('b', NOW)])
    expect(trend.at(NOW).meanDays).toBe(7)
    trend.forget(NOW - TREND_KEPT_MS)
    expect(trend.at(NOW).meanDays).toBe(0)
  })
})
