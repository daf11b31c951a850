import latinUrl from '@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2?url'
import chineseUrl from '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2?url'
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'

import type { SiteLayers } from '../../shared/site/site.ts'
import { CARE_COLOURS, PALETTE } from './palette.ts'

const FONT = ['Noto Sans SC']

const widths = (at13: number, at17: ExpressionSpecification | number): ExpressionSpecification => [
  'interpolate',
  ['exponential', 2],
  ['zoom'],
  13,
  at13,
  17,
  at17,
]
/** One colour, given feature by feature as the other layers of a kind are: they share a program then. */
const always = (colour: string): ExpressionSpecification => ['match', ['get', 'kind'], '', colour, colour]
const byRoad = (main: number, other: number): ExpressionSpecification => ['match', ['get', 'kind'], 'main', main, other]

const careColour: ExpressionSpecification = [
  'match',
  ['coalesce', ['feature-state', 'care'], 'none'],
  'sos',
  CARE_COLOURS.sos,
  'overdue',
  CARE_COLOURS.overdue,
  'due',
  CARE_COLOURS.due,
  'ok',
  CARE_COLOURS.ok,
  CARE_COLOURS.none,
]

export const BUILDINGS_LAYER = 'buildings-3d'
/** The source of what lies on the ground, in order: areas with a `colour`. */
export const GROUND_SOURCE = 'ground'
/**
 * The closest zoom at which shapes are cut into tiles; closer, these are drawn larger. A picture is then of a
 * handful of tiles instead of twenty, each of which is drawn for itself; a point is off by a quarter of a metre at most.
 */
const TILES_ZOOM = 14
/** The source whose features carry the care state, by building id. */
export const BUILDINGS_SOURCE = 'buildings'
export const LABELS_SOURCE = 'labels'

/**
 * The dark map of a site, from its own files alone: no glyph server, no sprite, nothing from outside. It is drawn on the
 * container's own ground. Layers of a kind take their paint in the same way (by feature or not), as each way is a program
 * that a machine without a graphics card takes a tenth of a second to make.
 * @param scale of all sizes on screen: 1 at 1080 lines
 * @param smooth whether the edges of areas are drawn once more, smoothed
 */
