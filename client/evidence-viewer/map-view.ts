import type { LayerName } from '../../shared/domain/layers.ts'
import type { ViewerIndex } from '../../shared/history/viewer-index.ts'
import type { World, WorldRecord } from '../../shared/world/world.ts'
import type { Language } from '../i18n/language.ts'

/** What is drawn of the world, later ones above. */
const DRAWN: readonly LayerName[] = ['merchants', 'stations', 'cameras', 'workers', 'cases', 'alarms']
const METERS_A_DEGREE = 111_320
/** Nearer than this a click means the record. */
const HIT_PX = 14
const MOST_PIXELS_A_METER = 8

export interface Hit {
  readonly layer: LayerName
  readonly id: string
}

interface View {
  /** Metres from the middle of the site, east and north. */
  x: number
  y: number
  pixelsAMeter: number
}

/** The site and the records of an instant on a canvas: plain, the same in every browser. */
export class MapView {
  readonly #canvas: HTMLCanvasElement
  readonly #ground: readonly { path: Path2D; kind: string }[]
  readonly #labels: readonly { x: number; y: number; zh: string; en: string }[]
  readonly #middle: readonly [number, number]
  #view: View = { x: 0, y: 0, pixelsAMeter: 1 }
  #shown: { world: World; chosen: Hit | null; language: Language } | null = null

