import { rectangle, type Spot, type Way } from './plane.ts'

/** The streets of the community: metres east, and north, of the plan's middle. */
export const STREETS_X = [-640, -215, 215, 640] as const
export const STREETS_Y = [-400, -10, 400] as const
const NAMES_X: Readonly<Record<number, readonly [string, string]>> = {
  [-640]: ['民生西路', 'Minsheng West Road'],
  [-215]: ['富民一路', 'Fumin 1st Road'],
  215: ['富民二路', 'Fumin 2nd Road'],
  640: ['民生东路', 'Minsheng East Road'],
}
const NAMES_Y: Readonly<Record<number, readonly [string, string]>> = {
  [-400]: ['富民南路', 'Fumin South Road'],
  [-10]: ['富民中街', 'Fumin Middle Street'],
  400: ['富民北路', 'Fumin North Road'],
}
/** How far the surroundings reach. */
export const REACH_X = 2200
export const REACH_Y = 2000

export interface Street {
  readonly kind: 'main' | 'street' | 'lane'
  readonly name: readonly [string, string] | null
  readonly spots: readonly Spot[]
}

/** One of the six blocks between the streets. `rows` are its grids' limits from south to north. */
export interface Block {
  readonly id: string
  readonly west: number
  readonly east: number
  readonly columns: number
  readonly rows: readonly number[]
  /** Rows of slabs, so that every grid's edge is a street or a lane; elsewhere workers go along one line a grid. */
  readonly slabs: boolean
}

/** Rows of slabs in a block, and metres from the block's street to the first: shops stand between. */
export const SLAB_ROWS = 7
const NORTH_SLABS = [50, 385] as const
const SOUTH_SLABS = [-385, -66] as const

function slabRows(streetSouth: number, streetNorth: number, [south, north]: readonly [number, number]): number[] {
  const pitch = (north - south) / SLAB_ROWS
  const between = Array.from({ length: SLAB_ROWS - 1 }, (_, index) => south + pitch * (index + 1))
  return [streetSouth, ...between, streetNorth]
}

const north = slabRows(-10, 400, NORTH_SLABS)
const south = slabRows(-400, -10, SOUTH_SLABS)

/** Six blocks of 21 grids: 126. */
export const BLOCKS: readonly Block[] = [
  { id: 'A', west: -640, east: -215, columns: 3, rows: north, slabs: true },
  { id: 'B', west: -215, east: 215, columns: 3, rows: north, slabs: true },
  { id: 'park', west: 215, east: 640, columns: 7, rows: [-10, 48, 282, 400], slabs: false },
  { id: 'C', west: -640, east: -215, columns: 3, rows: south, slabs: true },
  { id: 'centre', west: -215, east: 215, columns: 7, rows: [-400, -188, -72, -10], slabs: false },
  { id: 'D', west: 215, east: 640, columns: 7, rows: [-400, -272, -165, -10], slabs: false },
]

/** Where slabs stand in a block. */
export function slabArea(block: Block): { south: number; north: number; west: number; east: number } {
  const [south, north] = block.rows[0] === -10 ? NORTH_SLABS : SOUTH_SLABS
  return { south, north, west: block.west + 34, east: block.east - 34 }
}

export interface Grid {
  /** 15 characters: district, street and community as in GB/T 2260, then the grid. */
  readonly id: string
  readonly number: number
  readonly corners: readonly Spot[]
  /** Where its worker walks. */
  readonly way: Way
}

/** Code of the demo's community: district 411602, street 005, community 006. */
const COMMUNITY_CODE = '411602005006'

/** The 126 grids, row by row from the south-west of each block. */
export function planGrids(): readonly Grid[] {
  const grids: Grid[] = []
  for (const block of BLOCKS) {
    const width = (block.east - block.west) / block.columns
    for (let row = 0; row < block.rows.length - 1; row += 1) {
      for (let column = 0; column < block.columns; column += 1) {
        const [low, high] = [block.rows[row] ?? 0, block.rows[row + 1] ?? 0]
        // From the same sums as its neighbours' edges, so that no place lies between two grids.
        const [west, east] = [block.west + column * width, block.west + (column + 1) * width]
        const corners: Spot[] = [
          [west, low],
          [east, low],
          [east, high],
          [west, high],
        ]
        const number = grids.length + 1
        const line = row === block.rows.length - 2 ? high : low
        const way: Way = block.slabs
          ? { spots: corners, closed: true }
          : {
              spots: [
                [west, line],
                [east, line],
              ],
              closed: false,
            }
        grids.push({ id: `${COMMUNITY_CODE}${String(number).padStart(3, '0')}`, number, corners, way })
      }
    }
  }
  return grids
}

