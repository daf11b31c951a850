import { createDraws } from './noise.ts'
import { BLOCKS, riverAt, SLAB_ROWS, slabArea, STREETS_X } from './plan.ts'
import { rectangle, type Spot } from './plane.ts'

/** Something built, in the plan's metres. `building` is set for residential ones. */
export interface Footprint {
  readonly kind: 'residential' | 'public' | 'shop' | 'surroundings'
  readonly name: readonly [zh: string, en: string] | null
  readonly corners: readonly Spot[]
  readonly middle: Spot
  readonly floors: number
  readonly heightMeters: number
  readonly building: { readonly id: string; readonly compoundId: string; readonly households: number } | null
}

/** Of a Chinese residential floor, slab to slab. */
const FLOOR_METERS = 2.9
const SEED_STREAM = 1

/** Floors, and households a floor, of each compound with slabs; A and C are walk-ups, B has lifts. */
const SLABS = [
  { block: 'A', columns: 6, floors: [6, 7], householdsAFloor: 4 },
  { block: 'B', columns: 6, floors: [9, 13], householdsAFloor: 4 },
  { block: 'C', columns: 6, floors: [5, 6], householdsAFloor: 4 },
] as const

/** Everything built in the community and around it, the same for the same seed. */
export function planFootprints(seed: number): readonly Footprint[] {
  const draws = createDraws(seed, SEED_STREAM)
  return [
    ...SLABS.flatMap((slabs) => slabBlock(slabs, draws)),
    ...towers(),
    ...publicBuildings(),
    ...shops(draws),
    ...surroundings(draws),
  ]
}

type Draws = ReturnType<typeof createDraws>

function residential(
  zone: string,
  number: number,
  corners: readonly Spot[],
  middle: Spot,
  floors: number,
  households: number,
): Footprint {
  return {
    kind: 'residential',
    name: [`${zone}区${number}号楼`, `${zone}-${number}`],
    corners,
    middle,
    floors,
    heightMeters: Math.round(floors * FLOOR_METERS * 10) / 10,
    building: {
      id: `b-${zone.toLowerCase()}${String(number).padStart(2, '0')}`,
      compoundId: `fumin-${zone.toLowerCase()}`,
      households,
    },
  }
}

function slabBlock(slabs: (typeof SLABS)[number], draws: Draws): Footprint[] {
  const block = BLOCKS.find(({ id }) => id === slabs.block)
  if (block === undefined) return []
  const { south, north, west, east } = slabArea(block)
  const [pitchX, pitchY] = [(east - west) / slabs.columns, (north - south) / SLAB_ROWS]
  const built: Footprint[] = []
  // Numbered from the north-west, as plates on houses are.
  for (let row = SLAB_ROWS - 1; row >= 0; row -= 1) {
    for (let column = 0; column < slabs.columns; column += 1) {
      const x = west + (column + 0.5) * pitchX
      const y = south + (row + 0.5) * pitchY
      const [half, depth, notch] = [pitchX * 0.41, 11 + draws.unit() * 2, pitchX * 0.12]
      const [low, high] = [y - depth / 2, y + depth / 2]
      const stairs = (middle: number): Spot[] => [
        [middle + notch, high],
        [middle + notch, high + 2],
        [middle - notch, high + 2],
        [middle - notch, high],
      ]
      const corners: Spot[] = [
        [x - half, low],
        [x + half, low],
        [x + half, high],
        ...stairs(x + half / 2),
        ...stairs(x - half / 2),
        [x - half, high],
      ]
      const floors = draws.whole(slabs.floors[0], slabs.floors[1])
      built.push(residential(slabs.block, built.length + 1, corners, [x, y], floors, floors * slabs.householdsAFloor))
    }
  }
  return built
}

