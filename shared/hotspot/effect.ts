import { NORMAL_975 } from './normal.ts'
import { studentQuantile, twoSidedStudentP } from './special.ts'

/** Cases before and after an intervention, in the treated place and in a control that had none. */
export type BeforeAfter = { treatedBefore: number; treatedAfter: number; controlBefore: number; controlAfter: number }

/** Ratio of ratios with its 95 % interval; `haldane` says that ½ was added to all four counts because one was 0. */
export type RatioOfRatios = { ratio: number; logStandardError: number; interval: [number, number]; haldane: boolean }

/**
 * (A1/B1)/(A0/B0): change in the treated place over change in the control; unequal periods cancel. The standard error
 * of its logarithm is √Σ 1/count (Poisson counts; Woolf 1955, Ann. Hum. Genet. 19:251), with Haldane's ½ when a count is 0.
 */
export function ratioOfRatios(counts: BeforeAfter): RatioOfRatios {
  const all = [counts.treatedBefore, counts.treatedAfter, counts.controlBefore, counts.controlAfter]
  const haldane = all.some((count) => count === 0)
  const [b1 = 0, a1 = 0, b0 = 0, a0 = 0] = haldane ? all.map((count) => count + 0.5) : all
  const ratio = a1 / b1 / (a0 / b0)
  const se = Math.sqrt(1 / b1 + 1 / a1 + 1 / b0 + 1 / a0)
  const log = Math.log(ratio)
  return { ratio, logStandardError: se, interval: [Math.exp(log - NORMAL_975 * se), Math.exp(log + NORMAL_975 * se)], haldane }
}

/** Quasi-Poisson estimate of the same ratio from counts by week; `dispersion` over 1 means more than chance between weeks. */
export type QuasiPoisson = {
  code: 'estimated'
  logRatio: number
  standardError: number
  dispersion: number
  degreesOfFreedom: number
  interval: [number, number]
  p: number
}

/** Why there is no estimate: a group of weeks without a single case, or no more weeks than groups. */
export type NoQuasiPoisson = { code: 'empty_group' | 'too_few_weeks' }

/**
 * Interaction of place and period in a Poisson model of weekly counts, which with four groups has the group means as
 * its solution; φ = Pearson χ²/(N − 4), interval by Student's t with N − 4 degrees of freedom (McCullagh & Nelder 1989,
 * Generalized Linear Models, 4.5 and 6.2). `weeksBefore` counts the first weeks of both series.
 */
export function quasiPoissonRatio(
  treated: readonly number[],
  control: readonly number[],
  weeksBefore: number,
): QuasiPoisson | NoQuasiPoisson {
  const groups = [
    treated.slice(0, weeksBefore),
    treated.slice(weeksBefore),
    control.slice(0, weeksBefore),
    control.slice(weeksBefore),
  ]
  const totals = groups.map((group) => group.reduce((sum, count) => sum + count, 0))
  if (totals.some((total) => !(total > 0))) return { code: 'empty_group' }
  const df = treated.length + control.length - 4
  if (df < 1) return { code: 'too_few_weeks' }
  const means = totals.map((total, g) => total / (groups[g]?.length ?? 1))
  const [b1 = 0, a1 = 0, b0 = 0, a0 = 0] = means
  let chiSquare = 0
  for (const [g, group] of groups.entries())
    for (const count of group) chiSquare += (count - (means[g] ?? 0)) ** 2 / (means[g] ?? 1)
  const dispersion = chiSquare / df
  const logRatio = Math.log(a1 / b1 / (a0 / b0))
  const standardError = Math.sqrt(dispersion * totals.reduce((sum, total) => sum + 1 / total, 0))
  const half = studentQuantile(0.05, df) * standardError
  return {
    code: 'estimated',
    logRatio,
    standardError,
    dispersion,
    degreesOfFreedom: df,
    interval: [Math.exp(logRatio - half), Math.exp(logRatio + half)],
    p: twoSidedStudentP(logRatio / standardError, df),
  }
}

/** Counts before and after in one area. */
export type CountPair = readonly [before: number, after: number]

/** The four areas of a displacement study; weights default to 1 (lengths of the periods, sizes of the areas). */
export type DisplacementStudy = {
  treated: CountPair
  control: CountPair
  displacementTreated: CountPair
  displacementControl: CountPair
  timeWeights?: CountPair
  areaWeights?: { control: number; treated: number; displacementControl: number; displacementTreated: number }
}

/** Weighted displacement difference with standard error, z and 95 % interval, in cases. */
export type DisplacementDifference = { difference: number; standardError: number; z: number; interval: [number, number] }

/**
 * WDD = ΔT − ΔC + ΔDt − ΔDc, each Δ = (after/w₁ − before/w₀)/area, SE = √Σ count/(w²·area²) (Wheeler & Ratcliffe 2018,
 * Crime Science 7:11). Negative: fewer cases, counting those that only moved next door.
 */
export function weightedDisplacementDifference(study: DisplacementStudy): DisplacementDifference {
  const [before, after] = study.timeWeights ?? [1, 1]
  const area = study.areaWeights ?? { control: 1, treated: 1, displacementControl: 1, displacementTreated: 1 }
  const delta = (pair: CountPair, size: number): number => (pair[1] / after - pair[0] / before) / size
  const variance = (pair: CountPair, size: number): number => (pair[1] / after ** 2 + pair[0] / before ** 2) / size ** 2
  const difference =
    delta(study.treated, area.treated) -
    delta(study.control, area.control) +
    delta(study.displacementTreated, area.displacementTreated) -
    delta(study.displacementControl, area.displacementControl)
  const standardError = Math.sqrt(
    variance(study.treated, area.treated) +
      variance(study.control, area.control) +
      variance(study.displacementTreated, area.displacementTreated) +
      variance(study.displacementControl, area.displacementControl),
  )
  const half = NORMAL_975 * standardError
  return { difference, standardError, z: difference / standardError, interval: [difference - half, difference + half] }
}

/** What an effect card says: `unclear` is 尚不能判断, never 无效, because an interval over 1 shows nothing either way. */
export type Verdict = 'fewer' | 'more' | 'unclear'

/** Verdict from the 95 % interval of a ratio: fewer when it lies under 1, more when over 1, else unclear. */
export function verdictOf(interval: readonly [number, number]): Verdict {
  return interval[1] < 1 ? 'fewer' : interval[0] > 1 ? 'more' : 'unclear'
}
