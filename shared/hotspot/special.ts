const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0, relative error about 1e-14 (Lanczos, g = 7, n = 9; Press et al., Numerical Recipes, 3rd ed., 6.1). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = LANCZOS[0] ?? 0
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (shifted + i)
  const t = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Continued fraction of the incomplete beta function by Lentz's method (Numerical Recipes, 3rd ed., 6.4). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < tiny ? tiny : d)
  let h = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 + even * d
    c = 1 + even / c
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = Math.abs(c) < tiny ? tiny : c
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 + odd * d
    c = 1 + odd / c
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = Math.abs(c) < tiny ? tiny : c
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return h
}

/** Regularised incomplete beta function I_x(a, b) for 0 ≤ x ≤ 1, a > 0, b > 0. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** Two-sided p of Student's t with `df` > 0 degrees of freedom: P(|T| ≥ |t|). */
export function twoSidedStudentP(t: number, df: number): number {
  return regularisedBeta(df / (df + t * t), df / 2, 0.5)
}

/** The t > 0 with P(|T| ≥ t) = p for `df` degrees of freedom (0 < p < 1), by bisection to the last digit. */
export function studentQuantile(p: number, df: number): number {
  let low = 0
  let high = 1
  while (twoSidedStudentP(high, df) > p && high < 1e300) high *= 2
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (twoSidedStudentP(middle, df) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** ln x! − ln(√(2πx) (x/e)^x) for x ≥ 1: the error of Stirling's formula; its series from 16 up, by recurrence below. */
function stirlingError(x: number): number {
  if (x < 16) return stirlingError(x + 1) + (x + 0.5) * Math.log1p(1 / x) - 1
  const square = x * x
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / x
}

/** x ln(x/mean) + mean − x without the cancellation where x is near the mean. */
function deviance(x: number, mean: number): number {
  const v = (x - mean) / (x + mean)
  if (Math.abs(v) > 0.1) return x * Math.log(x / mean) + mean - x
  let sum = (x - mean) * v
  let power = 2 * x * v
  for (let j = 3; j < 1000; j += 2) {
    power *= v * v
    const next = sum + power / j
    if (next === sum) break
    sum = next
  }
  return sum
}

/**
 * P(X = count) for X Poisson by the saddle point (Loader 2000, "Fast and accurate computation of binomial
 * probabilities"): counts of a million keep 13 digits, where exponentials of log gammas lose half of them.
 */
function poissonAt(count: number, mean: number): number {
  if (count === 0) return Math.exp(-mean)
  return Math.exp(-stirlingError(count) - deviance(count, mean)) / Math.sqrt(2 * Math.PI * count)
}

/**
 * P(X ≥ count) for X Poisson with mean `expected` ≥ 0. Sums the smaller side, so that small tails keep their digits.
 */
export function poissonUpperTail(count: number, expected: number): number {
  if (count <= 0) return 1
  if (expected === 0) return 0
  if (count <= expected) {
    // Lower side downwards from count − 1: its largest term first.
    let term = poissonAt(count - 1, expected)
    let sum = 0
    for (let j = count - 1; j >= 0; j--) {
      sum += term
      if (term < sum * 1e-17) break
      term *= j / expected
    }
    return Math.max(0, 1 - sum)
  }
  let term = poissonAt(count, expected)
  let sum = 0
  for (let j = count; term > sum * 1e-17; j++) {
    sum += term
    term *= expected / (j + 1)
  }
  return Math.min(1, sum)
}
