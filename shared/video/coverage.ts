import { offsetMeters } from '../alarms/nearest-cameras.ts'
import type { Position } from '../domain/field.ts'
import { isInside, type SitedView, type SiteSight } from './site-sight.ts'

/** A box on the ground, degrees. */
export interface GroundBox {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** What all cameras together see of the open ground, and what nobody sees. */
export interface Coverage {
  /** Open ground that no camera sees, as rows of boxes that do not overlap. */
  readonly blind: readonly GroundBox[]
  /** Share of the open ground (inside the boundary, outside every house) that some camera sees; 0 where there is none. */
  readonly seenShare: number
}

/** Boxes a side at most: a community of 2 km in cells of 5 m. */
const MOST_CELLS = 400
const METERS_A_DEGREE = 111_195

/**
 * Looks at the centre of each cell of a grid over the boundary. Cells are `cellMeters` wide, or wider where the community is so
 * large that there would be more than `MOST_CELLS` on a side.
 */
export function coverageOf(
  boundaries: readonly (readonly Position[])[],
  footprints: readonly (readonly Position[])[],
  cameras: readonly SitedView[],
  sight: SiteSight,
  cellMeters: number,
): Coverage {
  const corners = boundaries.flat()
  if (corners.length < 3) return { blind: [], seenShare: 0 }
  const [lngs, lats] = [corners.map(([lng]) => lng), corners.map(([, lat]) => lat)]
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)]
  const [south, north] = [Math.min(...lats), Math.max(...lats)]
  const toLng = 1 / (METERS_A_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180))
  const widest = Math.max((east - west) / toLng, (north - south) * METERS_A_DEGREE)
  const side = Math.max(cellMeters, widest / MOST_CELLS)
  const [stepLng, stepLat] = [side * toLng, side / METERS_A_DEGREE]
  const columns = Math.max(1, Math.ceil((east - west) / stepLng))
  const rows = Math.max(1, Math.ceil((north - south) / stepLat))
  const centre = (column: number, row: number): Position => [west + (column + 0.5) * stepLng, south + (row + 0.5) * stepLat]
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))

  const open = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (boundaries.some((ring) => isInside(ring, centre(column, row)))) open[row * columns + column] = 1
    }
  }
  /** Calls `visit` for each cell whose centre may lie in a box. */
  const within = (box: GroundBox, visit: (cell: number, place: Position) => void): void => {
    for (let row = clamp(Math.floor((box.south - south) / stepLat), rows); row < rows; row++) {
      if (south + row * stepLat > box.north) return
      for (let column = clamp(Math.floor((box.west - west) / stepLng), columns); column < columns; column++) {
        if (west + column * stepLng > box.east) break
        visit(row * columns + column, centre(column, row))
      }
    }
  }
  for (const ring of footprints) {
    const box = {
      west: Math.min(...ring.map(([lng]) => lng)),
      east: Math.max(...ring.map(([lng]) => lng)),
      south: Math.min(...ring.map(([, lat]) => lat)),
      north: Math.max(...ring.map(([, lat]) => lat)),
    }
    within(box, (cell, place) => {
      if (open[cell] === 1 && isInside(ring, place)) open[cell] = 0
    })
  }
  const seen = new Uint8Array(columns * rows)
  for (const view of cameras) {
    const rays = sight.rays(view)
    const [lng, lat] = view.position
    const [dLng, dLat] = [view.rangeMeters * toLng, view.rangeMeters / METERS_A_DEGREE]
    within({ west: lng - dLng, east: lng + dLng, south: lat - dLat, north: lat + dLat }, (cell, place) => {
      if (open[cell] !== 1 || seen[cell] === 1) return
      const [east, north] = offsetMeters(view.position, place)
      const off = (((((Math.atan2(east, north) * 180) / Math.PI - view.bearingDeg) % 360) + 540) % 360) - 180
      const share = (off + view.fieldOfViewDeg / 2) / view.fieldOfViewDeg
      // The ray nearest to the place says how far one sees in its direction.
      const ray = share < 0 || share > 1 ? undefined : rays[Math.round(share * (rays.length - 1))]
      if (ray !== undefined && Math.hypot(east, north) <= ray.reachMeters) seen[cell] = 1
    })
  }

  const blind: GroundBox[] = []
  let [openCells, seenCells] = [0, 0]
  for (let row = 0; row < rows; row++) {
    let from: number | null = null
    for (let column = 0; column <= columns; column++) {
      const cell = row * columns + column
      const isOpen = column < columns && open[cell] === 1
      if (isOpen) openCells += 1
      if (isOpen && seen[cell] === 1) seenCells += 1
      const isBlind = isOpen && seen[cell] !== 1
      if (isBlind) from ??= column
      else if (from !== null) {
        const [low, high] = [south + row * stepLat, south + (row + 1) * stepLat]
        blind.push({ west: west + from * stepLng, east: west + column * stepLng, south: low, north: high })
        from = null
      }
    }
  }
  return { blind, seenShare: openCells === 0 ? 0 : seenCells / openCells }
}
