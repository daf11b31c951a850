import { describe, expect, it } from 'vitest'

import { knowledgeAt, outages } from './known-time.ts'
import { advance, shuttle } from './replay-clock.ts'

const RANGE = { fromMs: 1_000, toMs: 100_000 }
const at = (atMs: number, speed: number, playing = true) => ({ atMs, speed, playing })

describe('the clock of a replay', () => {
  it('runs at its speed, backwards too, and stands when it is paused', () => {
    expect(advance(at(50_000, 0.25), 1_000, RANGE).atMs).toBe(50_250)
    expect(advance(at(50_000, -16), 1_000, RANGE).atMs).toBe(34_000)
    expect(advance(at(50_000, 600, false), 1_000, RANGE).atMs).toBe(50_000)
  })

  it('stops at the beginning, and waits at the end, which moves on', () => {
    expect(advance(at(5_000, -600), 1_000, RANGE)).toEqual(at(1_000, -600, false))
    const waiting = advance(at(99_000, 60), 1_000, RANGE)
    expect(waiting).toEqual(at(100_000, 60))
    expect(advance(waiting, 100, { ...RANGE, toMs: 200_000 }).atMs).toBe(106_000)
  })

  it('shuttles: L and J start and get faster, K stops, and turning round starts slowly again', () => {
    let clock = shuttle(at(0, 1, false), 'l')
    const seen = [clock.speed]
    for (const key of ['l', 'l', 'j', 'j', 'l'] as const) {
      clock = shuttle(clock, key)
      seen.push(clock.speed)
    }
    expect(seen).toEqual([1, 2, 4, -1, -2, 1])
    expect(shuttle(at(0, 600), 'l')).toEqual({ speed: 600, playing: true })
    expect(shuttle(at(0, -4), 'k')).toEqual({ speed: -4, playing: false })
  })
})

describe('what is known of an instant', () => {
  const lives = [
    { fromMs: 0, toMs: 40_000 },
    { fromMs: 45_000, toMs: 60_000 },
    { fromMs: 90_000, toMs: 120_000 },
  ]

  it('is nothing before the first change, while the server was down, and of what is to come', () => {
    const knowledge = (atMs: number) => knowledgeAt(atMs, 10_000, 120_000, lives)
    expect([9_999, 10_000, 50_000, 75_000, 90_000, 120_001].map(knowledge)).toEqual([
      'before_first',
      'known',
      'known',
      'server_down',
      'known',
      'not_yet',
    ])
    expect(knowledgeAt(50_000, null, 120_000, lives)).toBe('before_first')
  })

  it('takes a quick restart for no outage', () => {
    expect(outages(lives)).toEqual([{ fromMs: 60_000, toMs: 90_000 }])
  })
})
