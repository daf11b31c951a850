import type { Trend } from './mann-kendall.ts'

const KINDS = [
  'new',
  'consecutive',
  'intensifying',
  'persistent',
  'diminishing',
  'sporadic',
  'oscillating',
  'historical',
] as const

type Kind = (typeof KINDS)[number]

/** The 17 categories of emerging hot spot analysis: eight kinds, hot and cold, and none. */
export type EmergingCategory = `${Kind}_hot` | `${Kind}_cold` | 'no_pattern'

/** All 17, in the order in which a legend lists them. */
export const EMERGING_CATEGORIES: readonly EmergingCategory[] = [
  ...KINDS.map((kind): EmergingCategory => `${kind}_hot`),
  ...KINDS.map((kind): EmergingCategory => `${kind}_cold`),
  'no_pattern',
]

/** First rule that fits for one temperature; `sign` 1 reads hot steps, −1 cold ones with the trend mirrored. */
function kindOf(states: ArrayLike<number>, trend: number, sign: 1 | -1, legacySporadic: boolean): Kind | null {
  const steps = states.length
  let hits = 0
  let run = 0
  let opposite = 0
  for (let t = 0; t < steps; t++) {
    const state = (states[t] ?? 0) * sign
    if (state > 0) {
      hits++
      run++
    } else {
      run = 0
      if (state < 0) opposite++
    }
  }
  if (hits === 0) return null
  const last = run > 0
  const mostly = 10 * hits >= 9 * steps
  if (last && hits === 1) return 'new'
  if (last && run >= 2 && run === hits && !mostly) return 'consecutive'
  if (mostly) {
    if (!last) return 'historical'
    const own = trend * sign
    return own > 0 ? 'intensifying' : own < 0 ? 'diminishing' : 'persistent'
  }
  if (opposite === 0 && (last || legacySporadic)) return 'sporadic'
  return last && opposite > 0 ? 'oscillating' : null
}

/**
 * Category of a place from its states by step (1 hot, −1 cold, 0 neither) and the direction of its trend: the first
 * rule that fits, hot before cold (ArcGIS Pro, "How Emerging Hot Spot Analysis works"). "At least 90 %" is 10 h ≥ 9 T
 * in integers. `legacySporadic` is the older text, where a sporadic spot need not be hot in the final step.
 */
export function emergingCategory(
  states: ArrayLike<number>,
  trend: Trend,
  options: { legacySporadic?: boolean } = {},
): EmergingCategory {
  const legacy = options.legacySporadic ?? false
  const hot = kindOf(states, trend, 1, legacy)
  if (hot !== null) return `${hot}_hot`
  const cold = kindOf(states, trend, -1, legacy)
  return cold === null ? 'no_pattern' : `${cold}_cold`
}
