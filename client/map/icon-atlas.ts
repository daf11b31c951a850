import { PALETTE } from './palette.ts'

const CELL = 128
const MIDDLE = CELL / 2
const TURN = 2 * Math.PI
const SCREEN = 'rgba(6,13,24,.96)'

type Pen = CanvasRenderingContext2D
export type MarkStatus = 'ok' | 'warning' | 'alarm' | 'offline' | 'done'

interface Icon {
  readonly name: string
  /** Coloured by the layer instead of by the drawing. */
  readonly mask: boolean
  readonly draw: (pen: Pen) => void
}

function circle(pen: Pen, radius: number, from = 0, to = TURN): void {
  pen.beginPath()
  pen.arc(MIDDLE, MIDDLE, radius, from, to)
}

function house(pen: Pen, colour: string): void {
  pen.save()
  pen.translate(MIDDLE, MIDDLE)
  pen.scale(1.12, 1.12)
  pen.strokeStyle = colour
  pen.fillStyle = colour
  pen.lineWidth = 5
  pen.lineJoin = 'round'
  pen.lineCap = 'round'
  pen.stroke(new Path2D('M-20-2 0-19 20-2M-14-5V18H14V-5'))
  pen.fill(new Path2D('M0 13C-16 2-7-9 0-1 7-9 16 2 0 13Z'))
  pen.restore()
}

/**
 * The mark of a status, told by its shape before its colour: triangle, diamond with white outline, crossed disc, ticked
 * disc.
 */
export function drawMark(pen: Pen, status: MarkStatus, x: number, y: number, radius: number): void {
  pen.save()
  pen.translate(x, y)
  pen.lineJoin = 'round'
  const r = radius
  pen.beginPath()
  if (status === 'warning') {
    pen.moveTo(0, -r * 1.1)
    pen.lineTo(r * 1.1, r * 0.85)
    pen.lineTo(-r * 1.1, r * 0.85)
    pen.closePath()
  } else if (status === 'alarm') {
    pen.moveTo(0, -r * 1.15)
    pen.lineTo(r * 1.15, 0)
    pen.lineTo(0, r * 1.15)
    pen.lineTo(-r * 1.15, 0)
    pen.closePath()
  } else pen.arc(0, 0, r, 0, TURN)
  pen.fillStyle = PALETTE[status]
  pen.strokeStyle = PALETTE.halo
  pen.lineWidth = r * 0.42
  pen.stroke()
  pen.fill()
  if (status === 'alarm') {
    pen.strokeStyle = '#fff'
    pen.lineWidth = r * 0.17
    pen.stroke()
  }
  drawSign(pen, status, r)
  pen.restore()
}

function drawSign(pen: Pen, status: MarkStatus, r: number): void {
  const line = (width: number, colour: string, path: string): void => {
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.lineCap = 'round'
    pen.stroke(new Path2D(path))
  }
  switch (status) {
    case 'warning':
      return line(r * 0.26, '#0a1424', `M0 ${-r * 0.4}V${r * 0.22}M0 ${r * 0.56}v0.1`)
    case 'alarm':
      return line(r * 0.26, '#fff', `M0 ${-r * 0.55}V${r * 0.12}M0 ${r * 0.5}v0.1`)
    case 'offline':
      return line(
        r * 0.34,
        '#0a1424',
        `M${-r * 0.4} ${-r * 0.4}L${r * 0.4} ${r * 0.4}M${r * 0.4} ${-r * 0.4}L${-r * 0.4} ${r * 0.4}`,
      )
    case 'done':
      return line(r * 0.32, '#052019', `M${-r * 0.42} ${r * 0.04}L${-r * 0.1} ${r * 0.36}L${r * 0.46} ${-r * 0.32}`)
    case 'ok':
      return
  }
}

const disc = (pen: Pen): void => {
  const glow = pen.createRadialGradient(MIDDLE, MIDDLE, 20, MIDDLE, MIDDLE, 62)
  glow.addColorStop(0, SCREEN)
  glow.addColorStop(0.72, 'rgba(6,13,24,.94)')
  glow.addColorStop(1, 'rgba(6,13,24,0)')
  pen.fillStyle = glow
  circle(pen, 62)
  pen.fill()
}

const ring = (pen: Pen, width: number, from = 0, to = TURN): void => {
  pen.lineWidth = width
  circle(pen, 44, from, to)
  pen.stroke()
}

/** A station: thin ring, three-quarter ring, double ring on red, dashed ring; hollow and dotted when its news is old. */
function station(status: Exclude<MarkStatus, 'done'>, stale: boolean): Icon {
  return {
    name: stale ? 'station-stale' : `station-${status}`,
    mask: false,
    draw(pen) {
      disc(pen)
      const colour = stale ? PALETTE.offline : PALETTE[status]
      pen.strokeStyle = colour
      if (stale) {
        pen.setLineDash([3, 9])
        ring(pen, 5)
        pen.setLineDash([])
      } else if (status === 'ok') ring(pen, 5)
      else if (status === 'warning') ring(pen, 8, -0.2, 4.2)
      else if (status === 'alarm') {
        pen.fillStyle = 'rgba(255,95,56,.55)'
        circle(pen, 44)
        pen.fill()
        ring(pen, 8)
        pen.strokeStyle = '#fff'
        pen.lineWidth = 3
        circle(pen, 54)
        pen.stroke()
      } else {
        pen.setLineDash([9, 9])
        ring(pen, 5)
        pen.setLineDash([])
      }
      house(pen, stale || status === 'offline' ? PALETTE.offline : status === 'warning' ? PALETTE.warning : '#e6f6ff')
      if (!stale && status !== 'ok') drawMark(pen, status, 98, 32, 19)
    },
  }
}

