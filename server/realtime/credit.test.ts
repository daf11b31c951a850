import { describe, expect, it } from 'vitest'

import { createCredit, CUT_AFTER_MS } from './credit.ts'

const DRAINED = true

describe('credit of a client that acknowledges', () => {
  it('goes on while acknowledgements come a round trip later, however long that is', () => {
    const credit = createCredit()
    credit.sent(1, 100, 0)
    credit.acknowledged(1, 400)
    for (let tick = 1; tick < 100; tick += 1) {
      const nowMs = 400 + 100 * tick
      expect(credit.maySend(nowMs, DRAINED)).toBe(true)
      credit.sent(1 + tick, 100, nowMs)
      // Always the one of four ticks ago: the link is long, the client keeps up.
      if (tick > 4) credit.acknowledged(1 + tick - 4, nowMs + 1)
    }
    expect(credit.tooSlow(20_000)).toBe(false)
  })

  it('stops when two messages are unacknowledged beyond the round trip, and goes on after the next acknowledgement', () => {
    const credit = createCredit()
    credit.sent(1, 100, 0)
    credit.acknowledged(1, 5)
    credit.sent(2, 100, 100)
    credit.sent(3, 100, 200)
    expect(credit.maySend(210, DRAINED)).toBe(true)
    expect(credit.maySend(300, DRAINED)).toBe(false)
    credit.acknowledged(3, 900)
    expect(credit.maySend(900, DRAINED)).toBe(true)
  })

  it('stops at 64 KB that are unacknowledged beyond the round trip, one message or many', () => {
    const credit = createCredit()
    credit.sent(1, 100, 0)
    credit.acknowledged(1, 5)
    credit.sent(2, 70_000, 100)
    expect(credit.maySend(120, DRAINED)).toBe(true)
    expect(credit.maySend(200, DRAINED)).toBe(false)
  })

  it('learns how many a client acknowledges at once, up to two seconds of ticks', () => {
    const credit = createCredit()
    let seq = 0
    let heldTicks = 0
    const tick = (nowMs: number): void => {
      if (!credit.maySend(nowMs, DRAINED)) heldTicks += 1
      else credit.sent((seq += 1), 17_000, nowMs)
    }
    for (let nowMs = 0; nowMs < 20_000; nowMs += 100) {
      if (nowMs === 10_000) heldTicks = 0
      tick(nowMs)
      if (nowMs % 1_000 === 0) credit.acknowledged(seq, nowMs + 5)
    }
    expect(heldTicks).toBe(0)
    for (let nowMs = 20_000; nowMs < 29_000; nowMs += 100) tick(nowMs)
    expect(heldTicks).toBeGreaterThan(60)
  })

  it('is not fooled into a longer round trip by a client that grows slow', () => {
    const credit = createCredit()
    credit.sent(1, 100, 0)
    credit.acknowledged(1, 5)
    credit.sent(2, 100, 100)
    credit.acknowledged(2, 4_000)
    credit.sent(3, 100, 4_000)
    credit.sent(4, 100, 4_100)
    expect(credit.maySend(4_200, DRAINED)).toBe(false)
  })

  it('cuts when data has lain for 10 s, and not when there is nothing to acknowledge', () => {
    const credit = createCredit()
    credit.sent(1, 100, 0)
    credit.acknowledged(1, 5)
    expect(credit.tooSlow(1_000_000)).toBe(false)
    credit.sent(2, 100, 1_000_000)
    expect(credit.tooSlow(1_000_000 + CUT_AFTER_MS)).toBe(false)
    expect(credit.tooSlow(1_000_001 + CUT_AFTER_MS)).toBe(true)
  })

  it('takes an acknowledgement of what was never sent for nothing', () => {
    const credit = createCredit()
    credit.acknowledged(0, 1)
    credit.sent(5, 100, 0)
    credit.acknowledged(4, 50)
    expect(credit.tooSlow(CUT_AFTER_MS + 1)).toBe(true)
  })
})

describe('credit of a client whose first acknowledgement comes late', () => {
  it('counts what it acknowledges at once from the first time on', () => {
    const credit = createCredit()
    for (const seq of [1, 2, 3]) credit.sent(seq, 40_000, 100 * seq)
    credit.acknowledged(3, 700)
    // It is used to three at once, so twice as many may be under way.
    for (const seq of [4, 5, 6, 7, 8]) {
      expect(credit.maySend(2_000, DRAINED)).toBe(true)
      credit.sent(seq, 40_000, 1_000)
    }
  })

  it('is not cut for what lay with it before', () => {
    const credit = createCredit()
    for (let tick = 1; tick <= 40; tick += 1) credit.sent(tick, 100, 1_000 * tick)
    credit.acknowledged(20, 40_500)
    expect(credit.tooSlow(41_000)).toBe(false)
    expect(credit.tooSlow(40_501 + CUT_AFTER_MS)).toBe(true)
  })
})

describe('credit of a client that never acknowledges', () => {
  it('lasts as long as its socket takes what is written', () => {
    const credit = createCredit()
    for (let tick = 0; tick < 1_000; tick += 1) {
      expect(credit.maySend(100 * tick, DRAINED)).toBe(true)
      credit.sent(tick, 100_000, 100 * tick)
    }
    expect(credit.tooSlow(100_000)).toBe(false)
  })

  it('stops while the socket does not, and cuts after 10 s of that', () => {
    const credit = createCredit()
    expect(credit.maySend(0, !DRAINED)).toBe(false)
    expect(credit.maySend(9_000, !DRAINED)).toBe(false)
    expect(credit.tooSlow(9_000)).toBe(false)
    expect(credit.tooSlow(CUT_AFTER_MS + 1)).toBe(true)
    expect(credit.maySend(11_000, DRAINED)).toBe(true)
    expect(credit.tooSlow(11_000)).toBe(false)
  })
})
