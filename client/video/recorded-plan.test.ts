import { describe, expect, it } from 'vitest'

import { asksAnew, chasingRate, clipStep, isOtherInstant } from './recorded-plan.ts'

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

  it('does not ask anew for what is on its way into the buffer, but for what never came', () => {
    expect(asksAnew('seek', false, false, false)).toBe(false)
    expect(asksAnew('seek', true, true, false)).toBe(false)
    expect(asksAnew('seek', true, false, false)).toBe(true)
    expect(asksAnew('wait', true, false, false)).toBe(false)
    expect([asksAnew('wait', false, true, true), asksAnew('seek', false, false, true)]).toEqual([true, true])
  })

  it('takes a picture of another instant for none of this one; jumping along a fast clock it may be off by more', () => {
    expect(isOtherInstant(604_800, 0.6, 0)).toBe(true)
    expect([isOtherInstant(0.08, 0.6, 0), isOtherInstant(-0.5, 0.6, 0)]).toEqual([false, false])
    expect([isOtherInstant(1.6, 0.6, 16), isOtherInstant(-12, 0.6, -16)]).toEqual([false, true])
  })
})
