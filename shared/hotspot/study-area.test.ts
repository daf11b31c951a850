import { describe, expect, it } from 'vitest'
import { cellCorners, cellIndexOf, centreX, centreY, nearestCell } from './hex-grid.ts'
import { neighbourCount, ringNeighbours } from './neighbours.ts'
import { outlineSchema, readOutline, type Outline } from './outline.ts'
import { localProjection, toLngLat, toMeters } from './projection.ts'
import { cellsOfPlaces, insideOutline, studyAreaOf } from './study-area.ts'

const projection = localProjection([114.65, 33.62])
/** Outline of polygons given in metres about the test's origin. */
function outlineOf(...polygons: [number, number][][][]): Outline {
  return {
    type: 'MultiPolygon',
    coordinates: polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => toLngLat(projection, x, y)))),
  }
}
const square = (half: number, x = 0, y = 0): [number, number][] => [
  [x - half, y - half],
  [x + half, y - half],
  [x + half, y + half],
  [x - half, y + half],
  [x - half, y - half],
]

function areaOf(outline: Outline, cellMeters: number) {
  const laid = studyAreaOf(outline, cellMeters, 200_000)
  if (laid.code !== 'ok') throw new Error(laid.code)
  return laid.area
}

describe('projection', () => {
  it('is true to half a metre in a kilometre against geodesics', () => {
    // Vincenty on WGS-84: from 33.62° N one minute of latitude is 1848.6 m, one of longitude 1546.1 m.
    const [east] = toMeters(projection, [114.65 + 1 / 60, 33.62])
    const [, north] = toMeters(projection, [114.65, 33.62 + 1 / 60])
    expect(Math.abs(north - 1848.6)).toBeLessThan(1)
    expect(Math.abs(east - 1546.1)).toBeLessThan(1)
    const [lng, lat] = toLngLat(projection, east, north)
    expect(lng).toBeCloseTo(114.65 + 1 / 60, 10)
    expect(lat).toBeCloseTo(33.62 + 1 / 60, 10)
  })
})

describe('hexagons', () => {
  const grid = { circumradiusMeters: 60, x0: 7, y0: -3 }

  it('take the points that are nearest to their centre', () => {
    const out = new Int32Array(2)
    for (let i = 0; i < 5000; i++) {
      const x = ((i * 7919) % 2003) - 1000
      const y = ((i * 104_729) % 1999) - 1000
      nearestCell(grid, x, y, out)
      const [q = 0, r = 0] = out
      const own = Math.hypot(x - centreX(grid, q, r), y - centreY(grid, r))
      for (const [dq, dr] of [
        [1, 0],
        [0, 1],
        [-1, 1],
        [-1, 0],
        [0, -1],
        [1, -1],
      ] as const) {
        expect(Math.hypot(x - centreX(grid, q + dq, r + dr), y - centreY(grid, r + dr))).toBeGreaterThanOrEqual(own - 1e-9)
      }
    }
  })

  it('have six corners one side away from the centre', () => {
    for (const [x, y] of cellCorners(grid, 3, -2))
      expect(Math.hypot(x - centreX(grid, 3, -2), y - centreY(grid, -2))).toBeCloseTo(60, 9)
  })

  it('have 7, 19 and 37 cells within 1, 2 and 3 steps, and fewer at a hole', () => {
    const q: number[] = []
    const r: number[] = []
    for (let a = -4; a <= 4; a++)
      for (let b = Math.max(-4, -a - 4); b <= Math.min(4, -a + 4); b++) {
        if (a === 1 && b === 0) continue
        q.push(a)
        r.push(b)
      }
    const cells = { q: Int32Array.from(q), r: Int32Array.from(r) }
    const middle = cellIndexOf(cells)(0, 0)
    const whole = [1, 2, 3].map((ring) => neighbourCount(ringNeighbours(cells, ring), middle))
    expect(whole).toEqual([6, 18, 36])
    const far = cellIndexOf(cells)(-1, -1)
    expect(neighbourCount(ringNeighbours(cells, 1), far)).toBe(7)
  })

  it('are looked up the same far apart, where a table would be too large', () => {
    const cells = { q: Int32Array.of(0, 1, 40_000_000), r: Int32Array.of(0, 0, 7) }
    const index = cellIndexOf(cells)
    expect([index(1, 0), index(40_000_000, 7), index(2, 0), index(5, 7)]).toEqual([1, 2, -1, -1])
  })
})

