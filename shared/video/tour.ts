/** Arrangements of tiles: how many there are, and how many of these are large and stand first. */
export const LAYOUTS = {
  '1': { tiles: 1, large: 0 },
  '4': { tiles: 4, large: 0 },
  '9': { tiles: 9, large: 0 },
  '16': { tiles: 16, large: 0 },
  '1+5': { tiles: 6, large: 1 },
  '1+7': { tiles: 8, large: 1 },
} as const
export type Layout = keyof typeof LAYOUTS

/** A sequence of cameras: each stays `dwellMs`; a pinned tile (by its place in the layout) keeps its camera and takes no turn. */
export interface Tour {
  readonly cameraIds: readonly string[]
  readonly dwellMs: number
  readonly layout: Layout
  readonly pinned: Readonly<Record<number, string>>
}

/** What one tile shows now, and the camera that follows in it, so that it can be warmed; null where nothing does. */
export interface TourTile {
  readonly cameraId: string | null
  readonly nextCameraId: string | null
}

/** How long before its turn a camera is begun: a long group of pictures and the way to the camera. */
export const WARM_BEFORE_MS = 5_000

/**
 * The tiles of a tour after it ran for `elapsedMs`: a pure function, so that every wall of a community shows the same. Free tiles
 * change together, page by page; a last page that is not full is filled from the beginning, so that no tile is empty for a turn.
 */
export function tourTiles(tour: Tour, elapsedMs: number): readonly TourTile[] {
  const { tiles } = LAYOUTS[tour.layout]
  const places = Array.from({ length: tiles }, (_, place) => place)
  const pinned = new Set(places.flatMap((place) => tour.pinned[place] ?? []))
  const turning = tour.cameraIds.filter((id) => !pinned.has(id))
  const free = places.filter((place) => tour.pinned[place] === undefined)
  const page = Math.floor(Math.max(0, elapsedMs) / tour.dwellMs)
  const isWarming = tour.dwellMs - (Math.max(0, elapsedMs) % tour.dwellMs) <= WARM_BEFORE_MS
  return places.map((place) => {
    const fixed = tour.pinned[place]
    if (fixed !== undefined) return { cameraId: fixed, nextCameraId: null }
    const slot = free.indexOf(place)
    const cameraId = cameraOf(turning, page, slot, free.length)
    const next = cameraOf(turning, page + 1, slot, free.length)
    return { cameraId, nextCameraId: isWarming && next !== cameraId ? next : null }
  })
}

function cameraOf(turning: readonly string[], page: number, slot: number, slots: number): string | null {
  // All fit at once: nobody takes turns.
  if (turning.length <= slots) return turning[slot] ?? null
  return turning[(page * slots + slot) % turning.length] ?? null
}
