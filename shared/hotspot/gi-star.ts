import type { NeighbourLists } from './neighbours.ts'

/** Mean and spread of all values of a study, the frame in which one neighbourhood is judged. */
export type Population = { size: number; mean: number; deviation: number; constant: boolean }

/** Mean and population standard deviation (divided by n), from values shifted by their least so that offsets cost no digits. */
export function populationOf(values: ArrayLike<number>): Population & { shift: number } {
  const size = values.length
  let shift = Infinity
  let largest = -Infinity
  for (let i = 0; i < size; i++) {
    const value = values[i] ?? 0
    if (value < shift) shift = value
    if (value > largest) largest = value
  }
  if (size === 0) return { size, mean: 0, deviation: 0, constant: true, shift: 0 }
  let sum = 0
  for (let i = 0; i < size; i++) sum += (values[i] ?? 0) - shift
  const mean = sum / size
  let squares = 0
  for (let i = 0; i < size; i++) squares += ((values[i] ?? 0) - shift - mean) ** 2
  return { size, mean, deviation: Math.sqrt(squares / size), constant: !(largest > shift), shift }
}

/**
 * Below this share of n·S1 the variance term n·S1 − W² is rounding, not variance: the neighbourhood is (nearly) the
 * whole study with equal weights. Real values reach down to 1/n, far above it.
 */
const NO_VARIANCE = 1e-12

/**
 * z of one neighbourhood with weight sum W, sum of squared weights S1 and weighted sum of the values (all three in the
 * shifted scale of `population`): (Σwx − W x̄) / (s √((n S1 − W²)/(n − 1))). NaN when the variance is 0.
 * Getis & Ord 1992, Geogr. Anal. 24:189; Ord & Getis 1995, Geogr. Anal. 27:286, eq. 14, with s² divided by n as Esri,
 * spdep and esda have it.
 */
export function giStarZ(population: Population, sum: number, weightSum: number, squaredWeightSum: number): number {
  const n = population.size
  const spread = n * squaredWeightSum - weightSum * weightSum
  if (population.constant || n < 2 || !(spread > NO_VARIANCE * n * squaredWeightSum)) return Number.NaN
  return (sum - weightSum * population.mean) / (population.deviation * Math.sqrt(spread / (n - 1)))
}

/**
 * Gi* z of every place (itself included in its list). NaN where the statistic is not defined: constant values, one
 * place, or a list that holds every place with equal weight. With equal weights the result does not depend on their
 * size, so that row-standardised and binary lists agree.
 */
export function giStar(values: ArrayLike<number>, lists: NeighbourLists): Float64Array {
  const population = populationOf(values)
  const { offsets, indices, weights } = lists
  const n = offsets.length - 1
  const z = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    let weightSum = 0
    let squares = 0
    const end = offsets[i + 1] ?? 0
    for (let e = offsets[i] ?? 0; e < end; e++) {
      const weight = weights === null ? 1 : (weights[e] ?? 0)
      sum += weight * ((values[indices[e] ?? 0] ?? 0) - population.shift)
      weightSum += weight
      squares += weight * weight
    }
    z[i] = giStarZ(population, sum, weightSum, squares)
  }
  return z
}
