import type { CAMERA_OWNER_KINDS } from '../../shared/domain/cameras.ts'
import type { Position } from '../../shared/domain/field.ts'
import { SITE_FORMAT } from '../../shared/site/site.ts'
import type { Site } from '../site/site-folder.ts'
import { planFootprints, type Footprint } from './buildings.ts'
import { DEFAULT_CATEGORIES } from '../site/default-categories.ts'
import { createDraws } from './noise.ts'
import { BLOCKS, LABELS, planGrids, planLand, planStreets, STREETS_X, STREETS_Y, type Grid } from './plan.ts'
import { bearingOf, DEMO_ORIGIN, positionOf, rectangle, ringOf, type Spot } from './plane.ts'
import { planMerchants, type DemoMerchant } from './merchants.ts'

/** The seed of the demo that ships: with it everything is the same on every machine. */
export const DEMO_SEED = 20261123

const RESIDENTS = 12_000

export interface DemoBuilding {
  readonly id: string
  readonly compoundId: string
  readonly gridId: string
  readonly name: string
  readonly spot: Spot
  readonly position: Position
  readonly floors: number
  readonly households: number
}

export interface DemoResident {
  readonly id: string
  readonly buildingId: string
}

export interface DemoStation {
  readonly id: string
  readonly name: string
  readonly spot: Spot
  readonly position: Position
  readonly hours: string
  readonly seatsTotal: number
  readonly portsTotal: number
}

/** A camera of the demo without its address, which is known when the demo's RTSP camera listens. */
export interface DemoCamera {
  readonly id: string
  readonly name: string
  readonly position: Position
  readonly bearingDeg: number
  readonly fieldOfViewDeg: number
  readonly rangeMeters: number
  readonly ownerKind: (typeof CAMERA_OWNER_KINDS)[number]
}

/** The invented community: its site folder and everything that has a record. No person in it exists, and none has a name. */
export interface DemoCommunity {
  readonly seed: number
  readonly site: Site
  readonly grids: readonly Grid[]
  readonly buildings: readonly DemoBuilding[]
  readonly residents: readonly DemoResident[]
  readonly merchants: readonly DemoMerchant[]
  readonly stations: readonly DemoStation[]
  readonly cameras: readonly DemoCamera[]
  /** One a grid, in the grids' order. */
  readonly workerIds: readonly string[]
}

/** The same community, to the last byte, for the same seed. */
export function createCommunity(seed: number): DemoCommunity {
  const grids = planGrids()
  const footprints = planFootprints(seed)
  const buildings = footprints.flatMap((footprint) => buildingOf(footprint, grids))
  return {
    seed,
    site: siteOf(grids, footprints),
    grids,
    buildings,
    residents: residentsOf(seed, buildings),
    merchants: planMerchants(seed, footprints),
    stations: stationsOf(seed),
    cameras: CAMERAS.map(cameraOf),
    workerIds: grids.map(({ number }) => `worker-${String(number).padStart(3, '0')}`),
  }
}

/** The grid that holds a spot; null outside the community. */
export function gridAt(grids: readonly Grid[], [x, y]: Spot): Grid | null {
  const holds = ({ corners }: Grid): boolean => {
    const [low, , high] = corners
    return low !== undefined && high !== undefined && x >= low[0] && x < high[0] && y >= low[1] && y < high[1]
  }
  return grids.find(holds) ?? null
}

function buildingOf({ building, name, middle, floors }: Footprint, grids: readonly Grid[]): DemoBuilding[] {
  if (building === null || name === null) return []
  const gridId = gridAt(grids, middle)?.id
  if (gridId === undefined) throw new Error(`${building.id} stands in no grid`)
  return [{ ...building, gridId, name: name[0], spot: middle, position: positionOf(middle), floors }]
}

/** Ids that tell nothing, neither the house nor an order. */
function residentsOf(seed: number, buildings: readonly DemoBuilding[]): DemoResident[] {
  const draws = createDraws(seed, 3)
  const households = buildings.reduce((sum, building) => sum + building.households, 0)
  const letters = '23456789abcdefghjkmnpqrstuvwxyz'
  const taken = new Set<string>()
  const newId = (): string => {
    for (;;) {
      const id = `r-${Array.from({ length: 8 }, () => letters[draws.whole(0, letters.length - 1)]).join('')}`
      if (taken.has(id)) continue
      taken.add(id)
      return id
    }
  }
  let before = 0
  return buildings.flatMap(({ id: buildingId, households: own }) => {
    const from = Math.round((before / households) * RESIDENTS)
    before += own
    const to = Math.round((before / households) * RESIDENTS)
    return Array.from({ length: to - from }, () => ({ id: newId(), buildingId }))
  })
}

const STATION_SPOTS: readonly Spot[] = [
  [-600, 385],
  [-428, 388],
  [-300, 205],
  [-520, 128],
  [-230, 380],
  [-200, 215],
  [0, 388],
  [100, 128],
  [196, 300],
  [235, 385],
  [330, 285],
  [600, 380],
  [470, 60],
  [250, 130],
  [-600, -30],
  [-428, -66],
  [-330, -200],
  [-540, -290],
  [-428, -386],
  [-195, -250],
  [40, -238],
  [60, -386],
  [196, -110],
  [300, -60],
  [430, -165],
  [600, -385],
]
const STATION_HOURS = [
  '08:00-20:00',
  '07:00-21:00',
  '00:00-24:00',
  '08:00-20:00',
  '08:00-12:00,14:00-20:00',
  '06:30-22:00',
] as const

