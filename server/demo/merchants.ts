import type { Position } from '../../shared/domain/field.ts'
import type { Footprint } from './buildings.ts'
import { createDraws } from './noise.ts'
import { STREETS_X } from './plan.ts'
import { positionOf, type Spot } from './plane.ts'
import { SHOP_WORDS, TRADES, type Trade } from './trades.ts'

export interface DemoMerchant {
  readonly id: string
  readonly name: string
  readonly trade: Trade
  readonly spot: Spot
  readonly position: Position
  readonly pointsPartner: boolean
}

const MERCHANTS = 1000
/** Of the points scheme 积分兑换, as reported. */
const POINTS_PARTNERS = 36
/** Stalls of the market hall. */
const MARKET_STALLS = 180
const FOOD = new Set(['F5223', 'F5224', 'F5221'])

/** A thousand merchants: stalls in the market, shop fronts, and doors along the streets. */
export function planMerchants(seed: number, footprints: readonly Footprint[]): readonly DemoMerchant[] {
  const draws = createDraws(seed, 2)
  const trades = TRADES.flatMap((trade) => Array.from({ length: trade.share }, () => trade))
  const food = trades.filter(({ category }) => FOOD.has(category))
  const others = [...food.slice(MARKET_STALLS), ...trades.filter(({ category }) => !FOOD.has(category))]
  const stalls = planStalls()
  const doors = planDoors(footprints)
  const names = new Set<string>()
  const nameOf = (trade: Trade, place: string): string => {
    for (let attempt = 0; ; attempt += 1) {
      const name = `${draws.pick(SHOP_WORDS)}${trade.word}${attempt < 6 ? '' : `(${place}${attempt - 5}店)`}`
      if (names.has(name)) continue
      names.add(name)
      return name
    }
  }
  return Array.from({ length: MERCHANTS }, (_, index): DemoMerchant => {
    const inMarket = index < MARKET_STALLS
    const trade = inMarket ? draws.pick(food) : draws.pick(others)
    const spot = (inMarket ? stalls[index] : doorAt(doors, index - MARKET_STALLS)) ?? [0, 0]
    const name = inMarket ? `农贸市场${index + 1}号${trade.word.replace('店', '')}` : nameOf(trade, '富民')
    const pointsPartner =
      index >= MARKET_STALLS && (index - MARKET_STALLS) % Math.floor((MERCHANTS - MARKET_STALLS) / POINTS_PARTNERS) === 0
    return {
      id: `m-${String(index + 1).padStart(4, '0')}`,
      name,
      trade,
      spot,
      position: positionOf(spot),
      pointsPartner: pointsPartner && index < MERCHANTS - 28,
    }
  })
}

/** The doors in order, then again an upper floor's beside each. */
function doorAt(doors: readonly Spot[], index: number): Spot | undefined {
  const door = doors[index % doors.length]
  const floor = Math.floor(index / doors.length)
  return door === undefined ? undefined : [door[0] + 3 * floor, door[1] + 3 * floor]
}

/** Twelve aisles of fifteen in the hall of 120 by 70 m. */
function planStalls(): Spot[] {
  return Array.from({ length: MARKET_STALLS }, (_, index): Spot => [
    -149 + (index % 15) * 7.7,
    -159 + Math.floor(index / 15) * 5.3,
  ])
}

/** Three doors a shop front, then doors every 12 m on both sides of the streets, away from crossings. */
function planDoors(footprints: readonly Footprint[]): Spot[] {
  const fronts = footprints
    .filter(({ kind }) => kind === 'shop')
    .flatMap(({ corners, middle: [x, y] }): Spot[] => {
      const [first, second, third] = corners
      const isWide =
        first !== undefined && second !== undefined && third !== undefined && second[0] - first[0] > third[1] - second[1]
      return [-9, 0, 9].map((along): Spot => (isWide ? [x + along, y] : [x, y + along]))
    })
  const sides: Spot[] = []
  for (const x of STREETS_X) {
    for (let y = -380; y <= 380; y += 10.5) {
      if (Math.abs(y + 10) < 40) continue
      const inside = x < 0 ? 1 : -1
      sides.push([x + 15 * inside, y])
      if (Math.abs(x) < 600) sides.push([x - 15 * inside, y + 5])
    }
  }
  for (let x = -620; x <= 620; x += 10.5) {
    if (STREETS_X.some((street) => Math.abs(x - street) < 22)) continue
    sides.push([x, -386], [x, 386])
  }
  return [...fronts, ...sides]
}