  constructor(canvas: HTMLCanvasElement, site: ViewerIndex['site'], world: World, onClick: (hit: Hit | null) => void) {
    this.#canvas = canvas
    const rings = site === null ? [] : site.layers.boundary.features.flatMap(({ geometry }) => ringsOf(geometry))
    const points =
      rings.length > 0 ? rings.flat() : recordsOf(world).map(([, { fields }]) => fields['position'] as [number, number])
    const [lngs, lats] = [points.map(([lng = 0]) => lng), points.map(([, lat = 0]) => lat)]
    const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
    this.#middle = points.length === 0 ? [0, 0] : [(west + east) / 2, (south + north) / 2]
    this.#ground = site === null ? [] : this.#groundOf(site.layers)
    this.#labels = (site?.layers.labels.features ?? []).map(({ geometry, properties }) => {
      const [x, y] = this.#meters(geometry.coordinates)
      return { x, y, zh: properties.name, en: properties.nameEn }
    })
    const [right, top] = points.length === 0 ? [500, 500] : this.#meters([east, north])
    const fit = (): void => {
      const { clientWidth, clientHeight } = canvas
      this.#view = {
        x: 0,
        y: 0,
        pixelsAMeter: 0.46 * Math.min(clientWidth / Math.max(1, right), clientHeight / Math.max(1, top)),
      }
    }
    fit()
    this.#listen(onClick)
  }

  /** Draws an instant; null: nothing is known of it, and nothing is drawn but the ground. */
  show(world: World | null, chosen: Hit | null, language: Language): void {
    this.#shown = world === null ? null : { world, chosen, language }
    this.#draw()
  }

  #meters([lng = 0, lat = 0]: readonly number[]): [number, number] {
    const [lng0, lat0] = this.#middle
    return [(lng - lng0) * METERS_A_DEGREE * Math.cos((lat0 * Math.PI) / 180), (lat - lat0) * METERS_A_DEGREE]
  }

  #groundOf({ land, roads, footprints, compounds, boundary }: NonNullable<ViewerIndex['site']>['layers']) {
    const pathOf = (lines: readonly (readonly (readonly number[])[])[], isClosed: boolean): Path2D => {
      const path = new Path2D()
      for (const line of lines) {
        for (const [index, point] of line.entries()) {
          const [x, y] = this.#meters(point)
          if (index === 0) path.moveTo(x, -y)
          else path.lineTo(x, -y)
        }
        if (isClosed) path.closePath()
      }
      return path
    }
    return [
      ...land.features.map(({ geometry, properties }) => ({ path: pathOf(ringsOf(geometry), true), kind: properties.kind })),
      ...roads.features.map(({ geometry, properties }) => ({
        path: pathOf([geometry.coordinates], false),
        kind: properties.kind,
      })),
      ...compounds.features.map(({ geometry }) => ({ path: pathOf(ringsOf(geometry), true), kind: 'compound' })),
      ...footprints.features.map(({ geometry, properties }) => ({
        path: pathOf(ringsOf(geometry), true),
        kind: properties.kind,
      })),
      ...boundary.features.map(({ geometry }) => ({ path: pathOf(ringsOf(geometry), true), kind: 'boundary' })),
    ]
  }

  #place(position: readonly number[]): [number, number] {
    const [x, y] = this.#meters(position)
    const { pixelsAMeter } = this.#view
    return [
      this.#canvas.clientWidth / 2 + (x - this.#view.x) * pixelsAMeter,
      this.#canvas.clientHeight / 2 - (y - this.#view.y) * pixelsAMeter,
    ]
  }

  #draw(): void {
    const canvas = this.#canvas
    const ratio = globalThis.devicePixelRatio
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    const pen = canvas.getContext('2d')
    if (pen === null) return
    const { x, y, pixelsAMeter } = this.#view
    pen.setTransform(
      ratio * pixelsAMeter,
      0,
      0,
      ratio * pixelsAMeter,
      ratio * (canvas.clientWidth / 2 - x * pixelsAMeter),
      ratio * (canvas.clientHeight / 2 + y * pixelsAMeter),
    )
    for (const { path, kind } of this.#ground) {
      const style = GROUND[kind] ?? GROUND['surroundings']
      if (style?.fill !== undefined) {
        pen.fillStyle = style.fill
        pen.fill(path)
      }
      if (style?.line === undefined) continue
      pen.strokeStyle = style.line
      pen.lineWidth = style.meters ?? 1.2 / pixelsAMeter
      pen.stroke(path)
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    const shown = this.#shown
    this.#drawLabels(pen, shown?.language ?? 'zh')
    if (shown === null) return
    for (const layer of DRAWN) {
      for (const [, record] of recordsOf(shown.world, layer)) {
        const [px, py] = this.#place(record.fields['position'] as [number, number])
        drawRecord(pen, layer, record, px, py)
        if (shown.chosen?.layer !== layer || shown.chosen.id !== record.id) continue
        pen.strokeStyle = '#ffffff'
        pen.lineWidth = 2
        pen.beginPath()
        pen.arc(px, py, 15, 0, 2 * Math.PI)
        pen.stroke()
      }
    }
  }

  #drawLabels(pen: CanvasRenderingContext2D, language: Language): void {
    pen.font = '14px "Noto Sans SC", "Microsoft YaHei", sans-serif'
    pen.textAlign = 'center'
    pen.fillStyle = '#9fb3cf'
    for (const { x, y, zh, en } of this.#labels) {
      const { pixelsAMeter } = this.#view
      const px = this.#canvas.clientWidth / 2 + (x - this.#view.x) * pixelsAMeter
      const py = this.#canvas.clientHeight / 2 - (y - this.#view.y) * pixelsAMeter
      pen.fillText(language === 'zh' ? zh : en, px, py)
    }
  }

  #listen(onClick: (hit: Hit | null) => void): void {
    const canvas = this.#canvas
    let from: { x: number; y: number; view: View } | null = null
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId)
      from = { x: event.clientX, y: event.clientY, view: { ...this.#view } }
    })
    canvas.addEventListener('pointermove', (event) => {
      if (from === null) return
      this.#view.x = from.view.x - (event.clientX - from.x) / this.#view.pixelsAMeter
      this.#view.y = from.view.y + (event.clientY - from.y) / this.#view.pixelsAMeter
      this.#draw()
    })
    canvas.addEventListener('pointerup', (event) => {
      const moved = from === null ? 0 : Math.hypot(event.clientX - from.x, event.clientY - from.y)
      from = null
      if (moved < 4) onClick(this.#hitAt(event.offsetX, event.offsetY))
    })
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        const factor = Math.exp(-event.deltaY / 500)
        this.#view.pixelsAMeter = Math.min(MOST_PIXELS_A_METER, Math.max(0.02, this.#view.pixelsAMeter * factor))
        this.#draw()
      },
      { passive: false },
    )
    globalThis.addEventListener('resize', () => this.#draw())
  }

  #hitAt(x: number, y: number): Hit | null {
    let best: Hit | null = null
    let nearest = HIT_PX
    for (const layer of this.#shown === null ? [] : DRAWN.toReversed()) {
      for (const [, { id, fields }] of recordsOf((this.#shown as { world: World }).world, layer)) {
        const [px, py] = this.#place(fields['position'] as [number, number])
        const away = Math.hypot(px - x, py - y)
        if (away >= nearest) continue
        nearest = away
        best = { layer, id }
      }
    }
    return best
  }
}