/** Streets of the community and its surroundings, and the lanes inside the blocks. */
export function planStreets(): readonly Street[] {
  const streets: Street[] = []
  for (const x of [-1496, -1068, ...STREETS_X, 1068, 1496]) {
    const kind = Math.abs(x) === 640 ? 'main' : 'street'
    streets.push({ kind, name: NAMES_X[x] ?? null, spots: line([x, -REACH_Y], [x, REACH_Y]) })
  }
  for (const y of [-1600, -1200, -800, ...STREETS_Y, 800, 1200, 1600]) {
    const kind = y === -10 || Math.abs(y) === 400 ? 'main' : 'street'
    streets.push({ kind, name: NAMES_Y[y] ?? null, spots: line([-REACH_X, y], [REACH_X, y]) })
  }
  for (const block of BLOCKS) {
    for (const y of block.rows.slice(1, -1))
      streets.push({ kind: 'lane', name: null, spots: line([block.west, y], [block.east, y]) })
    if (!block.slabs) continue
    const width = (block.east - block.west) / block.columns
    for (let column = 1; column < block.columns; column += 1) {
      const x = block.west + column * width
      streets.push({ kind: 'lane', name: null, spots: line([x, block.rows[0] ?? 0], [x, block.rows.at(-1) ?? 0]) })
    }
  }
  return streets
}

/** Every 200 m a corner, so that long lines stay straight on any projection. */
function line(from: Spot, to: Spot): Spot[] {
  const parts = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 200))
  return Array.from({ length: parts + 1 }, (_, index): Spot => {
    const share = index / parts
    return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
  })
}

/** North of the middle of the river 清河 at `x`. */
export const riverAt = (x: number): number => 690 + 60 * Math.sin(x / 500)

/** What lies under the buildings. */
export function planLand(): readonly { kind: 'zone' | 'green' | 'water' | 'plaza' | 'pitch'; corners: readonly Spot[] }[] {
  const river: Spot[] = []
  for (let x = -REACH_X; x <= REACH_X; x += 55) river.push([x, riverAt(x) + 42])
  for (let x = REACH_X; x >= -REACH_X; x -= 55) river.push([x, riverAt(x) - 42])
  const lake: Spot[] = Array.from({ length: 30 }, (_, index) => {
    const turn = (index * 12 * Math.PI) / 180
    return [520 + Math.cos(turn) * (62 + 10 * Math.sin(3 * turn)), 165 + Math.sin(turn) * (40 + 8 * Math.cos(2 * turn))]
  })
  const zones = BLOCKS.map(({ west, east, rows }): Spot[] => {
    const [low, high] = [rows[0] ?? 0, rows.at(-1) ?? 0]
    return rectangle((west + east) / 2, (low + high) / 2, east - west - 38, high - low - 38)
  })
  return [
    ...zones.map((corners) => ({ kind: 'zone' as const, corners })),
    { kind: 'green', corners: rectangle(427, 164, 376, 214) },
    { kind: 'plaza', corners: rectangle(20, -245, 260, 90) },
    { kind: 'pitch', corners: rectangle(545, 340, 120, 82) },
    { kind: 'water', corners: lake },
    { kind: 'water', corners: river },
  ]
}

/** Names written on the map. */
export const LABELS: readonly { kind: 'compound' | 'place' | 'water'; name: string; nameEn: string; spot: Spot }[] = [
  { kind: 'compound', name: '富民小区A区', nameEn: 'Fumin A', spot: [-428, 262] },
  { kind: 'compound', name: '富民小区B区', nameEn: 'Fumin B', spot: [0, 262] },
  { kind: 'compound', name: '富民小区C区', nameEn: 'Fumin C', spot: [-428, -222] },
  { kind: 'compound', name: '富民小区D区', nameEn: 'Fumin D', spot: [470, -215] },
  { kind: 'place', name: '富民公园', nameEn: 'Fumin Park', spot: [380, 190] },
  { kind: 'place', name: '富民实验小学', nameEn: 'Fumin Primary School', spot: [340, 345] },
  { kind: 'place', name: '农贸市场', nameEn: 'Farmers’ market', spot: [-95, -130] },
  { kind: 'place', name: '中心广场', nameEn: 'Central square', spot: [20, -245] },
  { kind: 'water', name: '清河', nameEn: 'Qing River', spot: [-700, riverAt(-700)] },
  { kind: 'water', name: '清河', nameEn: 'Qing River', spot: [500, riverAt(500)] },
]
