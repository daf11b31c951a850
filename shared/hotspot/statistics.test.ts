import { describe, expect, it } from 'vitest'
import { emergingCategory, EMERGING_CATEGORIES } from './category.ts'
import { quasiPoissonRatio, ratioOfRatios, verdictOf, weightedDisplacementDifference } from './effect.ts'
import { benjaminiHochberg, benjaminiHochbergGrouped } from './false-discovery.ts'
import { giStar } from './gi-star.ts'
import { mannKendall } from './mann-kendall.ts'
import { neighbourLists } from './neighbours.ts'
import { erfc, twoSidedNormalP } from './normal.ts'
import { empiricalBayes, rateInterval } from './rates.ts'
import { significance } from './significance.ts'
import { poissonUpperTail, studentQuantile, twoSidedStudentP } from './special.ts'

describe('the trend test', () => {
  it('counts small integers by value as it counts any numbers by pairs', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const series = Array.from({ length: 2 + (seed % 60) }, (_, i) => (i * seed * 7919 + seed * 31) % (1 + (seed % 31)))
      // Shifted beyond the small ones: the same order and the same ties.
      expect(mannKendall(series)).toEqual(mannKendall(series.map((value) => value + 1000)))
    }
  })
})

describe('tails', () => {
  it('of the normal keep 14 digits to |z| = 37', () => {
    expect(erfc(20) / 5.3958656116079005e-176).toBeCloseTo(1, 13)
    expect(erfc(26) / 5.663192408856143e-296).toBeCloseTo(1, 13)
    expect(twoSidedNormalP(1.959963984540054)).toBeCloseTo(0.05, 15)
  })

  it('of Student t and their quantile agree with each other and with tables', () => {
    expect(studentQuantile(0.05, 10)).toBeCloseTo(2.228138851964939, 10)
    expect(studentQuantile(0.05, 1)).toBeCloseTo(12.706204736174698, 8)
    expect(twoSidedStudentP(studentQuantile(0.001, 7), 7)).toBeCloseTo(0.001, 12)
  })

  it('of the Poisson sum the smaller side', () => {
    expect(poissonUpperTail(0, 3)).toBe(1)
    expect(poissonUpperTail(1, 3)).toBeCloseTo(1 - Math.exp(-3), 14)
    expect(poissonUpperTail(60, 3) / 1.7817e-55).toBeGreaterThan(0)
    expect(poissonUpperTail(2, 0)).toBe(0)
    // scipy.stats.poisson.sf: large counts keep their digits too.
    expect(poissonUpperTail(1_003_000, 1_000_000) / 0.001358035272683129).toBeCloseTo(1, 12)
    expect(poissonUpperTail(100_000, 99_000) / 0.0007574199211747684).toBeCloseTo(1, 12)
    expect(poissonUpperTail(50, 1) / 1.2337508979097585e-65).toBeCloseTo(1, 12)
  })
})

describe('Benjamini-Hochberg', () => {
  it('leaves tests that were not made out of the count', () => {
    expect([...benjaminiHochberg([0.01, Number.NaN, 0.04])]).toEqual([0.02, Number.NaN, 0.04])
  })

  it('gives the same by groups as one by one', () => {
    const p = Float64Array.of(0.2, 0.001, 0.04, 0.5)
    const counts = Float64Array.of(3, 2, 4, 1)
    const flat = [...p].flatMap((value, i) => Array.from({ length: counts[i] ?? 0 }, () => value))
    const one = benjaminiHochberg(flat)
    const grouped = benjaminiHochbergGrouped(p, counts)
    for (const [i, value] of p.entries()) expect(grouped[i]).toBe(one[flat.indexOf(value)])
  })
})

describe('Gi*', () => {
  const ring = neighbourLists([
    [0, 1, 3],
    [1, 0, 2],
    [2, 1, 3],
    [3, 2, 0],
  ])

  it('is not defined for constant values, one place, or a list of all places', () => {
    expect([...giStar([4, 4, 4, 4], ring)].every(Number.isNaN)).toBe(true)
    expect([...giStar([5], neighbourLists([[0]]))].every(Number.isNaN)).toBe(true)
    expect(
      [
        ...giStar(
          [1, 9],
          neighbourLists([
            [0, 1],
            [0, 1],
          ]),
        ),
      ].every(Number.isNaN),
    ).toBe(true)
  })

  it('does not depend on the size of equal weights', () => {
    const thirds = neighbourLists(
      [
        [0, 1, 3],
        [1, 0, 2],
        [2, 1, 3],
        [3, 2, 0],
      ],
      Array.from({ length: 4 }, () => [1 / 3, 1 / 3, 1 / 3]),
    )
    const binary = giStar([1, 5, 2, 8], ring)
    for (const [i, z] of giStar([1, 5, 2, 8], thirds).entries()) expect(z).toBeCloseTo(binary[i] ?? 0, 12)
  })

  it('in exact mode says why it has no answer', () => {
    expect(significance([1.5, 2, 3, 4], ring, 'exact').code).toBe('not_counts')
    const weighted = neighbourLists([[0], [1]], [[0.5], [1]])
    expect(significance([1, 2], weighted, 'exact').code).toBe('weighted')
  })
})

