import { useMemo, type ReactElement } from 'react'

import type { HotspotAnswer } from '../../../shared/hotspot/answer.ts'
import type { LoadedSite } from '../../app/screen.ts'
import { useTexts } from '../../i18n/language.ts'
import { CLASS_COLOURS } from '../../map/hotspot-style.ts'

interface ReportMapProps {
  readonly answer: HotspotAnswer
  /** The community's ground; null for a dataset far away. */
  readonly site: LoadedSite | null
}

type Position = readonly number[]

const WIDTH = 1000
/** Around the outline, as a share of its width. */
const MARGIN = 0.05
/** Cells without a class are drawn up to this many; beyond it their lines would be a grey sheet. */
const MOST_PLAIN_CELLS = 6_000
/** Ranks written on the map. */
const MOST_RANKS = 20
/** Widths of streets on paper, in the units of the drawing. */
const ROAD_WIDTHS: Readonly<Record<string, number>> = { main: 9, street: 6 }

/** The map of the printed report: drawn as lines, so that it is sharp on paper and needs no picture of the screen. */
export function ReportMap({ answer, site }: ReportMapProps): ReactElement {
  const { language } = useTexts()
  const drawing = useMemo(() => draw(answer, site, language), [answer, site, language])
  const { height } = drawing
  return (
    <svg className="hs-report-map" viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true">
      <defs>
        <pattern id="hs-few" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v7" stroke="#8f9bb0" strokeWidth="1.2" />
        </pattern>
      </defs>
      <rect width={WIDTH} height={height} fill="#f3f5f8" />
      {drawing.shapes.map(({ key, ...shape }) => (
        <path key={key} {...shape} />
      ))}
      {drawing.labels.map(({ x, y, text }) => (
        <text key={text} x={x} y={y} textAnchor="middle" className="hs-report-label">
          {text}
        </text>
      ))}
      {drawing.ranks.map(({ x, y, rank }) => (
        <g key={rank}>
          <circle cx={x} cy={y} r="13" fill="#17212f" stroke="#fff" />
          <text x={x} y={y + 5} textAnchor="middle" fill="#fff" className="hs-report-rank">
            {rank}
          </text>
        </g>
      ))}
    </svg>
  )
}

interface Shape {
  readonly key: string
  readonly d: string
  readonly fill: string
  readonly fillOpacity?: number
  readonly stroke?: string
  readonly strokeWidth?: number
  readonly strokeDasharray?: string
}

interface Drawn {
  readonly height: number
  readonly shapes: readonly Shape[]
  readonly labels: readonly { readonly x: number; readonly y: number; readonly text: string }[]
  readonly ranks: readonly { readonly x: number; readonly y: number; readonly rank: number }[]
}

function draw({ head, features }: HotspotAnswer, site: LoadedSite | null, language: 'zh' | 'en'): Drawn {
  const corners = head.outline.flat(2)
  const range = (at: 0 | 1): [number, number] =>
    corners.reduce<[number, number]>(
      ([low, high], corner) => [Math.min(low, corner[at]), Math.max(high, corner[at])],
      [Infinity, -Infinity],
    )
  const [[west, east], [south, north]] = [range(0), range(1)]
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const pad = (east - west) * squeeze * MARGIN
  const scale = WIDTH / ((east - west) * squeeze + 2 * pad)
  const x = (lng: number): number => ((lng - west) * squeeze + pad) * scale
  const y = (lat: number): number => (north - lat + pad) * scale
  const line = (places: readonly Position[]): string =>
    places.map(([lng = 0, lat = 0], i) => `${i === 0 ? 'M' : 'L'}${x(lng).toFixed(1)} ${y(lat).toFixed(1)}`).join('')
  const area = (rings: readonly (readonly Position[])[]): string => rings.map((ring) => `${line(ring)}Z`).join('')
  const shapes: Shape[] = []
  if (site !== null) {
    for (const [i, { properties, geometry }] of site.layers.land.features.entries())
      shapes.push({ key: `land ${i}`, d: pathOf(geometry, line, area), fill: landColour(properties.kind) })
    for (const [i, { properties, geometry }] of site.layers.roads.features.entries())
      shapes.push({
        key: `road ${i}`,
        d: pathOf(geometry, line, area),
        fill: 'none',
        stroke: '#fff',
        strokeWidth: ROAD_WIDTHS[properties.kind] ?? 2,
      })
    shapes.push({
      key: 'buildings',
      d: site.layers.footprints.features.map(({ geometry }) => pathOf(geometry, line, area)).join(''),
      fill: '#dde3ee',
    })
  }
  const byClass = new Map<number, string[]>()
  const few: string[] = []
  for (const { properties, geometry } of features) {
    const d = area(geometry.coordinates)
    if (properties.tooLittleData) few.push(d)
    byClass.set(properties.class, [...(byClass.get(properties.class) ?? []), d])
  }
  const plain = byClass.get(0) ?? []
  if (plain.length <= MOST_PLAIN_CELLS)
    shapes.push({ key: 'plain', d: plain.join(''), fill: 'none', stroke: '#c4cdda', strokeWidth: 0.8 })
  shapes.push({ key: 'few', d: few.join(''), fill: 'url(#hs-few)', fillOpacity: 0.6 })
  for (const level of [-1, -2, -3, 1, 2, 3] as const) {
    const d = (byClass.get(level) ?? []).join('')
    if (d !== '')
      shapes.push({ key: `class ${level}`, d, fill: CLASS_COLOURS[level], fillOpacity: 0.85, stroke: '#fff', strokeWidth: 1 })
  }
  shapes.push({
    key: 'outline',
    d: head.outline.map(area).join(''),
    fill: 'none',
    stroke: '#26344a',
    strokeWidth: 2,
    strokeDasharray: '9 6',
  })
  return {
    height: Math.ceil((north - south + 2 * pad) * scale),
    shapes,
    labels: (site?.layers.labels.features ?? []).map(({ properties, geometry }) => ({
      x: x(geometry.coordinates[0]),
      y: y(geometry.coordinates[1]),
      text: language === 'zh' ? properties.name : properties.nameEn,
    })),
    ranks: head.places.slice(0, MOST_RANKS).map(({ rank, lng, lat }) => ({ rank, x: x(lng), y: y(lat) })),
  }
}

function landColour(kind: string): string {
  return kind === 'water' ? '#d3e4f2' : kind === 'green' || kind === 'pitch' ? '#e2efe2' : '#eceff4'
}

function pathOf(
  geometry: { readonly type: string; readonly coordinates: unknown },
  line: (places: readonly Position[]) => string,
  area: (rings: readonly (readonly Position[])[]) => string,
): string {
  switch (geometry.type) {
    case 'LineString':
      return line(geometry.coordinates as Position[])
    case 'MultiLineString':
      return (geometry.coordinates as Position[][]).map(line).join('')
    case 'Polygon':
      return area(geometry.coordinates as Position[][])
    case 'MultiPolygon':
      return (geometry.coordinates as Position[][][]).map(area).join('')
    default:
      return ''
  }
}
