import { describe, expect, it } from 'vitest'
import { analyse, type Analysis, type AnalysisQuestion, type CaseArrays } from './analysis.ts'
import { EMERGING_CATEGORIES } from './category.ts'
import { guardedClass, shownCount } from './guards.ts'
import { localProjection, toLngLat } from './projection.ts'

const WEEK_MS = 7 * 24 * 3600 * 1000
const toMs = Date.UTC(2026, 10, 23)
const projection = localProjection([114.65, 33.62])
const corner = (x: number, y: number): [number, number] => toLngLat(projection, x, y)

const question: AnalysisQuestion = {
  outline: {
    type: 'Polygon',
    coordinates: [[corner(-900, -900), corner(900, -900), corner(900, 900), corner(-900, 900), corner(-900, -900)]],
  },
  cellMeters: 60,
  ring: 1,
  mode: 'exact',
  fromMs: toMs - 4 * WEEK_MS,
  toMs,
  coveredFromMs: toMs - 60 * WEEK_MS,
  bases: null,
}

/** Places some 100 m about the middle, so that seven cells have more. */
const PLANTED: [number, number][] = [
  [0, 0],
  [104, 0],
  [-104, 0],
  [52, 90],
  [-52, 90],
  [52, -90],
  [-52, -90],
]

/** One case a week at each of a lattice of places, and five more a week at each planted place in the last `since` weeks. */
function cases(weeks: number, since: number): CaseArrays {
  const rows: [number, number, number][] = []
  for (let week = 0; week < weeks; week++) {
    const time = toMs - (week + 0.5) * WEEK_MS
    for (let x = -850; x <= 850; x += 170) for (let y = -850; y <= 850; y += 170) rows.push([x, y, time])
    if (week < since) for (const [x, y] of PLANTED) for (let i = 0; i < 5; i++) rows.push([x + i, y, time + i])
  }
  const places = rows.map(([x, y]) => toLngLat(projection, x, y))
  return {
    lng: Float64Array.from(places, ([lng]) => lng),
    lat: Float64Array.from(places, ([, lat]) => lat),
    timeMs: Float64Array.from(rows, ([, , time]) => time),
  }
}

function answerOf(given: CaseArrays, changed: Partial<AnalysisQuestion> = {}): Analysis {
  const answer = analyse(given, { ...question, ...changed })
  if (answer.code !== 'ok') throw new Error(answer.code)
  return answer.analysis
}

const middleOf = (found: Analysis): number => found.area.index(0, 0)