describe('Mann-Kendall', () => {
  it('counts ties in its variance and calls a constant series no trend', () => {
    expect(mannKendall([3, 3, 3])).toEqual({ s: 0, variance: 0, z: 0, p: 1 })
    // Two groups of 5: (10·9·25 − 2·5·4·15) / 18
    expect(mannKendall([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).variance).toBeCloseTo((2250 - 600) / 18, 12)
  })

  it('has nothing to say of one value or none', () => {
    expect(mannKendall([7]).p).toBe(1)
    expect(mannKendall([]).p).toBe(1)
  })
})

describe('emerging categories', () => {
  it('are 17', () => {
    expect(new Set(EMERGING_CATEGORIES).size).toBe(17)
  })

  it('mirror for cold places, trend included', () => {
    const cold = Array.from({ length: 10 }, () => -1)
    expect(emergingCategory(cold, -1)).toBe('intensifying_cold')
    expect(emergingCategory(cold, 1)).toBe('diminishing_cold')
  })

  it('need a hot final step for sporadic, unless the older text is asked for', () => {
    const states = [0, 1, 0, 1, 0, 0, 1, 0, 1, 0]
    expect(emergingCategory(states, 0)).toBe('no_pattern')
    expect(emergingCategory(states, 0, { legacySporadic: true })).toBe('sporadic_hot')
  })
})

describe('rates', () => {
  it('from small denominators lean to the overall rate, and none exists without a denominator', () => {
    const { b, raw, smoothed } = empiricalBayes([5, 0, 40, 1], [10, 5, 1000, 0])
    expect(smoothed[0]).toBeLessThan(raw[0] ?? 0)
    expect(smoothed[1]).toBeGreaterThan(0)
    expect(Math.abs((smoothed[2] ?? 0) - (raw[2] ?? 0))).toBeLessThan(Math.abs(b - (raw[2] ?? 0)) + 1e-12)
    expect(raw[3]).toBeNaN()
    expect(smoothed[3]).toBeNaN()
  })

  it('are 0 everywhere when there are no cases', () => {
    expect([...empiricalBayes([0, 0], [10, 20]).smoothed]).toEqual([0, 0])
  })

  it('carry an interval that holds the exact one within 1 %', () => {
    // Exact (Garwood) interval of 10 cases: 4.795 to 18.39.
    const interval = rateInterval(10, 1)
    expect(interval?.low).toBeCloseTo(4.795, 1)
    expect(interval?.high).toBeCloseTo(18.39, 1)
    expect(rateInterval(3, 0)).toBeNull()
  })
})

describe('effect of an intervention', () => {
  it('is unclear when the interval spans 1, whatever the ratio', () => {
    const few = ratioOfRatios({ treatedBefore: 3, treatedAfter: 0, controlBefore: 20, controlAfter: 18 })
    expect(few.haldane).toBe(true)
    expect(verdictOf(few.interval)).toBe('unclear')
    expect(verdictOf([0.2, 0.9])).toBe('fewer')
    expect(verdictOf([1.1, 3])).toBe('more')
  })

  it('has no estimate by week when a group is empty or there are too few weeks', () => {
    expect(quasiPoissonRatio([1, 2, 0, 0], [1, 2, 3, 4], 2).code).toBe('empty_group')
    expect(quasiPoissonRatio([1, 2], [3, 4], 1).code).toBe('too_few_weeks')
  })

  it('counts cases that only moved next door', () => {
    const { difference, standardError } = weightedDisplacementDifference({
      treated: [207, 110],
      control: [308, 318],
      displacementTreated: [178, 157],
      displacementControl: [150, 140],
    })
    expect(difference).toBe(-118)
    expect(standardError).toBeCloseTo(39.598, 3)
  })
})