describe('study area', () => {
  it('holds every point of the outline, and empty cells too', () => {
    const outline = outlineOf([square(500), square(120)], [square(80.5, 900, 900)])
    const area = areaOf(outline, 60)
    const lng: number[] = []
    const lat: number[] = []
    const inside: boolean[] = []
    for (let x = -1000; x <= 1000; x += 13) {
      for (let y = -1000; y <= 1000; y += 17) {
        const place = toLngLat(projection, x, y)
        lng.push(place[0])
        lat.push(place[1])
        const within = (half: number, cx = 0, cy = 0): boolean => Math.abs(x - cx) < half && Math.abs(y - cy) < half
        inside.push((within(500) && !within(120)) || within(80.5, 900, 900))
      }
    }
    for (const [i, cell] of cellsOfPlaces(area, lng, lat).entries()) expect(cell >= 0, `${lng[i]},${lat[i]}`).toBe(inside[i])
  })

  it('knows holes from land', () => {
    const area = areaOf(outlineOf([square(500), square(120)]), 60)
    expect(insideOutline(area, 0, 0)).toBe(false)
    expect(insideOutline(area, 300, 0)).toBe(true)
  })

  it('does not depend on where the outline begins or which way it runs', () => {
    const ring = square(400).slice(0, 4)
    const turned = [...ring.slice(2), ...ring.slice(0, 3)]
    const one = areaOf(outlineOf([square(400)]), 50).cells
    for (const other of [turned, [...turned].reverse()]) expect(areaOf(outlineOf([other]), 50).cells).toEqual(one)
  })

  it('names the limit and a cell size that fits when there would be too many cells', () => {
    const outline = outlineOf([square(20_000)])
    const laid = studyAreaOf(outline, 30, 200_000)
    if (laid.code !== 'too_many_cells') throw new Error(laid.code)
    expect(laid.limit).toBe(200_000)
    expect(laid.cells).toBeGreaterThan(600_000)
    expect(studyAreaOf(outline, laid.fittingCellMeters, 200_000).code).toBe('ok')
    expect(studyAreaOf(outline, laid.fittingCellMeters - 5, 200_000).code).toBe('too_many_cells')
  })

  it('is refused without area', () => {
    expect(
      studyAreaOf(
        outlineOf([
          [
            [0, 0],
            [10, 10],
            [20, 20],
            [0, 0],
          ],
        ]),
        60,
        1000,
      ).code,
    ).toBe('empty_area')
  })
})

describe('outline', () => {
  const polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  }

  it('is read from a geometry, a feature or a collection', () => {
    expect(readOutline(polygon)?.type).toBe('Polygon')
    expect(readOutline({ type: 'Feature', properties: {}, geometry: polygon })?.type).toBe('Polygon')
    const both = readOutline({ type: 'FeatureCollection', features: [{ geometry: polygon }, { geometry: polygon }] })
    expect(both?.coordinates).toHaveLength(2)
  })

  it('is refused when it is a point, off the globe, or has too many corners', () => {
    expect(readOutline({ type: 'Point', coordinates: [0, 0] })).toBeNull()
    expect(
      readOutline({
        type: 'Polygon',
        coordinates: [
          [
            [500, 0],
            [1, 0],
            [1, 1],
            [500, 0],
          ],
        ],
      }),
    ).toBeNull()
    const many = Array.from({ length: 15_000 }, (_, i): [number, number] => [i / 15_000, 0])
    expect(outlineSchema.safeParse({ type: 'MultiPolygon', coordinates: [[many], [many]] }).success).toBe(false)
  })
})
