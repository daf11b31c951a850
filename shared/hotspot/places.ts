import type { Analysis } from './analysis.ts'
import { centreX, centreY } from './hex-grid.ts'
import { guardedClass } from './guards.ts'
import { toLngLat } from './projection.ts'

/** A name on the map to call a place by. */
export type NamedPoint = { name: string; nameEn: string | null; lng: number; lat: number }

/** A connected patch of hot cells: what an office calls one place. `peak` is its strongest cell. */
export type HotPatch = { cells: number[]; peak: number; level: number }

/**
 * Patches of cells with a hot class that may be shown, strongest first: by class, then by how far the peak's
 * neighbourhood exceeds what is expected. Cells that touch belong together.
 */
export function hotPatches(analysis: Analysis): HotPatch[] {
  const { significance, neighbourhoodCounts } = analysis
  const n = analysis.counts.length
  const level = (i: number): number => guardedClass(significance.classes[i] ?? 0, neighbourhoodCounts[i] ?? 0).shownClass
  const seen = new Uint8Array(n)
  const patches: HotPatch[] = []
  for (let start = 0; start < n; start++) {
    if (seen[start] === 1 || level(start) <= 0) continue
    const cells = [start]
    seen[start] = 1
    for (let at = 0; at < cells.length; at++) {
      for (const j of touching(analysis, cells[at] ?? 0)) {
        if (seen[j] === 1 || level(j) <= 0) continue
        seen[j] = 1
        cells.push(j)
      }
    }
    const peak = cells.reduce((best, i) =>
      (level(i) - level(best) || excess(analysis, i) - excess(analysis, best)) > 0 ? i : best,
    )
    patches.push({ cells, peak, level: level(peak) })
  }
  return patches.sort((a, b) => b.level - a.level || excess(analysis, b.peak) - excess(analysis, a.peak) || a.peak - b.peak)
}

/** Cells beside a cell, whatever ring the test took in. */
function touching({ area }: Analysis, i: number): number[] {
  const q = area.cells.q[i] ?? 0
  const r = area.cells.r[i] ?? 0
  const found: number[] = []
  for (const [dq, dr] of [
    [1, 0],
    [0, 1],
    [-1, 1],
    [-1, 0],
    [0, -1],
    [1, -1],
  ] as const) {
    const j = area.index(q + dq, r + dr)
    if (j >= 0) found.push(j)
  }
  return found
}

/** Cases in a cell's neighbourhood beyond what is expected there. */
export function excess({ neighbourhoodCounts, neighbourhoodExpected }: Analysis, i: number): number {
  return (neighbourhoodCounts[i] ?? 0) - (neighbourhoodExpected[i] ?? 0)
}

/** Centre of a cell in WGS-84 degrees. */
export function centreOf({ area }: Pick<Analysis, 'area'>, i: number): [lng: number, lat: number] {
  const q = area.cells.q[i] ?? 0
  const r = area.cells.r[i] ?? 0
  return toLngLat(area.projection, centreX(area.grid, q, r), centreY(area.grid, r))
}

/** The named point nearest to a cell's centre within 250 m, else null. */
export function nameNear(analysis: Pick<Analysis, 'area'>, i: number, names: readonly NamedPoint[]): NamedPoint | null {
  const [lng, lat] = centreOf(analysis, i)
  const { metersPerDegreeLng, metersPerDegreeLat } = analysis.area.projection
  let best: NamedPoint | null = null
  let nearest = 250
  for (const point of names) {
    const distance = Math.hypot((point.lng - lng) * metersPerDegreeLng, (point.lat - lat) * metersPerDegreeLat)
    if (distance < nearest) {
      nearest = distance
      best = point
    }
  }
  return best
}
