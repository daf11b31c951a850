import { z } from 'zod'
import { centreX, centreY, nearestCell, type HexGrid } from '../../shared/hotspot/hex-grid.ts'
import { CaseError, neededFile, readTable, type Case, type Table } from './case-folder.ts'
import type { Deviations } from './deviations.ts'
import { checkGiStar } from './gi-star-cases.ts'

const gridParams = z.looseObject({
  circumradius: z.number().positive(),
  x0: z.number(),
  y0: z.number(),
  study_area: z.string().optional(),
})
/** A point this close (in circumradii) to the middle between two centres may go to either. */
const TIE = 1e-9

type Points = { table: Table; x: Float64Array; y: Float64Array; counts: Float64Array }

/** points-hexbin-gistar: points to cells, cells of the study area, then as gistar. */
export function checkHexbin(testCase: Case, deviations: Deviations): void {
  const params = gridParams.safeParse(testCase.params)
  if (!params.success) throw new CaseError('case.json: params needs circumradius, x0 and y0')
  const grid: HexGrid = { circumradiusMeters: params.data.circumradius, x0: params.data.x0, y0: params.data.y0 }
  const padded = params.data.study_area?.includes('bounding box padded by R') === true
  for (const set of testCase.fileSets) {
    const table = readTable(testCase.folder, neededFile(testCase, set, 'points', 'points.csv'))
    const counts = table.has('count') ? table.numbers('count') : new Float64Array(table.length).fill(1)
    const points = { table, x: table.numbers('x'), y: table.numbers('y'), counts }
    const binned = readTable(testCase.folder, neededFile(testCase, set, 'binned', 'binned.csv'))
    const cells = readTable(testCase.folder, neededFile(testCase, set, 'cells', 'cells.csv'))
    const sums = checkBinning(grid, points, binned, deviations)
    checkCells(cells, grid, sums, padded ? paddedBoxCells(grid, points) : [], deviations)
  }
  checkGiStar(testCase, deviations)
}

/** Point numbers of the rows of the binned file: by id where ids name points, else by position from 0. */
function pointNumbers(points: Table, binned: Table): number[] {
  const ids = points.texts('id')
  const byId = new Map(ids.map((id, i) => [id, i]))
  const names = binned.texts('point')
  const named = byId.size === ids.length && names.every((name) => byId.has(name))
  return names.map((name, row) => {
    const i = named ? (byId.get(name) ?? -1) : Number(name)
    if (!Number.isInteger(i) || i < 0 || i >= points.length)
      throw new CaseError(`${binned.name}: row ${row + 2}: no point "${name}"`)
    return i
  })
}

/** Compares the cell of every point and returns the sum of counts by cell "q,r". */
function checkBinning(grid: HexGrid, points: Points, binned: Table, deviations: Deviations): Map<string, number> {
  const q = binned.numbers('q')
  const r = binned.numbers('r')
  const out = new Int32Array(2)
  const sums = new Map<string, number>()
  const seen = new Set<number>()
  for (const [row, i] of pointNumbers(points.table, binned).entries()) {
    const x = points.x[i] ?? 0
    const y = points.y[i] ?? 0
    nearestCell(grid, x, y, out)
    const distance = (a: number, b: number): number => Math.hypot(x - centreX(grid, a, b), y - centreY(grid, b))
    const given = `${q[row]},${r[row]}`
    const excess = distance(q[row] ?? 0, r[row] ?? 0) - distance(out[0] ?? 0, out[1] ?? 0)
    // Coordinates far from the origin are rounded to some 1e-16 of themselves before anybody compares distances.
    const tie = TIE * grid.circumradiusMeters + 4e-16 * (Math.abs(x) + Math.abs(y))
    const own = excess <= tie ? given : `${out[0]},${out[1]}`
    deviations.exact(`point ${i}`, 'cell', own, given)
    sums.set(own, (sums.get(own) ?? 0) + (points.counts[i] ?? 0))
    seen.add(i)
  }
  if (seen.size !== points.table.length) deviations.differs(`${binned.name}: ${seen.size} of ${points.table.length} points`)
  return sums
}

function checkCells(cells: Table, grid: HexGrid, sums: Map<string, number>, area: string[], deviations: Deviations): void {
  const q = cells.numbers('q')
  const r = cells.numbers('r')
  const x = cells.numbers('x')
  const y = cells.numbers('y')
  const values = cells.numbers('value')
  const known = new Set<string>()
  for (const [id, i] of cells.rowsBy('id')) {
    const at = `${q[i]},${r[i]}`
    known.add(at)
    deviations.number(id, 'x', centreX(grid, q[i] ?? 0, r[i] ?? 0), x[i] ?? 0, { abs: 1e-6 })
    deviations.number(id, 'y', centreY(grid, r[i] ?? 0), y[i] ?? 0, { abs: 1e-6 })
    deviations.number(id, 'value', sums.get(at) ?? 0, values[i] ?? Number.NaN, { rel: 1e-12, floor: 1e-12 })
  }
  for (const at of sums.keys()) if (!known.has(at)) deviations.differs(`${cells.name}: cell ${at} holds points and is missing`)
  for (const at of area) if (!known.has(at)) deviations.differs(`${cells.name}: cell ${at} of the study area is missing`)
}

/** Cells "q,r" whose centre lies in the bounding box of the points padded by one circumradius. */
function paddedBoxCells(grid: HexGrid, points: Points): string[] {
  const pad = grid.circumradiusMeters
  const range = (values: Float64Array): [number, number] =>
    values.reduce<[number, number]>(
      ([low, high], value) => [Math.min(low, value - pad), Math.max(high, value + pad)],
      [Infinity, -Infinity],
    )
  const [west, east] = range(points.x)
  const [south, north] = range(points.y)
  const width = Math.sqrt(3) * pad
  const found: string[] = []
  for (let r = Math.ceil((south - grid.y0) / (1.5 * pad)); centreY(grid, r) <= north; r++) {
    for (let q = Math.ceil((west - grid.x0) / width - r / 2); centreX(grid, q, r) <= east; q++) found.push(`${q},${r}`)
  }
  return found
}
