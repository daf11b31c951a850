import type { GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'

import { collection } from './hotspot-style.ts'

type Corner = [lng: number, lat: number]

/** What stands on the map while somebody draws. `crossing`: the sides cross, so that it is no area yet. */
export interface SketchState {
  readonly corners: number
  readonly crossing: boolean
}

/** An area that is being drawn corner by corner. */
export interface Sketch {
  /** The closed ring, or null when it was given up. */
  readonly done: Promise<Corner[] | null>
  /** Takes back the last corner. */
  undo(): void
  /** Closes the ring; nothing happens under three corners or while sides cross. */
  finish(): void
  cancel(): void
}

/** A click this near to the first corner closes the ring, in pixels. */
const CLOSING_PIXELS = 10

/**
 * Lets an area be drawn: a click sets a corner, the first corner or a double click or Enter closes, Backspace takes one
 * back, Escape gives up. The keys are the page's while it draws, except in a field that somebody types in.
 */
export function startSketch(map: MapLibreMap, onState: (state: SketchState) => void): Sketch {
  const corners: Corner[] = []
  let pointer: Corner | null = null
  let ended = false
  let settle: (ring: Corner[] | null) => void = () => undefined
  const done = new Promise<Corner[] | null>((resolve) => {
    settle = resolve
  })
  const source = (): GeoJSONSource | undefined => map.getSource('drawing')
  const paint = (): void => {
    const [first] = corners
    const line = pointer === null ? corners : [...corners, pointer]
    const shapes: unknown[] = corners.map((at, i) => ({
      type: 'Feature',
      properties: { first: i === 0 },
      geometry: { type: 'Point', coordinates: at },
    }))
    if (line.length >= 2) shapes.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } })
    if (first !== undefined && line.length >= 3)
      shapes.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[...line, first]] } })
    void source()?.setData(collection(shapes))
  }
  const changed = (): void => {
    paint()
    onState({ corners: corners.length, crossing: crosses(corners) })
  }
  const end = (ring: Corner[] | null): void => {
    if (ended) return
    ended = true
    map.off('click', onClick)
    map.off('dblclick', onDoubleClick)
    map.off('mousemove', onMove)
    document.removeEventListener('keydown', onKey, true)
    map.doubleClickZoom.enable()
    map.getCanvas().style.cursor = ''
    void source()?.setData(collection([]))
    settle(ring)
  }
  const sketch: Sketch = {
    done,
    undo() {
      corners.pop()
      changed()
    },
    finish() {
      const [first] = corners
      if (first !== undefined && corners.length >= 3 && !crosses(corners)) end([...corners, first])
    },
    cancel: () => end(null),
  }
  function onClick({ lngLat, point }: MapMouseEvent): void {
    const [first] = corners
    if (first !== undefined && corners.length >= 3) {
      const start = map.project(first)
      if (Math.hypot(start.x - point.x, start.y - point.y) <= CLOSING_PIXELS) return sketch.finish()
    }
    const last = corners.at(-1)
    // The second click of a double click is no corner of its own.
    if (last !== undefined && last[0] === lngLat.lng && last[1] === lngLat.lat) return
    corners.push([lngLat.lng, lngLat.lat])
    changed()
  }
  function onDoubleClick(): void {
    sketch.finish()
  }
  function onMove({ lngLat }: MapMouseEvent): void {
    pointer = [lngLat.lng, lngLat.lat]
    paint()
  }
  function onKey(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
    const act = { Escape: sketch.cancel, Enter: sketch.finish, Backspace: sketch.undo, Delete: sketch.undo }[event.key]
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  map.doubleClickZoom.disable()
  map.getCanvas().style.cursor = 'crosshair'
  map.on('click', onClick)
  map.on('dblclick', onDoubleClick)
  map.on('mousemove', onMove)
  document.addEventListener('keydown', onKey, true)
  changed()
  return sketch
}

/** Whether any two sides of the closed ring cross: then it is no simple area. */
function crosses(corners: readonly Corner[]): boolean {
  const n = corners.length
  const side = (i: number): [Corner, Corner] => [corners[i] ?? [0, 0], corners[(i + 1) % n] ?? [0, 0]]
  const turn = (p: Corner, q: Corner, r: Corner): number =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const [a, b] = side(i)
      const [c, d] = side(j)
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true
    }
  }
  return false
}
