import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as MapLibreMap, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

import { leaveOutSky } from './no-sky.ts'
import { PALETTE } from './palette.ts'
import type { DrawingPace } from './renderer.ts'

setWorkerUrl(workerUrl)

export interface OpenMapOptions {
  readonly style: StyleSpecification
  readonly interactive: boolean
  readonly pace: DrawingPace
}

/** A MapLibre map on the dark ground, drawn as finely as the machine can. */
export function openMap(container: HTMLElement, { style, interactive, pace }: OpenMapOptions): MapLibreMap {
  // MapLibre and deck.gl stack their parts by z-index; without a context of their own these would cover the panels.
  container.style.isolation = 'isolate'
  container.style.backgroundColor = PALETTE.ground
  const map = new MapLibreMap({
    container,
    style,
    interactive,
    attributionControl: false,
    dragRotate: interactive,
    fadeDuration: 0,
    pixelRatio: pace.pixelRatio,
    maxPitch: 65,
    canvasContextAttributes: { antialias: pace.antialias, powerPreference: 'high-performance' },
  })
  leaveOutSky(map)
  return map
}
