import { z } from 'zod'
import { confidenceClass } from '../../shared/hotspot/classes.ts'
import { countTable, sumTails, withoutOne, type SumTails } from '../../shared/hotspot/exact-tail.ts'
import { neighbourCount, neighbourLists, type NeighbourLists } from '../../shared/hotspot/neighbours.ts'
import { normalSignificance, significance, type Significance } from '../../shared/hotspot/significance.ts'
import { CaseError, fileOf, neededFile, readJson, readTable, type Case, type Table } from './case-folder.ts'
import type { Deviations } from './deviations.ts'

/** Times the work that a screen would wait for: a check may take a minute or two. */
const PATIENCE = 20

/** Neighbour lists from rows from,to[,weight]; `withSelf` adds each place to its own list where it is missing. */
export function listsFrom(table: Table, rows: Map<string, number>, withSelf: boolean): NeighbourLists {
  const lists: number[][] = Array.from({ length: rows.size }, (_, i) => (withSelf ? [i] : []))
  const weights: number[][] = lists.map((list) => list.map(() => 1))
  const from = table.texts('from')
  const to = table.texts('to')
  const given = table.has('weight') ? table.numbers('weight') : null
  for (const [e, source] of from.entries()) {
    const i = rows.get(source)
    const j = rows.get(to[e] ?? '')
    if (i === undefined || j === undefined) throw new CaseError(`${table.name}: row ${e + 2}: id not among the cells`)
    if (withSelf && i === j) continue
    lists[i]?.push(j)
    weights[i]?.push(given === null ? 1 : (given[e] ?? 1))
  }
  return neighbourLists(lists, weights.every((row) => row.every((weight) => weight === 1)) ? null : weights)
}

/** gistar: cells, weights and expected numbers, in as many sets as the case lists. */
export function checkGiStar(testCase: Case, deviations: Deviations): void {
  for (const set of testCase.fileSets) {
    const cells = readTable(testCase.folder, neededFile(testCase, set, 'cells', 'cells.csv'))
    const rows = cells.rowsBy('id')
    const values = cells.numbers('value')
    const lists = listsFrom(readTable(testCase.folder, neededFile(testCase, set, 'weights', 'weights.csv')), rows, false)
    const expected = readTable(testCase.folder, neededFile(testCase, set, 'expected', 'expected.csv'))
    compareGiStar(testCase, expected, rows, values, lists, deviations)
  }
}

function compareGiStar(
  testCase: Case,
  expected: Table,
  rows: Map<string, number>,
  values: Float64Array,
  lists: NeighbourLists,
  deviations: Deviations,
): void {
  const { z_abs = 1e-9, p_rel = 1e-7, p_exact_rel = 1e-8 } = testCase.tolerance
  const expectedRows = expected.rowsBy('id')
  for (const id of rows.keys()) if (!expectedRows.has(id)) deviations.differs(`${expected.name}: no row for "${id}"`)
  const places: [string, number, number][] = []
  for (const [id, row] of expectedRows) {
    const i = rows.get(id)
    if (i === undefined) throw new CaseError(`${expected.name}: row ${row + 2}: id "${id}" not among the cells`)
    places.push([id, i, row])
  }
  const number = (column: string, got: (i: number) => number, tolerance: { abs: number } | { rel: number }): void => {
    if (!expected.has(column)) return
    const column_ = expected.numbersOrBlank(column)
    for (const [id, i, row] of places) deviations.number(id, column, got(i), column_[row] ?? Number.NaN, tolerance)
  }
  const exact = (column: string, got: (i: number) => number): void => {
    if (!expected.has(column)) return
    const column_ = expected.numbersOrBlank(column)
    // Nothing could be tested: a blank class says the same as class 0.
    for (const [id, i, row] of places) {
      const wanted = column_[row] ?? Number.NaN
      deviations.exact(id, column, got(i) + 0, Number.isNaN(wanted) ? 0 : wanted)
    }
  }
  const normal = normalSignificance(values, lists)
  exact('k', (i) => neighbourCount(lists, i))
  number('z', (i) => normal.z[i] ?? Number.NaN, { abs: z_abs })
  number('p', (i) => normal.p[i] ?? Number.NaN, { rel: p_rel })
  number('p_bh', (i) => normal.q[i] ?? Number.NaN, { rel: p_rel })
  exact('gi_bin', (i) => confidenceClass(normal.p[i] ?? Number.NaN, normal.z[i] ?? Number.NaN))
  exact('gi_bin_fdr', (i) => normal.classes[i] ?? 0)
  number('neigh_sum', (i) => normal.sums[i] ?? Number.NaN, { rel: 1e-12 })

  const exactColumns = ['p_exact', 'p_exact_bh', 'exact_bin_fdr', 'p_cond_upper', 'p_cond_lower']
  const wanted = exactColumns.filter(
    (column) => expected.has(column) && expected.numbersOrBlank(column).some((value) => !Number.isNaN(value)),
  )
  if (wanted.length === 0) return
  const answer = significance(values, lists, 'exact', PATIENCE)
  if (answer.code !== 'ok') throw new CaseError(`${expected.name}: exact p asked for, but: ${answer.code}`)
  compareExact(answer.result)

  function compareExact(result: Significance): void {
    number('p_exact', (i) => result.p[i] ?? Number.NaN, { rel: p_exact_rel })
    number('p_exact_bh', (i) => result.q[i] ?? Number.NaN, { rel: p_exact_rel })
    if (wanted.includes('exact_bin_fdr')) exact('exact_bin_fdr', (i) => result.classes[i] ?? 0)
    if (!wanted.some((column) => column.startsWith('p_cond'))) return
    const tails = conditionalTails(values, lists, result.sums)
    number('p_cond_upper', (i) => tails[i]?.upper ?? Number.NaN, { rel: p_exact_rel })
    number('p_cond_lower', (i) => tails[i]?.lower ?? Number.NaN, { rel: p_exact_rel })
  }
}

