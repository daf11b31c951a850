import { z } from 'zod'
import { emergingCategory } from '../../shared/hotspot/category.ts'
import {
  ARCGIS_MODE,
  emergingHotSpots,
  EXACT_MODE,
  type Cube,
  type Emerging,
  type EmergingOptions,
} from '../../shared/hotspot/emerging.ts'
import type { Trend } from '../../shared/hotspot/mann-kendall.ts'
import type { NeighbourLists } from '../../shared/hotspot/neighbours.ts'
import { CaseError, fileOf, neededFile, readTable, type Case, type Table } from './case-folder.ts'
import type { Deviations } from './deviations.ts'
import { listsFrom } from './gi-star-cases.ts'

const modeParams = z.looseObject({
  time_lag: z.int().min(0).optional(),
  alpha_bin: z.number().optional(),
  alpha_trend: z.number().optional(),
  self_included: z.literal(true).optional(),
  global_window: z.literal('entire cube').optional(),
})

function optionsFrom(testCase: Case, name: string, usual: EmergingOptions): EmergingOptions {
  const given = testCase.params[name]
  if (given === undefined) return usual
  const parsed = modeParams.safeParse(given)
  if (!parsed.success)
    throw new CaseError(`case.json: params.${name}.${parsed.error.issues[0]?.path.join('.') ?? ''} is not one that is known`)
  const { time_lag = usual.timeLag, alpha_bin = usual.alphaBin, alpha_trend = usual.alphaTrend } = parsed.data
  return { ...usual, timeLag: time_lag, alphaBin: alpha_bin, alphaTrend: alpha_trend }
}

function cubeFrom(table: Table): Cube {
  const steps = table.headings.filter((heading) => /^t\d+$/.test(heading)).length
  if (steps === 0) throw new CaseError(`${table.name}: no columns t0, t1, …`)
  const counts = new Int32Array(table.length * steps)
  for (let t = 0; t < steps; t++) {
    for (const [i, value] of table.numbers(`t${t}`).entries()) {
      if (!Number.isInteger(value) || value < 0 || value > 2_000_000_000)
        throw new CaseError(`${table.name}: row ${i + 2}: t${t} is not a count`)
      counts[i * steps + t] = value
    }
  }
  return { places: table.length, steps, counts }
}

function judged(cube: Cube, lists: NeighbourLists, options: EmergingOptions): Emerging {
  const answer = emergingHotSpots(cube, lists, options)
  if (answer.code !== 'ok') throw new CaseError(`the sums of the cube are too large for exact tails`)
  return answer.result
}

/** Column names of the two modes in the expected files. */
const COLUMNS = {
  z: {
    p: 'p',
    q: 'p_bh',
    state: 'state',
    trendZ: 'mk_z',
    trendP: 'mk_p',
    trend: 'trend',
    hot: 'n_hot',
    cold: 'n_cold',
    category: 'category',
  },
  exact: {
    p: 'p_exact',
    q: 'p_exact_bh',
    state: 'exact_state',
    trendZ: 'exact_mk_z',
    trendP: 'exact_mk_p_bh',
    trend: 'exact_trend',
    hot: 'exact_n_hot',
    cold: 'exact_n_cold',
    category: 'exact_category',
  },
} as const

/** ehsa-cube: every bin and every place, in the ArcGIS-compatible and the exact mode. */
export function checkCube(testCase: Case, deviations: Deviations): void {
  for (const set of testCase.fileSets) {
    const table = readTable(testCase.folder, neededFile(testCase, set, 'cube', 'cube.csv'))
    const rows = table.rowsBy('id')
    const cube = cubeFrom(table)
    const lists = listsFrom(readTable(testCase.folder, neededFile(testCase, set, 'neighbours', 'neighbours.csv')), rows, true)
    const binsFile = fileOf(testCase, set, 'bins', 'expected_bins.csv')
    const placesFile = fileOf(testCase, set, 'locations', 'expected_locations.csv')
    if (binsFile === null && placesFile === null) throw new CaseError('no expected bins and no expected locations')
    const bins = binsFile === null ? null : readTable(testCase.folder, binsFile)
    const places = placesFile === null ? null : readTable(testCase.folder, placesFile)
    const known = { rows, cube, lists, bins, places }
    compareMode('z', optionsFrom(testCase, 'mode_arcgis', ARCGIS_MODE))
    compareMode('exact', optionsFrom(testCase, 'mode_exact', EXACT_MODE))

    function compareMode(mode: 'z' | 'exact', options: EmergingOptions): void {
      const columns = COLUMNS[mode]
      const inBins = known.bins?.has(columns.state) === true || known.bins?.has(columns.q) === true
      const inPlaces = known.places?.has(columns.category) === true || known.places?.has(columns.trendZ) === true
      if (!inBins && !inPlaces) return
      const result = judged(known.cube, { ...known.lists, weights: null }, options)
      if (known.bins !== null && inBins) compareBins(testCase, known.bins, known.rows, result, mode, deviations)
      if (known.places !== null && inPlaces)
        comparePlaces(testCase, known.places, known.rows, known.cube, result, mode, deviations)
    }
  }
}

