import { cellCorners, cellIndexOf, centreX, centreY, nearestCell, type CellIndex, type Cells, type HexGrid } from './hex-grid.ts'
import { polygonsOf, type Outline } from './outline.ts'
import { localProjection, toMeters, type LocalProjection } from './projection.ts'

type Corner = [x: number, y: number]

/**
 * The cells that a study looks at: every hexagon that the outline's area touches, empty ones included. `edge[i]` is 1
 * where the outline cuts cell i, so that only there a case must be tested against the outline itself.
 */
export type StudyArea = {
  projection: LocalProjection
  grid: HexGrid
  cells: Cells
  index: CellIndex
  edge: Uint8Array
  polygons: Corner[][][]
}

/** Too many cells: the limit, about how many there would be, and a cell size in metres that fits. */
export type TooManyCells = { code: 'too_many_cells'; limit: number; cells: number; fittingCellMeters: number }
/** An outline without area, or one in which no case could lie. */
export type EmptyArea = { code: 'empty_area' }

/** Lays hexagons with sides of `cellMeters` over an outline; the grid's origin is the middle of its bounding box. */
export function studyAreaOf(
  outline: Outline,
  cellMeters: number,
  limit: number,
): { code: 'ok'; area: StudyArea } | TooManyCells | EmptyArea {
  const degrees = polygonsOf(outline)
  const lngs = degrees.flat(2).map(([lng]) => lng)
  const lats = degrees.flat(2).map(([, lat]) => lat)
  const middle = (values: number[]): number =>
    (values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2
  const projection = localProjection([middle(lngs), middle(lats)])
  const polygons = degrees.map((rings) => rings.map((corners) => corners.map((corner) => toMeters(projection, corner))))
  const squareMeters = polygons.reduce(
    (sum, rings) => sum + rings.reduce((area, ring, i) => area + (i === 0 ? 1 : -1) * ringArea(ring), 0),
    0,
  )
  if (!(squareMeters > 0)) return { code: 'empty_area' }
  // Inside cells by area, and about one more for each side's length of outline.
  const perimeter = polygons.flat().reduce((sum, ring) => sum + ringLength(ring), 0)
  const expected = squareMeters / (1.5 * Math.sqrt(3) * cellMeters ** 2) + perimeter / cellMeters
  if (expected > limit * 2) return tooMany(limit, expected, cellMeters)
  const grid: HexGrid = { circumradiusMeters: cellMeters, x0: 0, y0: 0 }
  const found = new Map<string, { q: number; r: number; edge: boolean }>()
  for (const rings of polygons) {
    addInside(grid, rings, found)
    for (const ring of rings) addTouched(grid, ring, found)
  }
  if (found.size > limit) return tooMany(limit, found.size, cellMeters)
  // Row by row, so that the numbering of cells does not depend on the order of corners.
  const sorted = [...found.values()].sort((a, b) => a.r - b.r || a.q - b.q)
  const cells: Cells = { q: Int32Array.from(sorted, ({ q }) => q), r: Int32Array.from(sorted, ({ r }) => r) }
  const edge = Uint8Array.from(sorted, (cell) => (cell.edge ? 1 : 0))
  return { code: 'ok', area: { projection, grid, cells, index: cellIndexOf(cells), edge, polygons } }
}

function tooMany(limit: number, cells: number, cellMeters: number): TooManyCells {
  // Cells fall with the square of their side; 3 % to spare for the outline, rounded up to whole 5 m.
  const fitting = Math.ceil((cellMeters * Math.sqrt(cells / limit) * 1.03) / 5) * 5
  return { code: 'too_many_cells', limit, cells: Math.round(cells), fittingCellMeters: fitting }
}

function ringArea(ring: readonly Corner[]): number {
  let twice = 0
  for (const [i, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [0, 0]
    twice += x * nextY - nextX * y
  }
  return Math.abs(twice) / 2
}

function ringLength(ring: readonly Corner[]): number {
  return segmentsOf(ring).reduce((sum, [a, b]) => sum + Math.hypot(b[0] - a[0], b[1] - a[1]), 0)
}

function segmentsOf(ring: readonly Corner[]): [Corner, Corner][] {
  return ring.map((corner, i): [Corner, Corner] => [corner, ring[(i + 1) % ring.length] ?? corner])
}

/** Cells whose centre lies inside, by the crossings of each row of centres with the rings. */
function addInside(
  grid: HexGrid,
  rings: readonly (readonly Corner[])[],
  found: Map<string, { q: number; r: number; edge: boolean }>,
): void {
  const segments = rings.flatMap(segmentsOf)
  const height = 1.5 * grid.circumradiusMeters
  const crossings = new Map<number, number[]>()
  for (const [[ax, ay], [bx, by]] of segments) {
    const [low, high] = ay < by ? [ay, by] : [by, ay]
    for (let r = Math.ceil((low - grid.y0) / height); centreY(grid, r) < high; r++) {
      const y = centreY(grid, r)
      const at = crossings.get(r) ?? []
      at.push(ax + ((y - ay) * (bx - ax)) / (by - ay))
      crossings.set(r, at)
    }
  }
  const width = Math.sqrt(3) * grid.circumradiusMeters
  for (const [r, at] of crossings) {
    at.sort((a, b) => a - b)
    for (let i = 0; i + 1 < at.length; i += 2) {
      const last = at[i + 1] ?? 0
      for (let q = Math.ceil(((at[i] ?? 0) - grid.x0) / width - r / 2); centreX(grid, q, r) < last; q++) {
        const key = `${q},${r}`
        if (!found.has(key)) found.set(key, { q, r, edge: false })
      }
    }
  }
}

const AROUND: readonly [number, number][] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [0, -1],
  [1, -1],
]

/** Cells that a ring passes through: from points along it, the cell there and its neighbours are tested exactly. */
function addTouched(grid: HexGrid, ring: readonly Corner[], found: Map<string, { q: number; r: number; edge: boolean }>): void {
  const out = new Int32Array(2)
  for (const [a, b] of segmentsOf(ring)) {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1])
    const samples = Math.max(1, Math.ceil(length / (grid.circumradiusMeters / 2)))
    for (let i = 0; i <= samples; i++) {
      const share = i / samples
      nearestCell(grid, a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), out)
      for (const [dq, dr] of AROUND) {
        const q = (out[0] ?? 0) + dq
        const r = (out[1] ?? 0) + dr
        const known = found.get(`${q},${r}`)
        if (known?.edge === true || !segmentTouchesCell(grid, q, r, a, b)) continue
        if (known === undefined) found.set(`${q},${r}`, { q, r, edge: true })
        else known.edge = true
      }
    }
  }
}