export function siteStyle(site: SiteLayers, language: 'zh' | 'en', scale: number, smooth: boolean): StyleSpecification {
  const homes = site.footprints.features.filter(({ properties }) => properties.buildingId !== null)
  const others = site.footprints.features.filter(({ properties }) => properties.buildingId === null)
  const collection = (features: readonly unknown[]) => ({ type: 'FeatureCollection', features }) as unknown as GeoJSON.GeoJSON
  const name = language === 'zh' ? 'name' : 'nameEn'
  const land = (kinds: readonly string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', [...kinds]]]
  const origin = location.origin
  const source = (features: readonly unknown[]) => ({ type: 'geojson', maxzoom: TILES_ZOOM, data: collection(features) }) as const
  return {
    version: 8,
    'font-faces': {
      'Noto Sans SC': [
        { url: new URL(latinUrl, origin).href, 'unicode-range': ['U+0-24F', 'U+2000-206F'] },
        { url: new URL(chineseUrl, origin).href },
      ],
    },
    light: { anchor: 'viewport', color: '#cfe6ff', intensity: 0.42, position: [1.3, 220, 32] },
    sources: {
      land: source(site.land.features),
      roads: source(site.roads.features),
      boundary: source(site.boundary.features),
      [GROUND_SOURCE]: source([]),
      [BUILDINGS_SOURCE]: { ...source(homes), promoteId: 'buildingId' },
      others: source(others),
      // Written once it is known where marks stand.
      [LABELS_SOURCE]: source([]),
    },
    layers: [
      {
        id: 'land',
        type: 'fill',
        source: 'land',
        filter: land(['zone', 'plaza']),
        paint: { 'fill-color': ['match', ['get', 'kind'], 'plaza', PALETTE.plaza, PALETTE.zone], 'fill-antialias': smooth },
      },
      {
        id: 'green',
        type: 'fill',
        source: 'land',
        filter: land(['green', 'pitch']),
        paint: { 'fill-color': ['match', ['get', 'kind'], 'pitch', PALETTE.pitch, PALETTE.green], 'fill-antialias': smooth },
      },
      {
        id: 'water',
        type: 'fill',
        source: 'land',
        filter: land(['water']),
        paint: { 'fill-color': always(PALETTE.water), 'fill-antialias': smooth },
      },
      {
        id: 'water-line',
        type: 'line',
        source: 'land',
        filter: land(['water']),
        paint: { 'line-color': PALETTE.waterLine, 'line-width': 1.2 * scale },
      },
      {
        id: 'road-case',
        type: 'line',
        source: 'roads',
        filter: ['!=', ['get', 'kind'], 'lane'],
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': always(PALETTE.roadCase), 'line-width': widths(2, byRoad(44, 30)) },
      },
      {
        id: 'road',
        type: 'line',
        source: 'roads',
        filter: ['!=', ['get', 'kind'], 'lane'],
        layout: { 'line-cap': 'round' },
        paint: {
          'line-color': ['match', ['get', 'kind'], 'main', PALETTE.mainRoad, PALETTE.road],
          'line-width': widths(1.2, byRoad(36, 23)),
        },
      },
      {
        id: 'lane',
        type: 'line',
        source: 'roads',
        filter: ['==', ['get', 'kind'], 'lane'],
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': PALETTE.lane, 'line-width': widths(0.6, 9) },
      },
      {
        id: 'boundary-glow',
        type: 'line',
        source: 'boundary',
        paint: {
          'line-color': PALETTE.boundaryGlow,
          'line-width': 16 * scale,
          'line-blur': 14 * scale,
          'line-opacity': 0.55,
        },
      },
      {
        id: 'boundary',
        type: 'line',
        source: 'boundary',
        paint: { 'line-color': PALETTE.boundary, 'line-width': 2 * scale, 'line-opacity': 0.9 },
      },
      {
        id: 'on-ground',
        type: 'fill',
        source: GROUND_SOURCE,
        paint: { 'fill-color': ['to-color', ['get', 'colour']], 'fill-antialias': false },
      },
      {
        id: 'others-3d',
        type: 'fill-extrusion',
        source: 'others',
        paint: {
          'fill-extrusion-height': ['get', 'heightMeters'],
          'fill-extrusion-color': ['match', ['get', 'kind'], 'surroundings', PALETTE.surroundings, PALETTE.publicBuilding],
        },
      },
      {
        id: BUILDINGS_LAYER,
        type: 'fill-extrusion',
        source: BUILDINGS_SOURCE,
        paint: { 'fill-extrusion-height': ['get', 'heightMeters'], 'fill-extrusion-color': careColour },
      },
      {
        id: 'road-names',
        type: 'symbol',
        source: 'roads',
        filter: ['all', ['!=', ['get', 'kind'], 'lane'], ['has', name], ['!=', ['get', name], null]],
        layout: {
          'symbol-placement': 'line-center',
          'text-field': ['get', name],
          'text-font': FONT,
          'text-size': 20 * scale,
          'text-letter-spacing': 0.2,
          'text-pitch-alignment': 'viewport',
        },
        paint: { 'text-color': always(PALETTE.roadLabel), 'text-halo-color': PALETTE.halo, 'text-halo-width': 1.6 * scale },
      },
      {
        id: 'names',
        type: 'symbol',
        source: LABELS_SOURCE,
        layout: {
          'text-field': ['get', name],
          'text-font': FONT,
          'text-size': ['match', ['get', 'kind'], 'water', 18 * scale, 21 * scale],
          'text-letter-spacing': 0.08,
          'text-max-width': 12,
          'text-padding': 6 * scale,
          'text-allow-overlap': true,
        },
        paint: {
          'text-color': ['match', ['get', 'kind'], 'water', PALETTE.waterLabel, PALETTE.label],
          'text-halo-color': PALETTE.halo,
          'text-halo-width': 2 * scale,
        },
      },
    ],
  }
}