function camera(status: 'ok' | 'warning' | 'offline'): Icon {
  return {
    name: `camera-${status}`,
    mask: false,
    draw(pen) {
      pen.fillStyle = SCREEN
      pen.strokeStyle = PALETTE[status]
      pen.lineWidth = 6
      if (status === 'offline') pen.setLineDash([10, 8])
      pen.beginPath()
      pen.roundRect(26, 26, 76, 76, 18)
      pen.fill()
      pen.stroke()
      pen.setLineDash([])
      pen.fillStyle = status === 'offline' ? PALETTE.offline : '#e6f6ff'
      pen.translate(MIDDLE, MIDDLE)
      pen.scale(1.25, 1.25)
      pen.fill(new Path2D('M-16-11H3q4 0 4 4V7q0 4-4 4H-16q-4 0-4-4V-7q0-4 4-4ZM10-3 21-10V10L10 3Z'))
      pen.setTransform(1, 0, 0, 1, 0, 0)
    },
  }
}

const ICONS: readonly Icon[] = [
  station('ok', false),
  station('warning', false),
  station('alarm', false),
  station('offline', false),
  station('ok', true),
  camera('ok'),
  camera('warning'),
  camera('offline'),
  {
    name: 'square',
    mask: true,
    draw(pen) {
      pen.fillStyle = '#fff'
      pen.beginPath()
      pen.roundRect(30, 30, 68, 68, 12)
      pen.fill()
    },
  },
  {
    name: 'dot',
    mask: true,
    draw(pen) {
      pen.fillStyle = '#fff'
      circle(pen, 40)
      pen.fill()
    },
  },
  {
    name: 'dot-ringed',
    mask: false,
    draw(pen) {
      pen.fillStyle = PALETTE.ink
      pen.strokeStyle = SCREEN
      pen.lineWidth = 20
      circle(pen, 44)
      pen.stroke()
      pen.fill()
    },
  },
  {
    name: 'worker',
    mask: false,
    draw(pen) {
      pen.fillStyle = SCREEN
      pen.strokeStyle = PALETTE.ink
      pen.lineWidth = 6
      pen.lineJoin = 'round'
      const shield = new Path2D('M64 14 106 30V66C106 92 86 108 64 116 42 108 22 92 22 66V30Z')
      pen.fill(shield)
      pen.stroke(shield)
      pen.fillStyle = PALETTE.ink
      pen.beginPath()
      pen.arc(64, 50, 14, 0, TURN)
      pen.fill()
      pen.fill(new Path2D('M38 90C38 62 90 62 90 90Z'))
    },
  },
  {
    name: 'case',
    mask: false,
    draw(pen) {
      pen.fillStyle = SCREEN
      pen.strokeStyle = PALETTE.ink
      pen.lineWidth = 6
      pen.lineJoin = 'round'
      const sheet = new Path2D('M32 20H76L98 42V108H32Z')
      pen.fill(sheet)
      pen.stroke(sheet)
      pen.stroke(new Path2D('M48 60H82M48 82H72'))
    },
  },
  ...(['warning', 'alarm', 'done'] as const).map((status) => ({
    name: `mark-${status}`,
    mask: false,
    draw: (pen: Pen) => drawMark(pen, status, MIDDLE, MIDDLE + 2, 42),
  })),
]

/** The font of counts on the map; loaded before the atlas is drawn, else the digits are of another one. */
export const DIGIT_FONT = "600 100px 'Barlow Semi Condensed'"
/** Of a digit's mark and of the step to the next one, for letters of one pixel. */
export const DIGIT_SIZE = CELL / 100
export const DIGIT_STEP = 0.5

/** Digits as marks, so that counts need no program of their own. */
const DIGITS: readonly Icon[] = Array.from('0123456789', (digit) => ({
  name: digit,
  mask: true,
  draw(pen) {
    pen.font = DIGIT_FONT
    pen.fillStyle = '#fff'
    pen.textAlign = 'center'
    pen.textBaseline = 'alphabetic'
    const { actualBoundingBoxAscent } = pen.measureText('0')
    pen.fillText(digit, MIDDLE, MIDDLE + actualBoundingBoxAscent / 2)
  },
}))

export interface IconAtlas {
  /** Given to deck.gl as it is: a data: address would need a hole in the content security policy. */
  readonly picture: HTMLCanvasElement
  readonly mapping: Readonly<Record<string, { x: number; y: number; width: number; height: number; mask: boolean }>>
}

/** Every mark of the map in one picture, drawn once; the panels draw the same marks with {@link drawMark}. */
export function drawIconAtlas(): IconAtlas {
  const columns = 4
  const icons = [...ICONS, ...DIGITS]
  const canvas = document.createElement('canvas')
  canvas.width = columns * CELL
  canvas.height = Math.ceil(icons.length / columns) * CELL
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('this browser has no 2D canvas')
  const mapping: Record<string, { x: number; y: number; width: number; height: number; mask: boolean }> = {}
  for (const [index, { name, mask, draw }] of icons.entries()) {
    const x = (index % columns) * CELL
    const y = Math.floor(index / columns) * CELL
    const cell = document.createElement('canvas')
    cell.width = CELL
    cell.height = CELL
    const inCell = cell.getContext('2d')
    if (inCell === null) throw new Error('this browser has no 2D canvas')
    draw(inCell)
    pen.drawImage(cell, x, y)
    mapping[name] = { x, y, width: CELL, height: CELL, mask }
  }
  return { picture: canvas, mapping }
}