/** Records with a place, of one layer or of all. */
function recordsOf(world: World, only?: LayerName): [LayerName, WorldRecord][] {
  return [...world.layers].flatMap(([layer, { records }]) =>
    only !== undefined && only !== layer
      ? []
      : [...records.values()].flatMap((record): [LayerName, WorldRecord][] =>
          Array.isArray(record.fields['position']) ? [[layer, record]] : [],
        ),
  )
}

type Area =
  | { readonly type: 'Polygon'; readonly coordinates: number[][][] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: number[][][][] }
const ringsOf = (area: Area): number[][][] => (area.type === 'Polygon' ? area.coordinates : area.coordinates.flat())

const GROUND: Readonly<Record<string, { fill?: string; line?: string; meters?: number }>> = {
  zone: { fill: '#0d1a2e' },
  green: { fill: '#0f2a24' },
  water: { fill: '#0d2b45' },
  plaza: { fill: '#14243d' },
  pitch: { fill: '#123226' },
  main: { line: '#243a5c', meters: 14 },
  street: { line: '#1e3150', meters: 8 },
  lane: { line: '#182945', meters: 4 },
  compound: { line: '#2c466e' },
  residential: { fill: '#24507f' },
  public: { fill: '#1d3a5c' },
  shop: { fill: '#2a2f57' },
  surroundings: { fill: '#15273f' },
  boundary: { line: '#74cfff' },
}

const CLOSED_STAGES: ReadonlySet<unknown> = new Set(['closed', 'rejected', 'merged'])

/** Alarms a diamond with their priority, cases a ring, stations a square, cameras a triangle, workers a dot: told apart without colour. */
function drawRecord(pen: CanvasRenderingContext2D, layer: LayerName, { fields }: WorldRecord, x: number, y: number): void {
  const shape = (points: readonly (readonly [number, number])[], fill: string, line = '#050a13'): void => {
    pen.beginPath()
    for (const [index, [dx, dy]] of points.entries()) {
      if (index === 0) pen.moveTo(x + dx, y + dy)
      else pen.lineTo(x + dx, y + dy)
    }
    pen.closePath()
    pen.fillStyle = fill
    pen.fill()
    pen.strokeStyle = line
    pen.lineWidth = 1.5
    pen.stroke()
  }
  const box = (half: number): [number, number][] => [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ]
  switch (layer) {
    case 'merchants':
      return shape(box(2.5), fields['safety'] === 'hazard' ? '#e3a32f' : '#b0a0f0')
    case 'stations':
      return shape(box(6), fields['state'] === 'open' ? '#35c9a5' : '#8a9bb3')
    case 'cameras':
      return shape(
        [
          [0, -7],
          [7, 6],
          [-7, 6],
        ],
        fields['state'] === 'online' ? '#5cc8ff' : '#8a9bb3',
      )
    case 'workers':
    case 'cases': {
      // A year of closed cases would hide the community.
      if (layer === 'cases' && CLOSED_STAGES.has(fields['stage'])) return
      pen.beginPath()
      pen.arc(x, y, layer === 'workers' ? 3.5 : 7, 0, 2 * Math.PI)
      if (layer === 'workers') {
        pen.fillStyle = '#eef5ff'
        pen.fill()
        return
      }
      pen.strokeStyle = '#f3c876'
      pen.lineWidth = 3
      pen.stroke()
      return
    }
    case 'alarms': {
      if (fields['state'] === 'cleared') return
      shape(
        [
          [0, -13],
          [13, 0],
          [0, 13],
          [-13, 0],
        ],
        fields['state'] === 'acknowledged' ? '#b8330f' : '#ff5f38',
        '#ffffff',
      )
      pen.fillStyle = '#ffffff'
      pen.font = 'bold 13px sans-serif'
      pen.textAlign = 'center'
      pen.fillText(typeof fields['priority'] === 'number' ? `${fields['priority']}` : '', x, y + 4.5)
      return
    }
    case 'buildings':
    case 'residents':
  }
}
