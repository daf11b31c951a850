import type { Position } from '../../../shared/domain/field.ts'
import type { CommunityMap } from '../../map/community-map.ts'

/** A card beside a place on the map, with a line to it. */
export interface MapCard {
  readonly id: string
  readonly position: Position
  readonly title: string
  readonly detail: string
  readonly tone: 'alarm' | 'warning'
}

/** A few words under a mark, such as how old its news is. */
export interface MapTag {
  readonly id: string
  readonly position: Position
  readonly text: string
}

/** Cards and tags over the map, moved with it without React. */
export interface MapTags {
  /** @param marks places of alarms: no card lies on one, whether or not it has a card of its own */
  show(cards: readonly MapCard[], tags: readonly MapTag[], marks: readonly Position[]): void
  destroy(): void
}

/** Where a card stands from its place, in design pixels: up and to the side that has more room. */
const CARD_ASIDE = 92
const CARD_UP = 130

const MARK_HALF = 26
/** Where a card is tried, from its usual place on: farther down and up by these, in design pixels. */
const TRIES = [0, 90, 180, -90, 270, -180, 360] as const

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The first free place for a card: on the side that has more room, then on the other; its usual place when none is. */
export function cardSpot(
  { x, y }: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
  room: Box,
  taken: readonly Box[],
  unit: number,
): { readonly left: number; readonly top: number; readonly toRight: boolean } {
  const margin = 12 * unit
  const prefersRight = x < (room.left + room.right) / 2
  const spots = [prefersRight, !prefersRight].flatMap((toRight) =>
    TRIES.map((down) => {
      const aside = CARD_ASIDE * unit
      const left = toRight
        ? Math.min(x + aside, room.right - size.width - margin)
        : Math.max(x - aside - size.width, room.left + margin)
      const wanted = y + (down - CARD_UP) * unit
      const top = Math.max(room.top + margin, Math.min(wanted, room.bottom - size.height - margin))
      return { left, top, toRight }
    }),
  )
  const gap = 6 * unit
  const isFree = ({ left, top }: { left: number; top: number }): boolean =>
    taken.every(
      (other) =>
        left + size.width + gap < other.left ||
        left > other.right + gap ||
        top + size.height + gap < other.top ||
        top > other.bottom + gap,
    )
  const [usual] = spots
  return spots.find(isFree) ?? usual ?? { left: x, top: y, toRight: true }
}

/** @param clear the part of the host that no panel covers, in pixels from its sides */
export function createMapTags(
  host: HTMLElement,
  map: CommunityMap,
  unit: number,
  clear: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): MapTags {
  let items: { readonly element: HTMLElement; readonly position: Position; readonly card: boolean }[] = []

  let alarms: readonly Position[] = []
  const place = (): void => {
    const width = host.clientWidth
    // No card lies on another, nor on the mark of another.
    const taken: Box[] = alarms.map((position) => {
      const { x, y } = map.project(position)
      const half = MARK_HALF * unit
      return { left: x - half, right: x + half, top: y - half, bottom: y + half }
    })
    for (const { element, position, card } of items) {
      const { x, y } = map.project(position)
      const inside = x > clear.left && x < width - clear.right && y > clear.top && y < host.clientHeight
      element.hidden = !inside
      if (!inside) continue
      if (!card) {
        element.style.transform = `translate(${x}px, ${y + 30 * unit}px) translateX(-50%)`
        continue
      }
      const body = element.firstElementChild as HTMLElement
      const cardWidth = body.offsetWidth
      const cardHeight = body.offsetHeight
      const rooms = { left: clear.left, right: width - clear.right, top: clear.top, bottom: host.clientHeight - clear.bottom }
      const { left, top, toRight } = cardSpot({ x, y }, { width: cardWidth, height: cardHeight }, rooms, taken, unit)
      taken.push({ top, bottom: top + cardHeight, left, right: left + cardWidth })
      body.style.transform = `translate(${left}px, ${top}px)`
      const edge = toRight ? left : left + cardWidth
      element.querySelector('path')?.setAttribute('d', `M${x} ${y}L${(x + edge) / 2} ${top + cardHeight / 2}H${edge}`)
    }
  }
  const stop = map.onMove(place)

  return {
    show(cards, tags, marks) {
      host.replaceChildren()
      alarms = marks
      items = [
        ...cards.map((card) => ({ element: cardElement(card), position: card.position, card: true })),
        ...tags.map((tag) => ({ element: tagElement(tag), position: tag.position, card: false })),
      ]
      for (const { element } of items) host.append(element)
      place()
    },
    destroy() {
      stop()
      host.replaceChildren()
    },
  }
}

const SVG = 'http://www.w3.org/2000/svg'

function cardElement({ id, title, detail, tone }: MapCard): HTMLElement {
  const element = document.createElement('div')
  element.className = 'map-card'
  element.dataset['tone'] = tone
  element.dataset['id'] = id
  const body = document.createElement('div')
  const strong = document.createElement('b')
  strong.textContent = title
  const small = document.createElement('span')
  small.textContent = detail
  body.append(strong, small)
  const line = document.createElementNS(SVG, 'svg')
  line.append(document.createElementNS(SVG, 'path'))
  element.append(body, line)
  return element
}

function tagElement({ id, text }: MapTag): HTMLElement {
  const element = document.createElement('div')
  element.className = 'map-tag'
  element.dataset['id'] = id
  element.textContent = text
  return element
}
