import { describe, expect, it } from 'vitest'

import { barsOf, following, fullBar, ticksOf, windowAround } from './timeline-scale.ts'

const at = (clock: string) => Date.parse(`2026-11-23T${clock}:00.000+08:00`)
const HOUR = 3_600_000

describe('the scale of a timeline', () => {
  it('puts ticks on whole minutes and hours of Beijing, never too many', () => {
    const hour = { fromMs: at('14:03'), toMs: at('15:03') }
    expect(ticksOf(hour, 7)).toEqual([at('14:10'), at('14:20'), at('14:30'), at('14:40'), at('14:50'), at('15:00')])
    const day = { fromMs: at('00:00'), toMs: at('00:00') + 24 * HOUR }
    expect(ticksOf(day, 13).slice(0, 3)).toEqual([at('00:00'), at('02:00'), at('04:00')])
    for (const most of [2, 5, 12, 40]) expect(ticksOf(day, most).length).toBeLessThanOrEqual(most + 1)
  })

  it('moves only when the instant leaves it', () => {
    const window = windowAround(at('14:30'), HOUR)
    expect(following(window, at('14:31'))).toBe(window)
    const moved = following(window, at('16:00'))
    expect(moved.toMs - moved.fromMs).toBe(HOUR)
    expect(moved.fromMs).toBeLessThan(at('16:00'))
    expect(moved.toMs).toBeGreaterThan(at('16:00'))
  })

  it('gathers minutes into bars that can be seen, and loses none', () => {
    const density = Array.from({ length: 60 }, (_, minute) => ({ minute: at('14:00') + minute * 60_000, changes: minute }))
    const window = { fromMs: at('14:00'), toMs: at('15:00') }
    const total = (bars: { changes: number }[]) => bars.reduce((sum, { changes }) => sum + changes, 0)
    const narrow = barsOf(density, window, 60, 4)
    expect([narrow.length, total(narrow)]).toEqual([15, 1770])
    const wide = barsOf(density, window, 1200, 4)
    expect([wide.length, total(wide)]).toEqual([60, 1770])
  })

  it('keeps usual bars tall beside one that is not', () => {
    const bars = (...changes: number[]) => changes.map((each) => ({ changes: each }))
    expect(fullBar(bars(10, 12, 23_000, 11))).toBe(48)
    expect(fullBar(bars(10, 12, 11))).toBe(12)
    expect(fullBar([])).toBe(1)
  })
})
