import { z } from 'zod'
import { empiricalBayes, empiricalBayesLocal } from '../../shared/hotspot/rates.ts'
import { poissonUpperTail } from '../../shared/hotspot/special.ts'
import { CaseError, fileOf, neededFile, readJson, readTable, type Case } from './case-folder.ts'
import type { Deviations } from './deviations.ts'
import { listsFrom } from './gi-star-cases.ts'

const priorSchema = z.looseObject({ a: z.number().optional(), b: z.number().optional() })

/** eb-rates: raw, global and local empirical-Bayes rates, expected cases, relative risk and Poisson tail. */
export function checkRates(testCase: Case, deviations: Deviations): void {
  const tolerance = { rel: testCase.tolerance['rel'] ?? 1e-9 }
  for (const set of testCase.fileSets) {
    const cells = readTable(testCase.folder, neededFile(testCase, set, 'cells', 'cells.csv'))
    const rows = cells.rowsBy('id')
    const counts = cells.numbers('value')
    const bases = cells.numbers('population')
    const expected = readTable(testCase.folder, neededFile(testCase, set, 'expected', 'expected.csv'))
    const global = empiricalBayes(counts, bases)
    const got: Record<string, (i: number) => number> = {
      raw: (i) => global.raw[i] ?? Number.NaN,
      eb_global: (i) => global.smoothed[i] ?? Number.NaN,
      expected: (i) => global.b * (bases[i] ?? 0),
      relative_risk: (i) => (counts[i] ?? 0) / (global.b * (bases[i] ?? 0)),
      poisson_p_upper: (i) => poissonUpperTail(counts[i] ?? 0, global.b * (bases[i] ?? 0)),
    }
    if (expected.has('eb_local')) {
      const file =
        fileOf(testCase, set, 'neighbours', 'neighbours_noself.csv') ?? neededFile(testCase, set, 'neighbours', 'neighbours.csv')
      const lists = listsFrom(readTable(testCase.folder, file), rows, false)
      const neighbours = Array.from(rows.values(), (i) =>
        [...lists.indices.subarray(lists.offsets[i] ?? 0, lists.offsets[i + 1] ?? 0)].filter((j) => j !== i),
      )
      const local = empiricalBayesLocal(counts, bases, neighbours)
      got['eb_local'] = (i) => local[i] ?? Number.NaN
    }
    const ids = expected.texts('id')
    for (const [column, value] of Object.entries(got)) {
      if (!expected.has(column)) continue
      const wanted = expected.numbersOrBlank(column)
      for (const [row, id] of ids.entries()) {
        const i = rows.get(id)
        if (i === undefined) throw new CaseError(`${expected.name}: row ${row + 2}: id "${id}" not among the cells`)
        deviations.number(id, column, value(i), wanted[row] ?? Number.NaN, tolerance)
      }
    }
    const params = fileOf(testCase, set, 'params', 'expected_params.json')
    if (params === null) continue
    const prior = readJson(testCase.folder, params, priorSchema)
    if (prior.a !== undefined) deviations.number('prior', 'a', global.a, prior.a, { ...tolerance, floor: 1e-14 * global.b })
    if (prior.b !== undefined) deviations.number('prior', 'b', global.b, prior.b, tolerance)
  }
}
