import { z } from 'zod'
import { emergingCategory } from '../../shared/hotspot/category.ts'
import { benjaminiHochberg } from '../../shared/hotspot/false-discovery.ts'
import { kendallTauB, mannKendall, senSlope, trendOf, type Trend } from '../../shared/hotspot/mann-kendall.ts'
import { CaseError, neededFile, readJson, type Case } from './case-folder.ts'
import type { Deviations } from './deviations.ts'

const blankable = z.number().nullable().optional()
const id = z.union([z.string(), z.number()]).transform(String)

/** Pairs input and expected entries by id; every expected one must have its input. */
function paired<I extends { id: string }, E extends { id: string }>(input: I[], expected: E[]): [I, E][] {
  const byId = new Map(input.map((entry) => [entry.id, entry]))
  return expected.map((entry) => {
    const own = byId.get(entry.id)
    if (own === undefined) throw new CaseError(`input has no "${entry.id}"`)
    return [own, entry]
  })
}

const trendInput = z.looseObject({ series: z.array(z.looseObject({ id, values: z.array(z.number()) })) })
const trendExpected = z.looseObject({
  series: z.array(
    z.looseObject({
      id,
      n: blankable,
      S: blankable,
      var_s: blankable,
      z: blankable,
      p: blankable,
      tau_b: blankable,
      sen_slope: blankable,
      trend: blankable,
    }),
  ),
})

/** mann-kendall: S, its variance, z, p and direction; tau-b and Sen's slope where given. */
export function checkMannKendall(testCase: Case, deviations: Deviations): void {
  const tolerance = { abs: testCase.tolerance['abs'] ?? 1e-9 }
  const alpha = typeof testCase.params['alpha'] === 'number' ? testCase.params['alpha'] : 0.05
  for (const set of testCase.fileSets) {
    const input = readJson(testCase.folder, neededFile(testCase, set, 'input', 'input.json'), trendInput)
    const expected = readJson(testCase.folder, neededFile(testCase, set, 'expected', 'expected.json'), trendExpected)
    for (const [series, wanted] of paired(input.series, expected.series)) {
      const result = mannKendall(series.values)
      const got: Record<string, number | null> = {
        n: series.values.length,
        S: result.s,
        var_s: result.variance,
        z: result.z,
        p: result.p,
        tau_b: kendallTauB(series.values),
        sen_slope: senSlope(series.values),
      }
      for (const column of ['n', 'S', 'var_s', 'z', 'p', 'tau_b', 'sen_slope'] as const) {
        const value = wanted[column]
        if (value !== undefined) deviations.number(series.id, column, got[column] ?? Number.NaN, value ?? Number.NaN, tolerance)
      }
      if (typeof wanted.trend === 'number')
        deviations.exact(series.id, 'trend', trendOf(result.z, result.p, alpha) + 0, wanted.trend)
    }
  }
}

const listInput = z.looseObject({ lists: z.array(z.looseObject({ id, p: z.array(z.number().nullable()) })) })
const listExpected = z.looseObject({
  lists: z.array(z.looseObject({ id, bh: z.array(z.number().nullable()), n_reject_05: blankable, n_reject_10: blankable })),
})

/** fdr: adjusted p values and how many fall under 0.05 and 0.10. */
export function checkFalseDiscovery(testCase: Case, deviations: Deviations): void {
  const tolerance = { rel: testCase.tolerance['rel'] ?? 1e-12 }
  for (const set of testCase.fileSets) {
    const input = readJson(testCase.folder, neededFile(testCase, set, 'input', 'input.json'), listInput)
    const expected = readJson(testCase.folder, neededFile(testCase, set, 'expected', 'expected.json'), listExpected)
    for (const [list, wanted] of paired(input.lists, expected.lists)) {
      const adjusted = benjaminiHochberg(list.p.map((p) => p ?? Number.NaN))
      if (wanted.bh.length !== adjusted.length)
        deviations.differs(`${list.id}: ${wanted.bh.length} expected values for ${adjusted.length}`)
      for (const [i, value] of wanted.bh.entries())
        deviations.number(`${list.id}[${i}]`, 'bh', adjusted[i] ?? Number.NaN, value ?? Number.NaN, tolerance)
      for (const [column, level] of [
        ['n_reject_05', 0.05],
        ['n_reject_10', 0.1],
      ] as const) {
        const value = wanted[column]
        if (typeof value === 'number') deviations.exact(list.id, column, adjusted.filter((p) => p <= level).length, value)
      }
    }
  }
}

const categoryInput = z.looseObject({ rows: z.array(z.looseObject({ id, states: z.array(z.number()), trend: z.number() })) })
const categoryExpected = z.looseObject({
  rows: z.array(z.looseObject({ id, category: z.string().optional(), category_legacy: z.string().optional() })),
})

/** ehsa-category: states and trend to one of 17 categories, in the current and the older wording. */
export function checkCategories(testCase: Case, deviations: Deviations): void {
  for (const set of testCase.fileSets) {
    const input = readJson(testCase.folder, neededFile(testCase, set, 'input', 'input.json'), categoryInput)
    const expected = readJson(testCase.folder, neededFile(testCase, set, 'expected', 'expected.json'), categoryExpected)
    for (const [row, wanted] of paired(input.rows, expected.rows)) {
      const trend = Math.sign(row.trend) as Trend
      if (wanted.category !== undefined)
        deviations.exact(row.id, 'category', emergingCategory(row.states, trend), wanted.category)
      if (wanted.category_legacy !== undefined) {
        deviations.exact(
          row.id,
          'category_legacy',
          emergingCategory(row.states, trend, { legacySporadic: true }),
          wanted.category_legacy,
        )
      }
    }
  }
}
