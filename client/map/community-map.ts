import type { Layer } from '@deck.gl/core'
import { MapLibreOverlay } from '@deck.gl/maplibre'
import type { Map as MapLibreMap } from 'maplibre-gl'

import type { Position, Subject } from '../../shared/domain/field.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import type { SiteLayers, SiteManifest } from '../../shared/site/site.ts'
import type { Mirror } from '../store/mirror.ts'
import { createBuildingPaint } from './building-paint.ts'
import { addBasemap, type BasemapSources } from './basemap.ts'
import { DIGIT_FONT, drawIconAtlas, type IconAtlas } from './icon-atlas.ts'
import { placeLabels } from './labels.ts'
import { createGround, type MapCoverage } from './ground.ts'
import { pulseLayers, trailLayers } from './map-layers.ts'
import {
  alarmMarks,
  cameraMarks,
  cameraViews,
  caseMarks,
  keyOf,
  marksAboveNames,
  ringedMarks,
  stationMarks,
  type Marks,
} from './marks.ts'
import { createMapPoints, POINT_LAYERS, type MapPoints } from './map-points.ts'
import { openMap } from './open-map.ts'
import { pickAt } from './picking.ts'
import { drawingPace, rendererName } from './renderer.ts'
import { boundsOf } from './site-bounds.ts'
import { siteSight } from './site-sight.ts'
import { createMarkLayers } from './still-layers.ts'
import { siteStyle } from './style.ts'

/** Layers that the map can draw. */
export type MapLayerName = Exclude<LayerName, 'residents'>

export interface MapOptions {
  readonly container: HTMLElement
  readonly manifest: SiteManifest
  readonly site: SiteLayers
  readonly basemap: BasemapSources
  readonly mirror: Mirror
  readonly language: 'zh' | 'en'
  /** Of all marks and texts: 1 at 1080 lines. */
  readonly scale: number
  /** A wall is looked at, a desk is worked with. */
  readonly interactive: boolean
  readonly layers: readonly MapLayerName[]
  /** The server's clock, UTC milliseconds. */
  readonly nowMs: () => number
  /** Room that panels cover, in pixels. */
  readonly padding: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
  /** Whether alarms and marks are on the screen: false at first and while a lost map is made anew. */
  readonly onDrawn: (drawn: boolean) => void
  /** The map could not be kept alive: the page should be loaded again. */
  readonly onLost: () => void
}

export interface CommunityMap {
  /** The whole community in view. */
  home(): void
  flyTo(position: Position, zoom: number): void
  /** Closer by so many levels, or farther. */
  zoomBy(levels: number): void
  /** North up, or the community's own bearing again. */
  turnNorth(north: boolean): void
  /** Seen from straight above, or tilted again. */
  setFlat(flat: boolean): void
  setVisible(layers: ReadonlySet<MapLayerName>): void
  /** Cameras that an alarm brought up. */
  setNearCameras(ids: ReadonlySet<string>): void
  /** What all cameras see and what none does; null takes it away. */
  setCoverage(coverage: MapCoverage | null): void
  /** Ways on the ground, each in order. */
  setTrail(ways: readonly (readonly Position[])[]): void
  /** Where a position is on the container, in pixels. */
  project(position: Position): { readonly x: number; readonly y: number }
  /** The mark or building at a pixel of the container. */
  pick(x: number, y: number): Subject | null
  /** Called when anything moved on the screen. Returns the way to stop listening. */
  onMove(listener: () => void): () => void
  onClick(listener: (hit: Subject | null, place: Position) => void): () => void
  onHover(listener: (hit: Subject | null, x: number, y: number) => void): () => void
  destroy(): void
}

const BEARING_DEG = -21
const PITCH_DEG = 46
/** How a wall always looks at its community; a desk keeps the view that its officer turned to. */
const VIEW = { pitch: PITCH_DEG, bearing: BEARING_DEG } as const
/** Marks are made anew at most this often; points move with every tick. */
const MARKS_MS = 250
/** Old news turns stale without any message. */
const STALE_EACH_MS = 5_000
/** Where rings stand for those who asked their machine for less motion; flights are jumps for them, too. */
const STILL_AT_MS = 600
/** Context losses within a minute after which the page is loaded anew instead. */
const MOST_LOSSES = 3

/**
 * The one map of a screen, for its whole life. Imperative: React never renders in it. Null where this browser draws no
 * WebGL, or does not any more: `onLost` was called, and the screen lives on without a map.
 */
export function createCommunityMap(options: MapOptions): CommunityMap | null {
  try {
    return makeCommunityMap(options)
  } catch {
    options.onLost()
    return null
  }
}