/** Tails with a place's own count held fixed: its k − 1 neighbours are drawn from the other n − 1 counts. */
function conditionalTails(values: Float64Array, lists: NeighbourLists, sums: Float64Array): { upper: number; lower: number }[] {
  const table = countTable(values)
  const byOwn = new Map<number, Map<number, SumTails>>()
  for (const own of table?.values ?? []) {
    const largest = new Map<number, number>()
    for (const [i, value] of values.entries()) {
      const draws = neighbourCount(lists, i) - 1
      if (value === own) largest.set(draws, Math.max(largest.get(draws) ?? -Infinity, (sums[i] ?? 0) - own))
    }
    const found = table === null ? null : sumTails(withoutOne(table, own), largest)
    if (found?.code === 'ok') byOwn.set(own, found.tails)
  }
  return Array.from(values, (own, i) => {
    const tails = byOwn.get(own)?.get(neighbourCount(lists, i) - 1)
    const rest = (sums[i] ?? 0) - own
    return { upper: tails?.upper(rest) ?? Number.NaN, lower: tails?.lower(rest) ?? Number.NaN }
  })
}

const nullableNumbers = z.array(z.number().nullable())
const degenerateInput = z.looseObject({
  cases: z.array(
    z.looseObject({
      name: z.string(),
      values: z.array(z.number()),
      neighbours: z.array(z.array(z.int().min(0))),
      weights: z.array(z.array(z.number())).nullable().optional(),
    }),
  ),
})
const degenerateExpected = z.looseObject({
  cases: z.array(
    z.looseObject({
      name: z.string(),
      z: nullableNumbers.optional(),
      p: nullableNumbers.optional(),
      p_bh: nullableNumbers.optional(),
      gi_bin_fdr: z.array(z.number()).optional(),
    }),
  ),
})

/** gistar-degenerate: inputs at the edge of what is defined; nothing may become NaN on a screen. */
export function checkDegenerate(testCase: Case, deviations: Deviations): void {
  const tolerance = { abs: testCase.tolerance['z_abs'] ?? 1e-6 }
  for (const set of testCase.fileSets) {
    const input = readJson(testCase.folder, neededFile(testCase, set, 'input', 'input.json'), degenerateInput)
    const expected = readJson(
      testCase.folder,
      fileOf(testCase, set, 'expected', 'expected.json') ?? 'expected.json',
      degenerateExpected,
    )
    for (const one of expected.cases) {
      const given = input.cases.find(({ name }) => name === one.name)
      if (given === undefined) throw new CaseError(`input has no case "${one.name}"`)
      const n = given.values.length
      if (given.neighbours.length !== n || given.neighbours.some((list) => list.some((j) => j >= n))) {
        throw new CaseError(`case "${one.name}": neighbours do not fit ${n} values`)
      }
      const weights = given.weights ?? null
      if (weights !== null && given.neighbours.some((list, i) => list.length !== weights[i]?.length)) {
        throw new CaseError(`case "${one.name}": weights do not fit the neighbours`)
      }
      const result = normalSignificance(given.values, neighbourLists(given.neighbours, weights))
      const compare = (column: string, got: Float64Array, wanted: (number | null)[] | undefined): void => {
        if (wanted === undefined) return
        if (wanted.length !== n) deviations.differs(`${one.name}: ${wanted.length} values of ${column} for ${n} places`)
        for (const [i, value] of wanted.entries())
          deviations.number(`${one.name}[${i}]`, column, got[i] ?? Number.NaN, value ?? Number.NaN, tolerance)
      }
      compare('z', result.z, one.z)
      compare('p', result.p, one.p)
      compare('p_bh', result.q, one.p_bh)
      for (const [i, value] of (one.gi_bin_fdr ?? []).entries())
        deviations.exact(`${one.name}[${i}]`, 'gi_bin_fdr', (result.classes[i] ?? 0) + 0, value)
    }
  }
}
