import latinUrl from '@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2?url'
import chineseUrl from '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2?url'
import type { StyleSpecification } from 'maplibre-gl'

import type { SiteLayers } from '../../shared/site/site.ts'

/** Fills of the classes −3 … 3, diverging and readable under red-green blindness. */
export const CLASS_COLOURS = {
  3: '#b2182b',
  2: '#e0724f',
  1: '#f7bd9b',
  0: '#ffffff',
  '-1': '#c3dbec',
  '-2': '#6aa6cf',
  '-3': '#2166ac',
} as const
const LIGHT = {
  ground: '#f3f5f8',
  zone: '#eceff4',
  green: '#e2efe2',
  water: '#d3e4f2',
  road: '#ffffff',
  roadCase: '#dde3ec',
  building: '#dde3ee',
  label: '#2b394d',
  outline: '#26344a',
} as const
const FONT = ['Noto Sans SC']

type Json = GeoJSON.GeoJSON

/** A collection as MapLibre takes it. */
export const collection = (features: readonly unknown[]): Json => ({ type: 'FeatureCollection', features }) as unknown as Json

/** The light map of the hotspots screen: the community's ground where it has one, cells, outline, ranks, drawing. */
export function hotspotStyle(site: SiteLayers | null, language: 'zh' | 'en'): StyleSpecification {
  const name = language === 'zh' ? 'name' : 'nameEn'
  const origin = location.origin
  const empty = collection([])
  return {
    version: 8,
    'font-faces': {
      'Noto Sans SC': [
        { url: new URL(latinUrl, origin).href, 'unicode-range': ['U+0-24F', 'U+2000-206F'] },
        { url: new URL(chineseUrl, origin).href },
      ],
    },
    sources: {
      land: { type: 'geojson', data: site === null ? empty : collection(site.land.features) },
      roads: { type: 'geojson', data: site === null ? empty : collection(site.roads.features) },
      footprints: { type: 'geojson', data: site === null ? empty : collection(site.footprints.features) },
      labels: { type: 'geojson', data: site === null ? empty : collection(site.labels.features) },
      cells: { type: 'geojson', data: empty, promoteId: 'id' },
      outline: { type: 'geojson', data: empty },
      ranks: { type: 'geojson', data: empty },
      preview: { type: 'geojson', data: empty },
      drawing: { type: 'geojson', data: empty },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': LIGHT.ground } },
      {
        id: 'land',
        type: 'fill',
        source: 'land',
        paint: {
          'fill-color': ['match', ['get', 'kind'], 'water', LIGHT.water, 'green', LIGHT.green, 'pitch', LIGHT.green, LIGHT.zone],
        },
      },
      {
        id: 'road-case',
        type: 'line',
        source: 'roads',
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': LIGHT.roadCase, 'line-width': ['match', ['get', 'kind'], 'main', 13, 'street', 9, 3] },
      },
      {
        id: 'road',
        type: 'line',
        source: 'roads',
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': LIGHT.road, 'line-width': ['match', ['get', 'kind'], 'main', 11, 'street', 7, 2] },
      },
      { id: 'buildings', type: 'fill', source: 'footprints', paint: { 'fill-color': LIGHT.building } },
      {
        id: 'cells',
        type: 'fill',
        source: 'cells',
        paint: {
          'fill-color': [
            'match',
            ['get', 'shown'],
            3,
            CLASS_COLOURS[3],
            2,
            CLASS_COLOURS[2],
            1,
            CLASS_COLOURS[1],
            -1,
            CLASS_COLOURS['-1'],
            -2,
            CLASS_COLOURS['-2'],
            -3,
            CLASS_COLOURS['-3'],
            'rgba(255,255,255,0)',
          ],
          'fill-opacity': 0.82,
        },
      },
      {
        id: 'few',
        type: 'fill',
        source: 'cells',
        filter: ['==', ['get', 'few'], true],
        paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.55 },
      },
      {
        id: 'cell-lines',
        type: 'line',
        source: 'cells',
        paint: {
          'line-color': ['case', ['!=', ['get', 'shown'], 0], '#ffffff', '#c4cdda'],
          'line-width': ['case', ['!=', ['get', 'shown'], 0], 1.4, 0.7],
        },
      },
      {
        id: 'chosen',
        type: 'line',
        source: 'cells',
        filter: ['==', ['get', 'id'], ''],
        paint: { 'line-color': '#17212f', 'line-width': 3.5 },
      },
      {
        id: 'outline',
        type: 'line',
        source: 'outline',
        paint: { 'line-color': LIGHT.outline, 'line-width': 1.6, 'line-dasharray': [4, 2.5] },
      },
      {
        id: 'preview',
        type: 'circle',
        source: 'preview',
        paint: { 'circle-radius': 3, 'circle-color': '#e07a1f', 'circle-opacity': 0.75 },
      },
      { id: 'drawing-fill', type: 'fill', source: 'drawing', paint: { 'fill-color': '#1d5fa8', 'fill-opacity': 0.15 } },
      { id: 'drawing', type: 'line', source: 'drawing', paint: { 'line-color': '#1d5fa8', 'line-width': 2.5 } },
      {
        id: 'drawing-corners',
        type: 'circle',
        source: 'drawing',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-radius': ['case', ['get', 'first'], 7, 5],
          'circle-color': ['case', ['get', 'first'], '#1d5fa8', '#ffffff'],
          'circle-stroke-color': '#1d5fa8',
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'labels',
        layout: { 'text-field': ['get', name], 'text-font': FONT, 'text-size': 13, 'text-padding': 4 },
        paint: { 'text-color': LIGHT.label, 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
      },
      {
        id: 'rank-dots',
        type: 'circle',
        source: 'ranks',
        paint: { 'circle-radius': 11, 'circle-color': '#17212f', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1 },
      },
      {
        id: 'rank-numbers',
        type: 'symbol',
        source: 'ranks',
        layout: {
          'text-field': ['get', 'rank'],
          'text-font': FONT,
          'text-size': 13,
          'text-allow-overlap': true,
          'text-ignore-placement': true,
        },
        paint: { 'text-color': '#ffffff' },
      },
    ],
  }
}

/** Diagonal hatch for cells with too little data, drawn here: no picture is fetched. */
export function hatch(): { width: number; height: number; data: Uint8Array } {
  const size = 8
  const data = new Uint8Array(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if ((x + y) % size < 1) data.set([120, 134, 155, 200], (y * size + x) * 4)
  }
  return { width: size, height: size, data }
}