/** D: fifteen point towers, four households a floor. */
function towers(): Footprint[] {
  const built: Footprint[] = []
  for (let row = 2; row >= 0; row -= 1) {
    for (let column = 0; column < 5; column += 1) {
      const x = 268 + column * 76 + (row % 2 === 1 ? 18 : 0)
      const y = -334 + row * 110
      const outline: Spot[] = [
        [-13, -15],
        [13, -15],
        [13, -5],
        [17, -5],
        [17, 8],
        [9, 8],
        [9, 15],
        [-9, 15],
        [-9, 8],
        [-17, 8],
        [-17, -5],
        [-13, -5],
      ]
      const floors = 22 + ((row + column) % 3) * 2
      const corners = outline.map(([dx, dy]): Spot => [x + dx, y + dy])
      built.push(residential('D', built.length + 1, corners, [x, y], floors, floors * 4))
    }
  }
  return built
}

function plain(
  kind: Footprint['kind'],
  name: Footprint['name'],
  corners: readonly Spot[],
  floors: number,
  heightMeters: number,
): Footprint {
  const count = corners.length
  const middle: Spot = [corners.reduce((sum, [x]) => sum + x, 0) / count, corners.reduce((sum, [, y]) => sum + y, 0) / count]
  return { kind, name, corners, middle, floors, heightMeters: Math.round(heightMeters * 10) / 10, building: null }
}

function publicBuildings(): Footprint[] {
  const school: Spot[] = [
    [262, 298],
    [400, 298],
    [400, 314],
    [278, 314],
    [278, 362],
    [262, 362],
  ]
  const centre: Spot[] = [
    [40, -176],
    [160, -176],
    [160, -90],
    [120, -90],
    [120, -140],
    [40, -140],
  ]
  return [
    plain('public', ['富民实验小学', 'Fumin Primary School'], school, 4, 16),
    plain('public', ['体育馆', 'Sports hall'], rectangle(440, 342, 46, 30), 1, 10),
    plain('public', ['富民农贸市场', 'Fumin farmers’ market'], rectangle(-95, -130, 120, 70), 2, 11),
    plain('public', ['便民商业中心', 'Shopping centre'], centre, 4, 20),
    plain('public', ['社区党群服务中心', 'Community service centre'], rectangle(-110, -330, 74, 36), 4, 17),
    plain('public', ['社区卫生服务站', 'Community clinic'], rectangle(95, -335, 90, 34), 3, 13),
  ]
}

/** Shop fronts on both sides of 富民中街 and along 富民二路. */
function shops(draws: Draws): Footprint[] {
  const built: Footprint[] = []
  const front = (x: number, y: number, width: number, depth: number): void => {
    if (draws.unit() > 0.9) return
    built.push(plain('shop', null, rectangle(x, y, width, depth), 2, 6 + draws.unit() * 2))
  }
  const nearCrossing = (x: number): boolean => STREETS_X.some((street) => Math.abs(x - street) < 34)
  for (let x = -592; x <= 600; x += 34) {
    if (nearCrossing(x)) continue
    front(x, 24, 29, 15)
    front(x, -46, 29, 15)
  }
  for (let y = -360; y <= -96; y += 33) front(190, y, 14, 28)
  return built
}

/** The city around: blocks of plain boxes, none in the river and none that has a record. */
function surroundings(draws: Draws): Footprint[] {
  const built: Footprint[] = []
  for (let blockX = -4; blockX <= 4; blockX += 1) {
    for (let blockY = -4; blockY <= 4; blockY += 1) {
      if (Math.abs(blockX) <= 1 && (blockY === 0 || blockY === -1)) continue
      const [x0, y0] = [blockX * 428 - 190, blockY * 400 + 25]
      const [rows, columns, isLow] = [draws.whole(3, 5), draws.whole(3, 5), draws.unit() < 0.7]
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const [skip, width, depth, height] = [draws.unit(), draws.unit(), draws.unit(), draws.unit()]
          const x = x0 + ((column + 0.5) * 380) / columns
          const y = y0 + ((row + 0.5) * 350) / rows
          if (skip < 0.14 || Math.abs(y - riverAt(x)) < 95) continue
          const size = isLow ? ([(380 / columns) * 0.7, 14 + depth * 6] as const) : ([30 + width * 12, 28 + depth * 14] as const)
          const heightMeters = isLow ? 9 + Math.round(height * 8) * 3 : 45 + height * 55
          built.push(plain('surroundings', null, rectangle(x, y, size[0], size[1]), Math.round(heightMeters / 3), heightMeters))
        }
      }
    }
  }
  return built
}
