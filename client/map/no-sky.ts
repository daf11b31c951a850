import type { Map as MapLibreMap } from 'maplibre-gl'

/**
 * Keeps MapLibre from painting a sky over the whole picture in every frame, which it does also for a map that never shows its
 * horizon: without a graphics card that is a third of the frame.
 */
export function leaveOutSky(map: MapLibreMap): void {
  map.painter.drawFunctions = { ...map.painter.drawFunctions, sky: () => undefined }
}