function makeCommunityMap(options: MapOptions): CommunityMap {
  const { mirror, manifest, site, scale } = options
  // Where the font does not come, another one writes the counts.
  const fontCame = document.fonts.load(DIGIT_FONT, '0').catch(() => [])
  let atlas: IconAtlas | null = null
  const { clientWidth, clientHeight } = options.container
  const pace = drawingPace(rendererName(), clientWidth * clientHeight, devicePixelRatio)
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const flightMs = (ms: number): number => (pace.flies ? ms : 0)
  const moveListeners = new Set<() => void>()
  const clickListeners = new Set<(hit: Subject | null, place: Position) => void>()
  const hoverListeners = new Set<(hit: Subject | null, x: number, y: number) => void>()
  let visible: ReadonlySet<MapLayerName> = new Set(options.layers)
  let near: ReadonlySet<string> = new Set()
  let ways: readonly (readonly Position[])[] = []
  let coverage: MapCoverage | null = null
  let map = makeMap()
  let paintBuildings = createBuildingPaint(map, mirror)
  let live: MapLibreOverlay | null = null
  let points: MapPoints | null = null
  let marks: Marks = { stations: [], cameras: [], cases: [], alarms: [] }
  let markLayers: readonly Layer[] = []
  let markLayersOf: ReturnType<typeof createMarkLayers> | null = null
  let drawGround = createGround(map, siteSight(site))
  let furnished = false
  let marksTimer: ReturnType<typeof setTimeout> | null = null
  let losses: number[] = []
  let destroyed = false
  let labelledAround = ''

  function makeMap(): MapLibreMap {
    const { container, interactive, language } = options
    const made = openMap(container, { style: siteStyle(site, language, scale, pace.antialias), interactive, pace })
    made.fitBounds(boundsOf(site), { ...fitting(), duration: 0 })
    made.on('move', () => {
      for (const listener of moveListeners) listener()
    })
    made.on('moveend', () => {
      // Alarms that lay in each other's rings may lie apart now.
      const gathered = points?.zoomed(made.getZoom()) === true
      if (gathered || marks.alarms.some(({ calls }) => calls)) showLive(performance.now())
      writeLabels()
    })
    made.on('webglcontextlost', () => queueMicrotask(() => rebuild(made)))
    made.on('click', ({ point, lngLat }) => {
      const hit = pick(point.x, point.y)
      for (const listener of clickListeners) listener(hit, [lngLat.lng, lngLat.lat])
    })
    made.on('mousemove', ({ point }) => {
      if (hoverListeners.size === 0) return
      const hit = pick(point.x, point.y)
      for (const listener of hoverListeners) listener(hit, point.x, point.y)
    })
    return made
  }

  function fitting() {
    return { ...VIEW, padding: { ...options.padding } }
  }

  /** MapLibre would restore its own half of a lost context, deck.gl would not: all of it is made anew. */
  function rebuild(lost: MapLibreMap): void {
    // Both halves lose theirs at once; the second loss is of a map that is gone.
    if (destroyed || lost !== map) return
    const nowMs = performance.now()
    losses = [...losses.filter((atMs) => nowMs - atMs < 60_000), nowMs]
    if (losses.length > MOST_LOSSES) return options.onLost()
    options.onDrawn(false)
    points?.destroy()
    points = null
    live = null
    furnished = false
    markLayersOf = null
    map.remove()
    try {
      map = makeMap()
      paintBuildings = createBuildingPaint(map, mirror)
      drawGround = createGround(map, siteSight(site))
    } catch {
      // A browser that lost too many contexts gives no more.
      return options.onLost()
    }
    furnish().catch(() => options.onLost())
  }

  async function furnish(): Promise<void> {
    const mine = map
    // Asked for before anything is awaited: it is told once.
    const loaded = mine.once('load')
    await fontCame
    if (mine !== map || destroyed) return
    atlas ??= drawIconAtlas()
    markLayersOf = createMarkLayers(atlas, scale)
    // Marks and alarms do not wait for the houses under them.
    await overlayLive(mine, atlas)
    await loaded
    if (mine !== map || destroyed) return
    addBasemap(mine, options.basemap)
    furnished = true
    paintBuildings(null)
    drawMarks()
    writeLabels()
    mine.triggerRepaint()
  }

  function overlayLive(mine: MapLibreMap, atlas: IconAtlas): Promise<void> {
    let drawn = false
    return new Promise((resolve) => {
      live = new MapLibreOverlay({
        interleaved: false,
        layers: [],
        useDevicePixels: pace.pixelRatio,
        deviceProps: { type: 'webgl', webgl: { antialias: pace.antialias } },
        // The newest device only: a map made anew has another one.
        onDeviceInitialized: (device) => {
          live?.getCanvas()?.addEventListener('webglcontextlost', () => queueMicrotask(() => rebuild(mine)))
          if (mine === map && !destroyed) {
            const names = POINT_LAYERS.filter((name) => options.layers.includes(name))
            const isVisible = (name: MapLayerName): boolean => visible.has(name)
            points = createMapPoints({ device, mirror, origin: manifest.origin, scale, atlas, names, isVisible })
            points.zoomed(mine.getZoom())
            drawMarks()
          }
          resolve()
        },
        onAfterRender: () => {
          if (drawn || mine !== map || points === null || !mirror.layer('alarms').loaded) return
          if (!furnished || !markLayers.every(({ isLoaded }) => isLoaded)) return
          drawn = true
          options.onDrawn(true)
        },
      })
      mine.addControl(live)
    })
  }

  function showLive(atMs: number): void {
    const calling = visible.has('alarms') ? marks.alarms.filter(({ calls }) => calls) : []
    const ringed = ringedMarks(calling, ({ position: [lng, lat] }) => map.project([lng, lat]), scale)
    const pulses = ringed.length > 0 ? pulseLayers(ringed, isStill ? STILL_AT_MS : atMs, scale) : []
    live?.setProps({ layers: [...trailLayers(ways, scale), ...(points?.layers() ?? []), ...pulses, ...markLayers] })
  }

  function drawMarks(): void {
    marksTimer = null
    if (markLayersOf === null) return
    const nowMs = options.nowMs()
    const recordsOf = (name: MapLayerName) => (options.layers.includes(name) ? mirror.layer(name).records.values() : [])
    marks = {
      stations: stationMarks(recordsOf('stations'), nowMs),
      cameras: cameraMarks(recordsOf('cameras'), nowMs, near),
      cases: options.interactive ? caseMarks(recordsOf('cases')) : [],
      alarms: alarmMarks(recordsOf('alarms')),
    }
    markLayers = markLayersOf(marks, (id) => visible.has(id))
    const views = visible.has('cameras') ? cameraViews(mirror.layer('cameras').records.values(), near) : []
    if (furnished) drawGround({ views, coverage })
    points?.zoomed(map.getZoom())
    showLive(performance.now())
    const places = keyOf(marksAboveNames(marks, visible))
    if (places !== labelledAround) writeLabels()
  }
  const marksLater = (): void => {
    marksTimer ??= setTimeout(drawMarks, MARKS_MS)
  }

  function writeLabels(): void {
    const around = marksAboveNames(marks, visible)
    labelledAround = keyOf(around)
    placeLabels(map, site.labels, around, options.language, scale)
  }

  const pick = (x: number, y: number): Subject | null =>
    pickAt({ map, mirror, origin: manifest.origin, scale, visible, marks, points: points?.points ?? [] }, x, y)

  const unsubscribes = [
    ...POINT_LAYERS.map((name) =>
      mirror.layer(name).subscribe(({ dirty, resized }) => {
        if (points?.write(name, dirty, resized) === 'replaced') showLive(performance.now())
        // What came or went is gathered with the next marks.
        if (resized) marksLater()
      }),
    ),
    ...(['stations', 'cameras', 'alarms', 'cases'] as const).map((name) => mirror.layer(name).subscribe(marksLater)),
    mirror.layer('buildings').subscribe(({ dirty }) => paintBuildings(dirty)),
  ]
  const staleTimer = setInterval(marksLater, STALE_EACH_MS)
  const pulseTimer = setInterval(() => {
    if (!isStill && marks.alarms.some(({ calls }) => calls) && document.visibilityState === 'visible') showLive(performance.now())
  }, pace.pulseEachMs)

  furnish().catch(() => options.onLost())
  const listen = <L>(set: Set<L>, listener: L) => {
    set.add(listener)
    return () => void set.delete(listener)
  }
  return {
    home: () => void map.fitBounds(boundsOf(site), { ...fitting(), duration: flightMs(1_800) }),
    flyTo: ([lng, lat], zoom) =>
      void map.flyTo({ center: [lng, lat], zoom, duration: flightMs(2_000), ...(options.interactive ? {} : VIEW) }),
    zoomBy: (levels) => void map.easeTo({ zoom: map.getZoom() + levels, duration: flightMs(300) }),
    turnNorth: (north) => void map.easeTo({ bearing: north ? 0 : BEARING_DEG, duration: flightMs(400) }),
    setFlat: (flat) => void map.easeTo({ pitch: flat ? 0 : PITCH_DEG, duration: flightMs(400) }),
    setVisible(layers) {
      visible = layers
      points?.refresh()
      for (const id of ['buildings-3d', 'others-3d']) {
        if (map.getLayer(id) !== undefined) map.setLayoutProperty(id, 'visibility', layers.has('buildings') ? 'visible' : 'none')
      }
      drawMarks()
    },
    setNearCameras(ids) {
      near = ids
      marksLater()
    },
    setCoverage(next) {
      coverage = next
      marksLater()
    },
    setTrail(next) {
      ways = next
      showLive(performance.now())
    },
    project: ([lng, lat]) => map.project([lng, lat]),
    pick,
    onMove: (listener) => listen(moveListeners, listener),
    onClick: (listener) => listen(clickListeners, listener),
    onHover: (listener) => listen(hoverListeners, listener),
    destroy() {
      destroyed = true
      clearInterval(staleTimer)
      clearInterval(pulseTimer)
      if (marksTimer !== null) clearTimeout(marksTimer)
      for (const unsubscribe of unsubscribes) unsubscribe()
      points?.destroy()
      map.remove()
    },
  }
}