describe('analysis', () => {
  it('finds a planted place, counts it, and leaves the rest of the map without a class', () => {
    const found = answerOf(cases(52, 52))
    const middle = middleOf(found)
    expect(found.counts[middle]).toBeGreaterThanOrEqual(20)
    expect(found.significance.classes[middle]).toBe(3)
    expect(found.usedMode).toBe('exact')
    const hot = found.significance.classes.filter((level) => level > 0).length
    expect(hot).toBeGreaterThanOrEqual(7)
    expect(hot).toBeLessThanOrEqual(19)
    expect(EMERGING_CATEGORIES[found.categories[middle] ?? -1]).toBe('persistent_hot')
    expect(found.hotWeeks[middle]).toBe(52)
  })

  it('counts every case of the period once: in a cell or outside', () => {
    const given = cases(52, 3)
    const found = answerOf(given)
    const inPeriod = given.timeMs.filter((time) => time >= question.fromMs && time < toMs).length
    expect(found.casesInPeriod + found.casesOutside).toBe(inPeriod)
    expect(found.counts.reduce((a, b) => a + b, 0)).toBe(found.casesInPeriod)
    const previous = found.previousCounts.reduce((a, b) => a + b, 0)
    expect(previous).toBe(given.timeMs.filter((time) => time >= question.fromMs - 4 * WEEK_MS && time < question.fromMs).length)
  })

  it('calls a place consecutive that has been hot for the last three weeks', () => {
    const found = answerOf(cases(52, 3))
    expect(EMERGING_CATEGORIES[found.categories[middleOf(found)] ?? -1]).toBe('consecutive_hot')
  })

  it('takes no weeks before the data begins, and names no category below eight weeks', () => {
    const found = answerOf(cases(20, 20), { coveredFromMs: toMs - 20 * WEEK_MS })
    expect(found.weeks).toBe(20)
    expect(found.previousCovered).toBe(true)
    expect(found.yearAgoCovered).toBe(false)
    const short = answerOf(cases(5, 5), { coveredFromMs: toMs - 5 * WEEK_MS })
    expect(short.cube).toBeNull()
    expect(new Set(short.categories)).toEqual(new Set([-1]))
    expect(short.previousCovered).toBe(false)
  })

  it('by rate, does not call a place hot that has more cases because more households live there', () => {
    const given = cases(52, 52)
    const households: [number, number, number][] = []
    for (let x = -850; x <= 850; x += 50)
      for (let y = -850; y <= 850; y += 50) households.push([x, y, Math.hypot(x, y) < 170 ? 3000 : 20])
    const places = households.map(([x, y]) => toLngLat(projection, x, y))
    const bases = {
      lng: Float64Array.from(places, ([lng]) => lng),
      lat: Float64Array.from(places, ([, lat]) => lat),
      value: Float64Array.from(households, ([, , value]) => value),
    }
    const found = answerOf(given, { bases })
    expect(found.usedMode).toBe('z')
    expect(found.rates?.overall).toBeGreaterThan(0)
    expect(found.significance.classes[middleOf(found)]).toBeLessThanOrEqual(0)
  })

  it('by the exact p does not take a single full cell of a small area for a cluster', () => {
    // That cell is in 7 of some 430 neighbourhoods, so drawing it is no rare event.
    const given = cases(4, 0)
    const more = Float64Array.from({ length: 50 }, () => toMs - WEEK_MS)
    const found = answerOf({
      lng: Float64Array.from([...given.lng, ...more.map(() => 114.65)]),
      lat: Float64Array.from([...given.lat, ...more.map(() => 33.62)]),
      timeMs: Float64Array.from([...given.timeMs, ...more]),
    })
    expect(found.significance.p[middleOf(found)]).toBeGreaterThan(0.02)
    expect(found.significance.classes[middleOf(found)]).toBe(0)
  })

  it('is the same whatever the order of the cases', () => {
    const given = cases(30, 7)
    const turned = { lng: given.lng.toReversed(), lat: given.lat.toReversed(), timeMs: given.timeMs.toReversed() }
    expect(answerOf(turned)).toEqual({ ...answerOf(given), area: expect.anything() })
  })

  it('without a single case is defined and has no class', () => {
    const none = { lng: new Float64Array(), lat: new Float64Array(), timeMs: new Float64Array() }
    for (const mode of ['exact', 'z'] as const) {
      const found = answerOf(none, { mode })
      expect(found.significance.classes.every((level) => level === 0)).toBe(true)
      expect(found.significance.p.every(Number.isNaN)).toBe(true)
    }
  })

  it('refuses more than five years and an empty period', () => {
    const none = { lng: new Float64Array(), lat: new Float64Array(), timeMs: new Float64Array() }
    expect(analyse(none, { ...question, fromMs: Date.UTC(2021, 10, 23) }).code).toBe('ok')
    expect(analyse(none, { ...question, fromMs: Date.UTC(2021, 10, 20) })).toMatchObject({
      code: 'period_too_long',
      limitYears: 5,
    })
    expect(analyse(none, { ...question, fromMs: toMs }).code).toBe('empty_period')
  })

  it('can be stopped between stages', () => {
    const stop = new Error('stopped')
    expect(() =>
      analyse(cases(4, 1), question, (share) => {
        if (share > 0.3) throw stop
      }),
    ).toThrow(stop)
  })
})

describe('guards', () => {
  it('give no class below five cases in the neighbourhood', () => {
    expect(guardedClass(3, 4)).toEqual({ shownClass: 0, tooLittleData: true })
    expect(guardedClass(3, 5)).toEqual({ shownClass: 3, tooLittleData: false })
  })

  it('hide one to four cases from those outside the office', () => {
    expect([0, 1, 4, 5].map((count) => shownCount(count, false))).toEqual([0, null, null, 5])
    expect(shownCount(1, true)).toBe(1)
  })
})
