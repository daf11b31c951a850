import { describe, expect, it } from 'vitest'
import { countTable, exactP, sumTails, withoutOne } from './exact-tail.ts'

/** All sums of k of the values, by listing the subsets: slow and beyond doubt. */
function listedSums(values: readonly number[], draws: number): number[] {
  const sums: number[] = []
  for (let subset = 0; subset < 2 ** values.length; subset++) {
    const chosen = values.filter((_, i) => (subset & (1 << i)) !== 0)
    if (chosen.length === draws) sums.push(chosen.reduce((a, b) => a + b, 0))
  }
  return sums
}

function tailsOf(values: readonly number[], draws: number, largest: number) {
  const table = countTable(values)
  if (table === null) throw new Error('not counts')
  const answer = sumTails(table, new Map([[draws, largest]]))
  if (answer.code !== 'ok') throw new Error(answer.code)
  const tails = answer.tails.get(draws)
  if (tails === undefined) throw new Error('no tails')
  return tails
}

describe('exact tails of a sum of counts', () => {
  it('equal the share of subsets, for every size and sum', () => {
    const values = [0, 0, 0, 1, 1, 2, 3, 3, 7, 12]
    for (let draws = 0; draws <= values.length; draws++) {
      const sums = listedSums(values, draws)
      const largest = Math.max(...sums)
      const tails = tailsOf(values, draws, largest)
      for (let sum = 0; sum <= largest; sum++) {
        const above = sums.filter((one) => one >= sum).length / sums.length
        const below = sums.filter((one) => one <= sum).length / sums.length
        expect(tails.upper(sum)).toBeCloseTo(above, 12)
        expect(tails.lower(sum)).toBeCloseTo(below, 12)
      }
    }
  })

  it('hold when larger sums are lumped and when counts have a large offset or are negative', () => {
    for (const offset of [0, 1_000_000_000, -5]) {
      const values = [0, 1, 1, 2, 5, 9].map((value) => value + offset)
      const sums = listedSums(values, 3)
      const sum = 4 + 3 * offset
      const tails = tailsOf(values, 3, sum)
      expect(tails.upper(sum)).toBeCloseTo(sums.filter((one) => one >= sum).length / sums.length, 12)
      expect(tails.lower(sum)).toBeCloseTo(sums.filter((one) => one <= sum).length / sums.length, 12)
    }
  })

  it('keep their digits far below what any permutation test could reach', () => {
    // 7 places with a case among 100,000 that have none: 1 / C(100007, 7) for all seven in one neighbourhood.
    const values = [...Array.from({ length: 100_000 }, () => 0), ...Array.from({ length: 7 }, () => 1)]
    let choose = 1
    for (let i = 0; i < 7; i++) choose *= (100_007 - i) / (i + 1)
    const { p, side } = exactP(tailsOf(values, 7, 7), 7)
    expect(p * choose).toBeCloseTo(2, 9)
    expect(side).toBe(1)
  })

  it('hold small neighbourhoods beside very large ones', () => {
    const values = Array.from({ length: 3000 }, (_, i) => i % 2)
    const table = countTable(values)
    const answer =
      table === null
        ? null
        : sumTails(
            table,
            new Map([
              [1, 1],
              [800, 400],
            ]),
          )
    if (answer?.code !== 'ok') throw new Error('no tails')
    expect(answer.tails.get(1)?.upper(1)).toBeCloseTo(0.5, 12)
    const large = answer.tails.get(800)
    expect(large === undefined ? 0 : large.upper(400) + large.lower(399)).toBeCloseTo(1, 10)
  })

  it('are refused, not attempted, when sums are too large to count', () => {
    const table = countTable(Array.from({ length: 1000 }, (_, i) => i * 1_000_003))
    expect(table === null ? null : sumTails(table, new Map([[50, 1_000_000_000]])).code).toBe('too_costly')
  })

  it('exist for counts only', () => {
    expect(countTable([1, 2.5])).toBeNull()
  })

  it('leave out one occurrence of a place held fixed', () => {
    const table = countTable([1, 1, 4])
    expect(table === null ? null : withoutOne(table, 1)).toMatchObject({ size: 2, occurrences: Float64Array.of(1, 1) })
  })
})