function stationsOf(seed: number): DemoStation[] {
  const draws = createDraws(seed, 4)
  return STATION_SPOTS.map((spot, index) => ({
    id: `st-${String(index + 1).padStart(2, '0')}`,
    name: `${index + 1}号暖心驿站`,
    spot,
    position: positionOf(spot),
    hours: STATION_HOURS[index % STATION_HOURS.length] ?? STATION_HOURS[0],
    seatsTotal: draws.whole(8, 20),
    portsTotal: draws.whole(6, 12),
  }))
}

type CameraPlan = readonly [
  name: string,
  spot: Spot,
  planDeg: number,
  fieldOfViewDeg: number,
  rangeMeters: number,
  ownerKind: DemoCamera['ownerKind'],
]
const CAMERAS: readonly CameraPlan[] = [
  ['富民中街 西口', [-626, -24], 90, 52, 150, 'street'],
  ['中街与富民一路口', [-229, 4], 315, 60, 130, 'street'],
  ['中街与富民二路口', [229, -24], 90, 52, 150, 'street'],
  ['富民中街 东口', [626, 4], 270, 52, 150, 'street'],
  ['农贸市场 东门', [-30, -128], 90, 70, 80, 'merchant'],
  ['中心广场', [20, -192], 180, 80, 110, 'street'],
  ['B区 南门', [4, 40], 0, 64, 100, 'compound'],
  ['D区 西门', [234, -272], 90, 64, 100, 'compound'],
]

/** 20 digits as in GB/T 28181: centre 8, industry 2, type 132 (network camera), network 1, number 6. */
function cameraOf([name, spot, planDeg, fieldOfViewDeg, rangeMeters, ownerKind]: CameraPlan, index: number): DemoCamera {
  const id = `41160200001320${String(index + 1).padStart(6, '0')}`
  return { id, name, position: positionOf(spot), bearingDeg: bearingOf(planDeg), fieldOfViewDeg, rangeMeters, ownerKind }
}

const polygonOf = (corners: readonly Spot[]) => ({ type: 'Polygon' as const, coordinates: [ringOf(corners)] })
const feature = <P, G>(properties: P, geometry: G) => ({ type: 'Feature' as const, properties, geometry })
const collection = <F>(features: F[]) => ({ type: 'FeatureCollection' as const, features })

function siteOf(grids: readonly Grid[], footprints: readonly Footprint[]): Site {
  const [west, east] = [STREETS_X[0] - 8, STREETS_X[3] + 8]
  const [south, north] = [STREETS_Y[0] - 8, STREETS_Y[2] + 8]
  const outline = rectangle((west + east) / 2, (south + north) / 2, east - west, north - south)
  const compounds = BLOCKS.filter(({ id }) => 'ABCD'.includes(id))
  return {
    manifest: {
      format: SITE_FORMAT,
      name: { zh: '富民社区', en: 'Fumin Community' },
      origin: [DEMO_ORIGIN[0], DEMO_ORIGIN[1]],
      demo: true,
      timeZone: 'Asia/Shanghai',
    },
    layers: {
      boundary: collection([feature({ name: '富民社区', nameEn: 'Fumin Community' }, polygonOf(outline))]),
      grids: collection(
        grids.map(({ id, number, corners }) =>
          feature({ id, name: `${number}号网格`, nameEn: `Grid ${number}` }, polygonOf(corners)),
        ),
      ),
      compounds: collection(
        compounds.map(({ id, west: w, east: e, rows }) => {
          const [low, high] = [rows[0] ?? 0, rows.at(-1) ?? 0]
          const ground = rectangle((w + e) / 2, (low + high) / 2, e - w - 38, high - low - 38)
          const properties = { id: `fumin-${id.toLowerCase()}`, name: `富民小区${id}区`, nameEn: `Fumin ${id}` }
          return feature(properties, polygonOf(ground))
        }),
      ),
      footprints: collection(
        footprints.map(({ kind, building, name, heightMeters, floors, corners }) => {
          const names = { name: name?.[0] ?? null, nameEn: name?.[1] ?? null }
          return feature({ kind, buildingId: building?.id ?? null, ...names, heightMeters, floors }, polygonOf(corners))
        }),
      ),
      roads: collection(
        planStreets().map(({ kind, name, spots }) => {
          const geometry = { type: 'LineString' as const, coordinates: spots.map(positionOf) }
          return feature({ kind, name: name?.[0] ?? null, nameEn: name?.[1] ?? null }, geometry)
        }),
      ),
      land: collection(planLand().map(({ kind, corners }) => feature({ kind }, polygonOf(corners)))),
      labels: collection(
        LABELS.map(({ kind, name, nameEn, spot }) =>
          feature({ kind, name, nameEn }, { type: 'Point' as const, coordinates: positionOf(spot) }),
        ),
      ),
    },
    categories: DEFAULT_CATEGORIES,
  }
}