function placeOf(rows: Map<string, number>, id: string, table: Table): number {
  const place = rows.get(id)
  if (place === undefined) throw new CaseError(`${table.name}: id "${id}" not in the cube`)
  return place
}

function compareBins(
  testCase: Case,
  table: Table,
  rows: Map<string, number>,
  result: Emerging,
  mode: 'z' | 'exact',
  deviations: Deviations,
): void {
  const { z_abs = 1e-8, p_rel = 1e-6 } = testCase.tolerance
  const columns = COLUMNS[mode]
  const column = (name: string): Float64Array | null => (table.has(name) ? table.numbersOrBlank(name) : null)
  const steps = table.numbers('t')
  const wanted = {
    z: mode === 'z' ? column('z') : null,
    p: column(columns.p),
    q: column(columns.q),
    state: column(columns.state),
  }
  const sums = mode === 'exact' ? column('neigh_sum') : null
  for (const [row, id] of table.texts('id').entries()) {
    const bin = result.binAt(placeOf(rows, id, table), steps[row] ?? 0)
    const place = `${id}@t${steps[row]}`
    if (wanted.z !== null) deviations.number(place, 'z', bin.z, wanted.z[row] ?? Number.NaN, { abs: z_abs })
    if (wanted.p !== null) deviations.number(place, columns.p, bin.p, wanted.p[row] ?? Number.NaN, { rel: p_rel })
    if (wanted.q !== null) deviations.number(place, columns.q, bin.q, wanted.q[row] ?? Number.NaN, { rel: p_rel })
    if (wanted.state !== null) deviations.exact(place, columns.state, bin.state + 0, wanted.state[row])
    if (sums !== null) deviations.exact(place, 'neigh_sum', bin.sum, sums[row])
  }
}

function comparePlaces(
  testCase: Case,
  table: Table,
  rows: Map<string, number>,
  cube: Cube,
  result: Emerging,
  mode: 'z' | 'exact',
  deviations: Deviations,
): void {
  const { z_abs = 1e-8, p_rel = 1e-6 } = testCase.tolerance
  const columns = COLUMNS[mode]
  const ids = table.texts('id')
  const compare = (name: string, check: (id: string, place: number, row: number) => void): void => {
    if (!table.has(name)) return
    for (const [row, id] of ids.entries()) check(id, placeOf(rows, id, table), row)
  }
  const numbers = (name: string): Float64Array => (table.has(name) ? table.numbersOrBlank(name) : new Float64Array())
  const trendZ = numbers(columns.trendZ)
  const trendP = numbers(columns.trendP)
  compare(columns.trendZ, (id, i, row) =>
    deviations.number(id, columns.trendZ, result.trendZ[i] ?? Number.NaN, trendZ[row] ?? Number.NaN, { abs: z_abs }),
  )
  compare(columns.trendP, (id, i, row) =>
    deviations.number(id, columns.trendP, result.trendP[i] ?? Number.NaN, trendP[row] ?? Number.NaN, { rel: p_rel }),
  )
  for (const [name, got] of [
    [columns.trend, result.trends],
    [columns.hot, result.hotSteps],
    [columns.cold, result.coldSteps],
  ] as const) {
    const wanted = numbers(name)
    compare(name, (id, i, row) => deviations.exact(id, name, (got[i] ?? 0) + 0, wanted[row]))
  }
  const categories = table.has(columns.category) ? table.texts(columns.category) : []
  compare(columns.category, (id, i, row) => deviations.exact(id, columns.category, result.categories[i], categories[row]))
  if (mode !== 'z' || !table.has('category_legacy')) return
  const legacy = table.texts('category_legacy')
  compare('category_legacy', (id, i, row) => {
    const states = result.states.subarray(i * cube.steps, (i + 1) * cube.steps)
    const got = emergingCategory(states, (result.trends[i] ?? 0) as Trend, { legacySporadic: true })
    deviations.exact(id, 'category_legacy', got, legacy[row])
  })
}
