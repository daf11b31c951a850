import { describe, expect, it } from 'vitest'

import { createDirector } from './director.ts'

const TOUR = [
  { kind: 'community', dwellSeconds: 60 },
  { kind: 'stations', dwellSeconds: 30 },
] as const
const T0 = 1_000_000_000
const alarm = (id: string, priority: 1 | 2 | 3 | 4, raisedAtMs = T0) => ({ id, priority, state: 'raised' as const, raisedAtMs })
const shown = (director: ReturnType<typeof createDirector>, ms: number) => {
  const shot = director.shot(T0 + ms)
  return shot.kind === 'alarm' ? shot.alarmId : shot.scene.kind
}

describe('what a wall shows', () => {
  it('goes round its tour, each stop for its own time', () => {
    const director = createDirector(TOUR)
    expect([0, 59_999, 60_000, 89_999, 90_000].map((ms) => shown(director, ms))).toEqual([
      'community',
      'community',
      'stations',
      'stations',
      'community',
    ])
  })

  it('gives way to the most urgent new alarm, then the next, then goes on where it was', () => {
    const director = createDirector(TOUR)
    shown(director, 0)
    shown(director, 61_000)
    director.alarms([alarm('a1', 1), alarm('a2', 2), alarm('a4', 4)], T0 + 61_500)
    expect(shown(director, 62_000)).toBe('a1')
    expect(shown(director, 62_000 + 45_000)).toBe('a2')
    expect(shown(director, 62_000 + 45_000 + 30_000)).toBe('stations')
  })

  it('lets a more urgent alarm take over from a lesser one at once', () => {
    const director = createDirector(TOUR)
    director.alarms([alarm('a2', 2)], T0)
    expect(shown(director, 0)).toBe('a2')
    director.alarms([alarm('a1', 1), alarm('a2', 2)], T0 + 1_000)
    expect(shown(director, 1_000)).toBe('a1')
  })

  it('returns to the tour as soon as somebody acknowledges', () => {
    const director = createDirector(TOUR)
    director.alarms([alarm('a1', 1)], T0)
    expect(shown(director, 0)).toBe('a1')
    director.alarms([{ ...alarm('a1', 1), state: 'acknowledged' as never }], T0 + 5_000)
    expect(shown(director, 5_000)).toBe('community')
  })

  it('does not take old alarms for news when it starts', () => {
    const director = createDirector(TOUR)
    director.alarms([alarm('old', 1, T0 - 3_600_000)], T0)
    expect(shown(director, 0)).toBe('community')
  })
})
