import type { AnalysisQuestion, CaseArrays } from '../../shared/hotspot/analysis.ts'
import { localProjection, toLngLat } from '../../shared/hotspot/projection.ts'

/** A small generator with a fixed seed (mulberry32), so that every run has the same data. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const WEEK_MS = 7 * 24 * 3600 * 1000

/** Cases over a square with 40 places that have more, a tenth of all cases; the last weeks of a year. */
export function squareStudy(
  cases: number,
  weeks: number,
  sideMeters: number,
  cellMeters: number,
): { cases: CaseArrays; question: AnalysisQuestion } {
  const random = seeded(7)
  const projection = localProjection([114.65, 33.62])
  const half = sideMeters / 2
  const corners = [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
    [-half, -half],
  ].map(([x = 0, y = 0]) => toLngLat(projection, x, y))
  const toMs = Date.UTC(2026, 10, 23)
  const fromMs = toMs - weeks * WEEK_MS
  const centres = Array.from({ length: 40 }, () => [(random() - 0.5) * sideMeters, (random() - 0.5) * sideMeters])
  const arrays: CaseArrays = { lng: new Float64Array(cases), lat: new Float64Array(cases), timeMs: new Float64Array(cases) }
  for (let i = 0; i < cases; i++) {
    const centre = i % 10 === 0 ? centres[Math.floor(random() * 40)] : undefined
    const x = centre === undefined ? (random() - 0.5) * sideMeters : (centre[0] ?? 0) + (random() - 0.5) * 600
    const y = centre === undefined ? (random() - 0.5) * sideMeters : (centre[1] ?? 0) + (random() - 0.5) * 600
    const [lng, lat] = toLngLat(projection, x, y)
    arrays.lng[i] = lng
    arrays.lat[i] = lat
    arrays.timeMs[i] = fromMs + random() * weeks * WEEK_MS
  }
  return {
    cases: arrays,
    question: {
      outline: { type: 'Polygon', coordinates: [corners] },
      cellMeters,
      ring: 1,
      mode: 'exact',
      fromMs,
      toMs,
      coveredFromMs: fromMs,
      bases: null,
    },
  }
}
