import { cellIndexOf, type CellIndex, type Cells } from './hex-grid.ts'

/**
 * Neighbour lists in compressed rows: those of place i are `indices[offsets[i] … offsets[i + 1] − 1]`, and `weights`
 * runs beside `indices` (null: all 1). For Gi* a place is its own neighbour, so each list holds its own index.
 */
export type NeighbourLists = { offsets: Int32Array; indices: Int32Array; weights: Float64Array | null }

/** How many neighbours place i has, itself included when the list holds it. */
export function neighbourCount(lists: NeighbourLists, i: number): number {
  return (lists.offsets[i + 1] ?? 0) - (lists.offsets[i] ?? 0)
}

/** Compressed rows of plain lists; `weights`, when given, has the shape of `lists`. */
export function neighbourLists(
  lists: readonly (readonly number[])[],
  weights: readonly (readonly number[])[] | null = null,
): NeighbourLists {
  const offsets = new Int32Array(lists.length + 1)
  for (const [i, list] of lists.entries()) offsets[i + 1] = (offsets[i] ?? 0) + list.length
  return {
    offsets,
    indices: Int32Array.from(lists.flat()),
    weights: weights === null ? null : Float64Array.from(weights.flat()),
  }
}

/** Offsets (q, r) of the cells within `ring` steps, the cell itself first. */
function ringOffsets(ring: number): [number, number][] {
  const offsets: [number, number][] = [[0, 0]]
  for (let dq = -ring; dq <= ring; dq++) {
    for (let dr = Math.max(-ring, -dq - ring); dr <= Math.min(ring, -dq + ring); dr++)
      if (dq !== 0 || dr !== 0) offsets.push([dq, dr])
  }
  return offsets
}

/**
 * Neighbour lists of hexagonal cells: every cell of the study area within `ring` steps (1 to 3), itself included; at an
 * edge or a hole the list is shorter, and the formulas take its true length.
 */
export function ringNeighbours(cells: Cells, ring: number, index: CellIndex = cellIndexOf(cells)): NeighbourLists {
  const n = cells.q.length
  const steps = ringOffsets(ring)
  const offsets = new Int32Array(n + 1)
  const indices = new Int32Array(n * steps.length)
  let used = 0
  for (let i = 0; i < n; i++) {
    const q = cells.q[i] ?? 0
    const r = cells.r[i] ?? 0
    for (const [dq, dr] of steps) {
      const j = index(q + dq, r + dr)
      if (j >= 0) indices[used++] = j
    }
    offsets[i + 1] = used
  }
  return { offsets, indices: indices.slice(0, used), weights: null }
}

/**
 * Σ_j w_ij x_j for every place. With integer values and no weights the sums are exact, which keeps ties.
 */
export function neighbourSums(values: ArrayLike<number>, lists: NeighbourLists): Float64Array {
  const { offsets, indices, weights } = lists
  const n = offsets.length - 1
  const sums = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const end = offsets[i + 1] ?? 0
    let sum = 0
    if (weights === null) for (let e = offsets[i] ?? 0; e < end; e++) sum += values[indices[e] ?? 0] ?? 0
    else for (let e = offsets[i] ?? 0; e < end; e++) sum += (weights[e] ?? 0) * (values[indices[e] ?? 0] ?? 0)
    sums[i] = sum
  }
  return sums
}
