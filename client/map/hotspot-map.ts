import 'maplibre-gl/dist/maplibre-gl.css'
import { LngLatBounds, Map as MapLibreMap, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

import type { CellFeature, HotPlace } from '../../shared/hotspot/answer.ts'
import type { SiteLayers } from '../../shared/site/site.ts'
import { collection, hatch, hotspotStyle } from './hotspot-style.ts'
import { leaveOutSky } from './no-sky.ts'
import { drawingPace, rendererName } from './renderer.ts'
import { startSketch, type Sketch, type SketchState } from './polygon-sketch.ts'

setWorkerUrl(workerUrl)

export interface HotspotMapOptions {
  readonly container: HTMLElement
  /** The community's map under the cells; null for a dataset far away. */
  readonly site: SiteLayers | null
  readonly language: 'zh' | 'en'
  readonly onCell: (id: string | null) => void
  readonly onLost: () => void
}

/** The map of the hotspots screen. Imperative: React never renders in it. */
export interface HotspotMap {
  /** Cells by class, or by their state in one week; the outline; ranks on the strongest places. */
  show(
    cells: readonly CellFeature[],
    outline: readonly (readonly (readonly [number, number])[])[][],
    places: readonly HotPlace[],
  ): void
  /** The states of one week instead of the classes of the period; null: the period. */
  setWeek(week: number | null): void
  select(cell: string | null): void
  flyTo(lng: number, lat: number): void
  home(): void
  /** Orange dots: where the cases of a file would lie. */
  preview(places: readonly (readonly [number, number])[]): void
  /** Lets an area be drawn, corner by corner. */
  draw(onState: (state: SketchState) => void): Sketch
  destroy(): void
}

type Json = GeoJSON.GeoJSON

/** Ranks written on the map; more would cover it. */
const MOST_RANKS = 20

/** Makes the map. A lost graphics context is MapLibre's to restore: there is no other renderer here. */
export function createHotspotMap(options: HotspotMapOptions): HotspotMap {
  const { clientWidth, clientHeight } = options.container
  const pace = drawingPace(rendererName(), clientWidth * clientHeight, devicePixelRatio)
  const map = new MapLibreMap({
    container: options.container,
    style: hotspotStyle(options.site, options.language),
    attributionControl: false,
    fadeDuration: 0,
    maxPitch: 0,
    dragRotate: false,
    // Kept, so that a printed page shows the map and not an empty frame.
    canvasContextAttributes: { antialias: pace.antialias, preserveDrawingBuffer: true },
  })
  leaveOutSky(map)
  let cells: readonly CellFeature[] = []
  let bounds: LngLatBounds | null = null
  let week: number | null = null
  let drawing = false
  let destroyed = false
  const ready = map.once('load').then(() => {
    map.addImage('hatch', hatch())
  })
  const set = (id: string, data: Json): void => {
    void ready.then(() => {
      if (!destroyed) void (map.getSource(id) as GeoJSONSource | undefined)?.setData(data)
    })
  }
  map.on('click', ({ point }) => {
    if (drawing) return
    const [hit] = map.queryRenderedFeatures(point, { layers: ['cells'] })
    options.onCell(hit === undefined ? null : String(hit.properties['id']))
  })
  map.on('webglcontextlost', () => {
    const timer = setTimeout(options.onLost, 5_000)
    map.once('webglcontextrestored', () => clearTimeout(timer))
  })

  const paint = (): void => {
    const at = week
    set(
      'cells',
      collection(
        cells.map(({ geometry, properties }) => {
          const state = at === null ? null : properties.weeks[at]
          const shown = state === null || state === undefined ? properties.class : state === 'h' ? 2 : state === 'c' ? -2 : 0
          return {
            type: 'Feature',
            geometry,
            properties: { id: properties.id, shown, few: at === null && properties.tooLittleData },
          }
        }),
      ),
    )
  }
  const home = (): void => {
    if (bounds !== null) map.fitBounds(bounds, { padding: { top: 40, right: 40, bottom: 90, left: 40 }, duration: 0 })
  }

  return {
    show(next, outline, places) {
      const before = bounds?.toString()
      cells = next
      bounds = new LngLatBounds()
      for (const ring of outline.flat()) for (const [lng, lat] of ring) bounds.extend([lng, lat])
      paint()
      set(
        'outline',
        collection(
          outline.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates } })),
        ),
      )
      set(
        'ranks',
        collection(
          places.slice(0, MOST_RANKS).map(({ rank, lng, lat }) => ({
            type: 'Feature',
            properties: { rank: String(rank) },
            geometry: { type: 'Point', coordinates: [lng, lat] },
          })),
        ),
      )
      if (before !== bounds.toString()) home()
    },
    setWeek(next) {
      week = next
      paint()
    },
    select(cell) {
      void ready.then(() => {
        if (!destroyed) map.setFilter('chosen', ['==', ['get', 'id'], cell ?? ''])
      })
    },
    flyTo(lng, lat) {
      map.easeTo({ center: [lng, lat], duration: 400 })
    },
    home,
    preview(places) {
      set(
        'preview',
        collection(places.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }))),
      )
      if (places.length === 0) return
      const box = new LngLatBounds()
      for (const [lng, lat] of places) box.extend([lng, lat])
      map.fitBounds(box, { padding: 60, duration: 0, maxZoom: 17 })
    },
    draw(onState) {
      const sketch = startSketch(map, onState)
      drawing = true
      void sketch.done.then(() => {
        // The click that closed the ring must not choose a cell.
        setTimeout(() => (drawing = false), 0)
      })
      return sketch
    },
    destroy() {
      destroyed = true
      map.remove()
    },
  }
}
