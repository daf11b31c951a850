import { confidenceClass } from './classes.ts'
import { decide, histogramOf, type DecisionMode } from './decisions.ts'
import { countTable } from './exact-tail.ts'
import { benjaminiHochberg } from './false-discovery.ts'
import { giStar, populationOf } from './gi-star.ts'
import { neighbourCount, neighbourSums, type NeighbourLists } from './neighbours.ts'
import { twoSidedNormalP } from './normal.ts'

/** One answer for each place: weighted sum of its neighbourhood, z, p, q (p after Benjamini-Hochberg) and class. */
export type Significance = { sums: Float64Array; z: Float64Array; p: Float64Array; q: Float64Array; classes: Int8Array }

/** The answers, or why the exact mode has none: values that are no counts, weights that are not all 1, or sums too large. */
export type SignificanceResult = { code: 'ok'; result: Significance } | { code: 'not_counts' | 'weighted' | 'too_costly' }

/** Gi* with normal p, Benjamini-Hochberg over all places and classes, for any values and weights. Undefined: NaN, class 0. */
export function normalSignificance(values: ArrayLike<number>, lists: NeighbourLists): Significance {
  const z = giStar(values, lists)
  const p = z.map(twoSidedNormalP)
  const q = benjaminiHochberg(p)
  const classes = Int8Array.from(q, (adjusted, i) => confidenceClass(adjusted, Math.sign(z[i] ?? Number.NaN)))
  return { sums: neighbourSums(values, lists), z, p, q, classes }
}

/**
 * Significance of every place for counts in one period, by the exact p or by z. `patience` multiplies the work after which
 * the exact mode gives up as too costly.
 */
export function significance(
  values: ArrayLike<number>,
  lists: NeighbourLists,
  mode: DecisionMode,
  patience = 1,
): SignificanceResult {
  if (mode === 'z') return { code: 'ok', result: normalSignificance(values, lists) }
  if (lists.weights !== null && lists.weights.some((weight) => weight !== 1)) return { code: 'weighted' }
  const table = countTable(values)
  if (table === null) return { code: 'not_counts' }
  const n = lists.offsets.length - 1
  const sums = neighbourSums(values, { ...lists, weights: null })
  const histogram = histogramOf((visit) => {
    for (let i = 0; i < n; i++) visit(neighbourCount(lists, i), sums[i] ?? 0)
  })
  if (histogram === null) return { code: 'too_costly' }
  const decisions = decide(histogram, table, populationOf(values), 'exact', patience)
  if (decisions.code !== 'ok') return decisions
  const result: Significance = {
    sums,
    z: new Float64Array(n).fill(Number.NaN),
    p: new Float64Array(n).fill(Number.NaN),
    q: new Float64Array(n).fill(Number.NaN),
    classes: new Int8Array(n),
  }
  for (let i = 0; i < n; i++) {
    const decided = decisions.tables.get(neighbourCount(lists, i))
    if (decided === undefined) continue
    const at = (sums[i] ?? 0) - decided.least
    result.z[i] = decided.z[at] ?? Number.NaN
    result.p[i] = decided.p[at] ?? Number.NaN
    result.q[i] = decided.q[at] ?? Number.NaN
    result.classes[i] = decided.classes[at] ?? 0
  }
  return { code: 'ok', result }
}