/** Clips a segment by the six sides of a cell (Cyrus & Beck 1978); true when something is left. */
function segmentTouchesCell(grid: HexGrid, q: number, r: number, a: Corner, b: Corner): boolean {
  const corners = cellCorners(grid, q, r)
  let enter = 0
  let leave = 1
  for (const [i, [x, y]] of corners.entries()) {
    const [nextX, nextY] = corners[(i + 1) % 6] ?? [0, 0]
    // Inside of an anticlockwise polygon is left of each side.
    const cross = (point: Corner): number => (nextX - x) * (point[1] - y) - (nextY - y) * (point[0] - x)
    const fromA = cross(a)
    const fromB = cross(b)
    if (fromA < 0 && fromB < 0) return false
    if (fromA < 0) enter = Math.max(enter, fromA / (fromA - fromB))
    else if (fromB < 0) leave = Math.min(leave, fromA / (fromA - fromB))
  }
  return enter <= leave
}

/** Whether a point in metres lies inside the outline (even-odd within each polygon, so holes are outside). */
export function insideOutline(area: StudyArea, x: number, y: number): boolean {
  for (const rings of area.polygons) {
    let inside = false
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const a = ring[i]
        const b = ring[j]
        if (a === undefined || b === undefined) continue
        if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) inside = !inside
      }
    }
    if (inside) return true
  }
  return false
}

/** Cell of every place by index, −1 for one outside the outline. */
export function cellsOfPlaces(area: StudyArea, lng: ArrayLike<number>, lat: ArrayLike<number>): Int32Array {
  const { projection, grid, index, edge } = area
  const [lng0, lat0] = projection.origin
  const found = new Int32Array(lng.length)
  const out = new Int32Array(2)
  for (let i = 0; i < found.length; i++) {
    const x = ((lng[i] ?? 0) - lng0) * projection.metersPerDegreeLng
    const y = ((lat[i] ?? 0) - lat0) * projection.metersPerDegreeLat
    nearestCell(grid, x, y, out)
    const cell = index(out[0] ?? 0, out[1] ?? 0)
    found[i] = cell >= 0 && edge[cell] === 1 && !insideOutline(area, x, y) ? -1 : cell
  }
  return found
}
