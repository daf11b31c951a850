import { expect, test } from 'vitest'

import { cardSpot } from './map-tags.ts'

const room = { left: 460, right: 1460, top: 100, bottom: 1080 }
const size = { width: 260, height: 72 }
const boxOf = ({ left, top }: { left: number; top: number }) => ({
  left,
  top,
  right: left + size.width,
  bottom: top + size.height,
})

test('a card stands up and to the side with more room, inside the free part of the map', () => {
  expect(cardSpot({ x: 600, y: 500 }, size, room, [], 1)).toEqual({ left: 692, top: 370, toRight: true })
  expect(cardSpot({ x: 1_300, y: 500 }, size, room, [], 1)).toMatchObject({ toRight: false })
  expect(cardSpot({ x: 1_440, y: 110 }, size, room, [], 1).top).toBeGreaterThanOrEqual(room.top)
})

test('alarms in one street have their cards beside each other, none on another', () => {
  const taken: ReturnType<typeof boxOf>[] = []
  for (let alarm = 0; alarm < 5; alarm += 1) {
    const spot = boxOf(cardSpot({ x: 900 + alarm * 8, y: 520 + alarm * 5 }, size, room, taken, 1))
    for (const other of taken) {
      const apart = spot.right < other.left || spot.left > other.right || spot.bottom < other.top || spot.top > other.bottom
      expect(apart, `card ${alarm}`).toBe(true)
    }
    taken.push(spot)
  }
})
