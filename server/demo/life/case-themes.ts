import type { CASE_REPORTERS } from '../../../shared/domain/cases.ts'
import type { DemoCommunity } from '../community.ts'
import { STREETS_X, STREETS_Y } from '../plan.ts'
import { alongWay, lengthOf, type Spot } from '../plane.ts'

/** Uniform in `[0, 1)` for a small number; the same number gives the same draw. */
export type Draw = (number: number) => number

/** What cases are about, how often, when and where. */
export interface CaseTheme {
  readonly code: string
  /** Cases a day on average, before {@link trend}. */
  readonly perDay: number
  /** Beijing hours in which they happen; over midnight when the end is beyond 24. */
  readonly hours: readonly (readonly [from: number, to: number])[]
  readonly workdaysOnly: boolean
  readonly severity: 2 | 3 | 4
  readonly reporters: readonly (typeof CASE_REPORTERS)[number][]
  readonly placeOf: (community: DemoCommunity, draw: Draw) => Spot
  /** Factor on `perDay`, by weeks before (negative) or after the demo's first day. */
  readonly trend: (week: number) => number
}

const steady = (): number => 1
/** Nearly normal, from twelve draws, within ±`spread` times six. */
function bell(draw: Draw, from: number, spread: number): number {
  let sum = -6
  for (let index = 0; index < 12; index += 1) sum += draw(from + index)
  return sum * spread
}
const near =
  (x: number, y: number, spread: number) =>
  (_: DemoCommunity, draw: Draw): Spot => [x + bell(draw, 0, spread), y + bell(draw, 20, spread)]
const chosen = <T>(list: readonly T[], drawn: number): T => {
  const item = list[Math.floor(drawn * list.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

/** In a building of one of these compounds, or beside it. */
const atBuilding = (compounds: string, beside: number) => {
  const cache = new WeakMap<DemoCommunity, readonly Spot[]>()
  return (community: DemoCommunity, draw: Draw): Spot => {
    let spots = cache.get(community)
    if (spots === undefined) {
      spots = community.buildings.filter(({ compoundId }) => compounds.includes(compoundId.slice(-1))).map(({ spot }) => spot)
      cache.set(community, spots)
    }
    const [x, y] = chosen(spots, draw(0))
    return [x + (draw(1) - 0.5) * 20, y + (draw(2) < 0.5 ? -beside : beside)]
  }
}
const alongStreets = (_: DemoCommunity, draw: Draw): Spot => {
  const isAcross = draw(0) < 0.5
  const side = draw(2) < 0.5 ? -11 : 11
  if (isAcross) return [-630 + draw(1) * 1260, chosen(STREETS_Y, draw(3)) + side]
  return [chosen(STREETS_X, draw(3)) + side, -390 + draw(1) * 780]
}
const onWay = (community: DemoCommunity, draw: Draw): Spot => {
  const { way } = chosen(community.grids, draw(0))
  return alongWay(way, draw(1) * lengthOf(way)).spot
}
const atStation = (community: DemoCommunity, draw: Draw): Spot => {
  const [x, y] = chosen(community.stations, draw(0)).spot
  return [x + (draw(1) - 0.5) * 8, y + (draw(2) - 0.5) * 8]
}

const theme = (
  code: string,
  perDay: number,
  hours: CaseTheme['hours'],
  placeOf: CaseTheme['placeOf'],
  more: Partial<CaseTheme> = {},
): CaseTheme => ({
  code,
  perDay,
  hours,
  placeOf,
  workdaysOnly: false,
  severity: 3,
  reporters: ['worker', 'worker', 'resident', 'duty'],
  trend: steady,
  ...more,
})

const DAYTIME = [[8, 19]] as const
const AT_HOME = [
  [7, 9],
  [17, 23],
] as const

/**
 * What happens in the demo. Five of these are stories that the hotspot screen must find: vendors at the market (always), fire
 * lanes in D (growing), flying wires in C (stopped when charging ports came), bicycles at the school (new), vegetables in A.
 */
export const CASE_THEMES: readonly CaseTheme[] = [
  theme(
    'EN05',
    3.6,
    [
      [6, 10],
      [16, 19],
    ],
    near(-28, -130, 60),
    { reporters: ['worker', 'merchant', 'duty'] },
  ),
  theme('PS01', 1, [[18, 32]], atBuilding('d', 22), {
    severity: 2,
    trend: (week) => Math.min(2.6, Math.max(0.25, 2.2 + week / 13)),
    reporters: ['device', 'resident', 'worker'],
  }),
  theme('PS02', 1.8, AT_HOME, atBuilding('c', 9), {
    trend: (week) => (week < -14 ? 1.2 : 0.2),
    reporters: ['worker', 'resident'],
  }),
  theme('EN03', 0.5, DAYTIME, near(-470, 205, 32), { severity: 4, trend: (week) => 1 + 0.8 * Math.sin((week / 26) * Math.PI) }),
  theme(
    'TR02',
    2,
    [
      [7, 8.7],
      [16, 17.6],
    ],
    near(262, 288, 34),
    { severity: 4, workdaysOnly: true, trend: (week) => (week > -4 ? 1.3 : 0.08), reporters: ['resident', 'worker'] },
  ),
  theme('TR01', 2.2, [[7, 22]], alongStreets, { reporters: ['duty', 'worker', 'resident', 'device'] }),
  theme('EN01', 1.8, DAYTIME, onWay),
  theme('EN02', 1.5, [[7, 21]], onWay, { severity: 4 }),
  theme('EN04', 1.3, DAYTIME, atBuilding('abc', 2), { reporters: ['worker', 'resident'] }),
  theme('EN06', 0.9, DAYTIME, alongStreets, { severity: 4 }),
  theme('FC01', 0.3, [[6, 22]], alongStreets, { severity: 2 }),
  theme('FC02', 0.6, [[18, 24]], onWay),
  theme('FC03', 0.4, DAYTIME, alongStreets),
  theme('FC04', 0.5, DAYTIME, atBuilding('abc', 8)),
  theme('FC05', 0.9, AT_HOME, atBuilding('abcd', 2), { reporters: ['resident'] }),
  theme('FC06', 0.3, DAYTIME, near(400, 160, 40), { severity: 4 }),
  theme('DP01', 0.9, AT_HOME, atBuilding('abcd', 2), { reporters: ['resident', 'worker'] }),
  theme('DP02', 1.2, [[19, 24.5]], near(40, -250, 30), { severity: 4, reporters: ['resident'] }),
  theme('PS03', 1.1, AT_HOME, atBuilding('bd', 2), { severity: 2, reporters: ['device', 'device', 'resident'] }),
  theme('PS04', 0.12, AT_HOME, atBuilding('d', 12), { severity: 2, reporters: ['resident'] }),
  theme('ST02', 0.4, DAYTIME, atStation, { severity: 4, reporters: ['worker', 'duty'] }),
  theme('ST04', 0.4, DAYTIME, atStation, { severity: 4, reporters: ['worker', 'resident'] }),
]

/** Cases of a theme in an hour of life time: `hour` of the Beijing day, `weekday` 0 for Sunday, weeks since the demo's first day. */
export function hourlyRateOf(of: CaseTheme, hour: number, weekday: number, week: number): number {
  if (of.workdaysOnly && (weekday === 0 || weekday === 6)) return 0
  const isIn = of.hours.some(([from, to]) => (hour >= from && hour < to) || hour + 24 < to)
  if (!isIn) return 0
  const length = of.hours.reduce((sum, [from, to]) => sum + to - from, 0)
  return (of.perDay * of.trend(week) * (of.workdaysOnly ? 7 / 5 : 1)) / length
}
