import { basename, resolve } from 'node:path'
import { CaseError, readCase, type Case } from './case-folder.ts'
import { checkCube } from './cube-cases.ts'
import { Deviations } from './deviations.ts'
import { checkBeforeAfter } from './effect-cases.ts'
import { checkDegenerate, checkGiStar } from './gi-star-cases.ts'
import { checkHexbin } from './hexbin-cases.ts'
import { checkRates } from './rate-cases.ts'
import { checkCategories, checkFalseDiscovery, checkMannKendall } from './series-cases.ts'

const CHECKS: Readonly<Record<string, (testCase: Case, deviations: Deviations) => void>> = {
  gistar: checkGiStar,
  'points-hexbin-gistar': checkHexbin,
  'gistar-degenerate': checkDegenerate,
  'mann-kendall': checkMannKendall,
  fdr: checkFalseDiscovery,
  'ehsa-category': checkCategories,
  'ehsa-cube': checkCube,
  'eb-rates': checkRates,
  'before-after': checkBeforeAfter,
}

/** One line on one folder, and whether everything in it holds. */
export type FolderReport = { ok: boolean; line: string }

/** Checks a case folder against our own numbers. Never throws: whatever is wrong with the folder is its line. */
export function checkFolder(folder: string): FolderReport {
  let id = basename(resolve(folder))
  let kind = '?'
  try {
    const testCase = readCase(folder)
    id = testCase.id
    kind = testCase.kind
    const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined
    if (check === undefined) return { ok: false, line: `${id} ${kind} not understood: unknown kind` }
    const deviations = new Deviations()
    check(testCase, deviations)
    if (deviations.compared === 0) return { ok: false, line: `${id} ${kind} not understood: nothing to compare` }
    const head = `${id} ${kind} ${deviations.largest}`
    if (deviations.differing === 0) return { ok: true, line: `${head} ok` }
    const more = deviations.differing > 1 ? ` (and ${deviations.differing - 1} more)` : ''
    return { ok: false, line: `${head} differs: ${deviations.firstDifference ?? ''}${more}` }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    const known = error instanceof CaseError ? 'not understood' : 'failed'
    return { ok: false, line: `${id} ${kind} ${known}: ${what.replaceAll(/\s+/g, ' ')}` }
  }
}
