import { describe, expect, test } from 'vitest'

import { analyse, type Analysis } from '../../../shared/hotspot/analysis.ts'
import { EMERGING_CATEGORIES } from '../../../shared/hotspot/category.ts'
import { readOutline } from '../../../shared/hotspot/outline.ts'
import { centreOf, hotPatches } from '../../../shared/hotspot/places.ts'
import { createCommunity, DEMO_SEED } from '../community.ts'
import { positionOf } from '../plane.ts'
import { createCaseLife } from './case-life.ts'
import { DAY_MS } from './life-clock.ts'

const community = createCommunity(DEMO_SEED)
const NOW = Date.parse('2026-11-26T06:00:00Z')
const TO = Date.parse('2026-11-26T16:00:00Z')
const cases = createCaseLife(community, NOW).reportedIn(NOW - 365 * DAY_MS, NOW)
const outline = readOutline(community.site.layers.boundary)

/** What a review of a category sees at the screen's first settings. */
function review(code: string | null, days: number): Analysis {
  const own = cases.filter(({ theme }) => code === null || theme.code === code)
  if (outline === null) throw new Error('the demo has a boundary')
  const answer = analyse(
    {
      lng: Float64Array.from(own, ({ position }) => position[0]),
      lat: Float64Array.from(own, ({ position }) => position[1]),
      timeMs: Float64Array.from(own, ({ steps }) => steps[0]?.atLifeMs ?? 0),
    },
    {
      outline,
      cellMeters: 60,
      ring: 1,
      mode: 'exact',
      fromMs: TO - days * DAY_MS,
      toMs: TO,
      coveredFromMs: NOW - 365 * DAY_MS,
      bases: null,
    },
  )
  if (answer.code !== 'ok') throw new Error(answer.code)
  return answer.analysis
}

/** The strongest place of a review: how far it lies from a spot of the plan, and its weeks. */
function strongest(analysis: Analysis, spot: readonly [number, number]) {
  const [place] = hotPatches(analysis)
  if (place === undefined) throw new Error('no place stands out')
  const [lng, lat] = centreOf(analysis, place.peak)
  const [wantedLng, wantedLat] = positionOf(spot)
  const steps = analysis.weeks
  return {
    level: place.level,
    meters: Math.hypot((lng - wantedLng) * 92_771, (lat - wantedLat) * 110_918),
    hotWeeks: analysis.hotWeeks[place.peak] ?? 0,
    category: EMERGING_CATEGORIES[analysis.categories[place.peak] ?? -1],
    states: analysis.states.subarray(place.peak * steps, (place.peak + 1) * steps),
  }
}

describe('the stories of the demo', () => {
  test('the screen’s first view of all categories shows places above chance', () => {
    expect(hotPatches(review(null, 30)).filter(({ level }) => level >= 2).length).toBeGreaterThan(0)
  })

  test('vendors around the market stand out in most weeks', () => {
    const found = strongest(review('EN05', 30), [-28, -130])
    expect(found).toMatchObject({ level: 3 })
    expect(found.meters).toBeLessThan(120)
    expect(found.hotWeeks).toBeGreaterThan(26)
  })

  test('bicycles at the school are new: hot in the last weeks only', () => {
    const found = strongest(review('TR02', 30), [262, 288])
    expect(found).toMatchObject({ level: 3, category: 'consecutive_hot' })
    expect(found.meters).toBeLessThan(120)
    expect(found.states.at(-1)).toBe(1)
  })

  test('fire lanes in D grow: hot in late weeks, not in early ones', () => {
    const found = strongest(review('PS01', 90), [427, -220])
    expect(found.level).toBe(3)
    expect(found.meters).toBeLessThan(260)
    const hotIn = (states: Int8Array): number => states.filter((state) => state > 0).length
    expect(hotIn(found.states.subarray(26))).toBeGreaterThan(hotIn(found.states.subarray(0, 26)))
  })

  test('flying wires in C stopped when the charging ports came', () => {
    const found = strongest(review('PS02', 365), [-427, -220])
    expect(found.level).toBe(3)
    expect(found.meters).toBeLessThan(260)
    expect(found.hotWeeks).toBeGreaterThan(10)
    expect(found.states.subarray(-8).some((state) => state > 0)).toBe(false)
  })

  test('vegetables grow in A', () => {
    const found = strongest(review('EN03', 365), [-470, 205])
    expect(found.level).toBe(3)
    expect(found.meters).toBeLessThan(120)
  })
})
