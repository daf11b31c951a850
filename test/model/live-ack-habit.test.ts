import { expect, it } from 'vitest'

import { createAckHabit } from '../../client/connection/ack-habit.ts'
import { createCredit } from '../../server/realtime/credit.ts'
import { forEachSeed } from '../support/seeds.ts'

it('a client that answers by habit is never held back by the server, whatever the rate, the link and the size', () => {
  forEachSeed((random) => {
    const habit = createAckHabit()
    const credit = createCredit()
    const delayMs = random.pick([1, 20, 80, 200])
    const bytes = random.pick([100, 17_000, 40_000])
    const rates = Array.from({ length: 5 }, () => random.next())
    const way: { readonly atMs: number; readonly act: (nowMs: number) => void }[] = []
    let seq = 0
    let told = 0
    let held = 0
    const answer = (upTo: number, nowMs: number): void => {
      habit.told()
      told += 1
      way.push({ atMs: nowMs + delayMs, act: (atMs) => credit.acknowledged(upTo, atMs) })
    }
    for (let nowMs = 0; nowMs < 30_000; nowMs += 20) {
      for (const one of way.filter(({ atMs }) => atMs <= nowMs)) {
        way.splice(way.indexOf(one), 1)
        one.act(nowMs)
      }
      if (nowMs % 1_000 === 0) {
        const upTo = seq
        way.push({ atMs: nowMs + delayMs, act: (atMs) => habit.beat() && answer(upTo, atMs) })
      }
      const rate = rates[Math.floor(nowMs / 6_000)] ?? 1
      if (nowMs % 100 !== 0 || !random.chance(rate)) continue
      if (!credit.maySend(nowMs, true)) {
        held += 1
        continue
      }
      seq += 1
      const mine = seq
      credit.sent(mine, bytes, nowMs)
      way.push({ atMs: nowMs + delayMs, act: (atMs) => habit.applied() && answer(mine, atMs) })
    }
    expect(held).toBeLessThanOrEqual(seq / 50)
    expect(told).toBeLessThanOrEqual(30 * 2)
    expect(credit.tooSlow(30_000)).toBe(false)
  }, 0.2)
})
