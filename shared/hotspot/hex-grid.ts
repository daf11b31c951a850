/**
 * A planar grid of pointy-top hexagons in metres: centre of cell (q, r) = (x0 + R√3 (q + r/2), y0 + 1.5 R r), axial
 * coordinates as in Patel, "Hexagonal Grids". R is the circumradius, which is also the length of a side.
 */
export type HexGrid = { circumradiusMeters: number; x0: number; y0: number }

const SQRT3 = Math.sqrt(3)

/** Easting of the centre of cell (q, r), in metres. */
export function centreX(grid: HexGrid, q: number, r: number): number {
  return grid.x0 + grid.circumradiusMeters * SQRT3 * (q + r / 2)
}

/** Northing of the centre of the cells of row r, in metres. */
export function centreY(grid: HexGrid, r: number): number {
  return grid.y0 + 1.5 * grid.circumradiusMeters * r
}

/**
 * Cell whose centre is nearest to a point in metres, into `out` as [q, r] (no allocation: a study bins millions).
 * A point exactly between centres goes to one of them, always the same.
 */
export function nearestCell(grid: HexGrid, x: number, y: number, out: Int32Array): void {
  const r = (y - grid.y0) / (1.5 * grid.circumradiusMeters)
  const q = (x - grid.x0) / (SQRT3 * grid.circumradiusMeters) - r / 2
  let rq = Math.round(q)
  let rr = Math.round(r)
  const rs = Math.round(-q - r)
  // Rounding all three cube coordinates may leave the plane q + r + s = 0: the one rounded furthest gives way.
  const dq = Math.abs(rq - q)
  const dr = Math.abs(rr - r)
  if (dq > dr && dq > Math.abs(rs + q + r)) rq = -rr - rs
  else if (dr > Math.abs(rs + q + r)) rr = -rq - rs
  out[0] = rq
  out[1] = rr
}

/** The six corners of cell (q, r) in metres, anticlockwise from the one at the lower right. */
export function cellCorners(grid: HexGrid, q: number, r: number): [number, number][] {
  const x = centreX(grid, q, r)
  const y = centreY(grid, r)
  const radius = grid.circumradiusMeters
  const half = (SQRT3 / 2) * radius
  return [
    [x + half, y - radius / 2],
    [x + half, y + radius / 2],
    [x, y + radius],
    [x - half, y + radius / 2],
    [x - half, y - radius / 2],
    [x, y - radius],
  ]
}

/** Cells as parallel axial coordinates; the index of a cell is its place in every result. */
export type Cells = { q: Int32Array; r: Int32Array }

/** A dense table up to this many entries (64 MB) is quicker than a map; beyond it a map takes its place. */
const DENSE_LIMIT = 16_000_000

/** Look-up of a cell's index by its axial coordinates; −1 outside the study area. */
export type CellIndex = (q: number, r: number) => number

/** Builds the look-up for a set of cells, each given once. */
export function cellIndexOf(cells: Cells): CellIndex {
  const n = cells.q.length
  let qMin = Infinity
  let qMax = -Infinity
  let rMin = Infinity
  let rMax = -Infinity
  for (let i = 0; i < n; i++) {
    const q = cells.q[i] ?? 0
    const r = cells.r[i] ?? 0
    qMin = Math.min(qMin, q)
    qMax = Math.max(qMax, q)
    rMin = Math.min(rMin, r)
    rMax = Math.max(rMax, r)
  }
  if (n === 0) return () => -1
  const width = qMax - qMin + 1
  const height = rMax - rMin + 1
  if (width * height <= DENSE_LIMIT) {
    const table = new Int32Array(width * height).fill(-1)
    for (let i = 0; i < n; i++) table[((cells.r[i] ?? 0) - rMin) * width + (cells.q[i] ?? 0) - qMin] = i
    return (q, r) => (q < qMin || q > qMax || r < rMin || r > rMax ? -1 : (table[(r - rMin) * width + q - qMin] ?? -1))
  }
  const table = new Map<number, number>()
  for (let i = 0; i < n; i++) table.set(((cells.r[i] ?? 0) - rMin) * width + (cells.q[i] ?? 0) - qMin, i)
  return (q, r) => (q < qMin || q > qMax || r < rMin || r > rMax ? -1 : (table.get((r - rMin) * width + q - qMin) ?? -1))
}
