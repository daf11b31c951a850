import { describe, expect, it } from 'vitest'

import { chasingRate, clipStep } from './recorded-plan.ts'

describe('a recorded clip beside the clock', () => {
  const held = [{ fromMs: 10_000, toMs: 20_000 }]

  it('shows what it holds, waits for what follows, and asks for what lies elsewhere', () => {
    expect([10_000, 15_000, 20_000, 22_000, 40_000, 9_000].map((at) => clipStep(at, held, []).kind)).toEqual([
      'show',
      'show',
      'show',
      'wait',
      'seek',
      'seek',
    ])
    expect(clipStep(0, [], []).kind).toBe('seek')
  })

  it('says where nothing was recorded, also when that goes on', () => {
    const gaps = [
      { fromMs: 20_001, toMs: 30_000 },
      { fromMs: 50_000, toMs: null },
    ]
    expect([25_000, 30_000, 49_000, 50_000, 1e9].map((at) => clipStep(at, held, gaps).kind)).toEqual([
      'gap',
      'seek',
      'seek',
      'gap',
      'gap',
    ])
  })

  it('runs faster when it is behind and slower when it is ahead, never by more than a quarter', () => {
    expect(chasingRate(2, 0)).toBe(2)
    expect(chasingRate(1, 0.1)).toBeCloseTo(1.08)
    expect(chasingRate(1, -0.1)).toBeCloseTo(0.92)
    expect(chasingRate(1, 3)).toBe(1.25)
  })
})
