import { z } from 'zod'
import { quasiPoissonRatio, ratioOfRatios, weightedDisplacementDifference } from '../../shared/hotspot/effect.ts'
import { CaseError, fileOf, neededFile, readJson, type Case } from './case-folder.ts'
import type { Deviations, Tolerance } from './deviations.ts'

const id = z.union([z.string(), z.number()]).transform(String)
const value = z.number().nullable().optional()
const interval = z.tuple([z.number().nullable(), z.number().nullable()]).nullable().optional()
const pair = z.tuple([z.number(), z.number()])

const inputSchema = z.looseObject({
  rows: z.array(
    z.looseObject({
      id,
      treated_before: z.number(),
      treated_after: z.number(),
      control_before: z.number(),
      control_after: z.number(),
    }),
  ),
})
const wddSchema = z.looseObject({
  rows: z.array(
    z.looseObject({
      id,
      treated: pair,
      control: pair,
      disp_treated: pair.optional(),
      disp_control: pair.optional(),
      time_weights: pair.optional(),
      area_weights_control_treated_dispcontrol_disptreated: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
    }),
  ),
})
const weeklySchema = z.looseObject({ treated: z.array(z.number()), control: z.array(z.number()), n_before: z.int().min(0) })
const expectedSchema = z.looseObject({
  rows: z
    .array(z.looseObject({ id, ror: value, log_ror_se: value, ror_ci: interval, haldane: z.boolean().optional() }))
    .optional(),
  weekly: z
    .looseObject({
      quasi: z.looseObject({ log_ror: value, se: value, dispersion: value, df: value, ci: interval, p: value }).nullish(),
    })
    .nullable()
    .optional(),
  wdd: z.array(z.looseObject({ id, wdd: value, se: value, z: value, ci95: interval })).optional(),
})

/** before-after: ratio of ratios, weighted displacement difference and the quasi-Poisson estimate by week. */
export function checkBeforeAfter(testCase: Case, deviations: Deviations): void {
  // A difference may come out as 0: then the last digits of what was subtracted are all that is compared.
  const tolerance = { rel: testCase.tolerance['rel'] ?? 1e-6, floor: 1e-13 }
  const compare = comparer(deviations, tolerance)
  for (const set of testCase.fileSets) {
    const { folder } = testCase
    const expected = readJson(folder, neededFile(testCase, set, 'expected', 'expected.json'), expectedSchema)
    if (expected.rows !== undefined) {
      const input = readJson(folder, neededFile(testCase, set, 'input', 'input.json'), inputSchema)
      for (const wanted of expected.rows) {
        const row = input.rows.find((one) => one.id === wanted.id)
        if (row === undefined) throw new CaseError(`input has no "${wanted.id}"`)
        const got = ratioOfRatios({
          treatedBefore: row.treated_before,
          treatedAfter: row.treated_after,
          controlBefore: row.control_before,
          controlAfter: row.control_after,
        })
        compare(row.id, { ror: got.ratio, log_ror_se: got.logStandardError, ror_ci: got.interval }, wanted)
        if (wanted.haldane !== undefined) deviations.exact(row.id, 'haldane', got.haldane, wanted.haldane)
      }
    }
    if (expected.wdd !== undefined && expected.wdd.length > 0) {
      const input = readJson(folder, neededFile(testCase, set, 'wdd', 'wdd.json'), wddSchema)
      for (const wanted of expected.wdd) {
        const row = input.rows.find((one) => one.id === wanted.id)
        if (row === undefined) throw new CaseError(`wdd input has no "${wanted.id}"`)
        const [control, treated, displacementControl, displacementTreated] =
          row.area_weights_control_treated_dispcontrol_disptreated ?? [1, 1, 1, 1]
        const got = weightedDisplacementDifference({
          treated: row.treated,
          control: row.control,
          displacementTreated: row.disp_treated ?? [0, 0],
          displacementControl: row.disp_control ?? [0, 0],
          timeWeights: row.time_weights ?? [1, 1],
          areaWeights: { control, treated, displacementControl, displacementTreated },
        })
        compare(row.id, { wdd: got.difference, se: got.standardError, z: got.z, ci95: got.interval }, wanted)
      }
    }
    if (expected.weekly?.quasi != null) {
      const file = fileOf(testCase, set, 'weekly', 'weekly.json')
      if (file === null) throw new CaseError('expected numbers by week, but no weekly.json')
      const weekly = readJson(folder, file, weeklySchema)
      const got = quasiPoissonRatio(weekly.treated, weekly.control, weekly.n_before)
      if (got.code !== 'estimated') deviations.differs(`weekly: no estimate (${got.code})`)
      else {
        compare(
          'weekly',
          {
            log_ror: got.logRatio,
            se: got.standardError,
            dispersion: got.dispersion,
            df: got.degreesOfFreedom,
            ci: got.interval,
            p: got.p,
          },
          expected.weekly.quasi,
        )
      }
    }
  }
}

type Numbers = Record<string, number | readonly [number, number]>

/** Compares each number or interval that the expected entry has; a column that it lacks is not compared. */
function comparer(
  deviations: Deviations,
  tolerance: Tolerance,
): (place: string, got: Numbers, wanted: Record<string, unknown>) => void {
  const one = (place: string, column: string, got: number, expected: unknown): void => {
    if (expected === undefined) return
    deviations.number(place, column, got, typeof expected === 'number' ? expected : Number.NaN, tolerance)
  }
  return (place, got, wanted) => {
    for (const [column, number] of Object.entries(got)) {
      const expected = wanted[column]
      if (typeof number === 'number') one(place, column, number, expected)
      else if (Array.isArray(expected)) for (const [i, side] of number.entries()) one(place, `${column}[${i}]`, side, expected[i])
    }
  }
}
