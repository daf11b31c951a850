/** Confidence class: 3 at 99 %, 2 at 95 %, 1 at 90 %, 0 not significant; positive hot, negative cold. */
export type ConfidenceClass = -3 | -2 | -1 | 0 | 1 | 2 | 3

/**
 * Class of a place from its (adjusted) p and the sign of its excess: thresholds 0.01, 0.05 and 0.10, inclusive.
 * A test that was not made (p or sign NaN) has class 0.
 */
export function confidenceClass(p: number, sign: number): ConfidenceClass {
  if (!(p <= 0.1) || Number.isNaN(sign) || sign === 0) return 0
  const level = p <= 0.01 ? 3 : p <= 0.05 ? 2 : 1
  return (sign > 0 ? level : -level) as ConfidenceClass
}
