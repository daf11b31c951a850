import { useEffect, useState } from 'react'

/** How long the wall stands at a place. */
export const STAND_MS = 60_000
/**
 * Where a wall stands against burn-in, in design pixels from its place: a round of steps that nobody sees. Steps, because
 * anything that moves all the time has the whole screen drawn all the time.
 */
const PLACES: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 1],
  [3, 2],
  [2, 3],
  [1, 3],
  [0, 3],
  [-1, 3],
  [-2, 3],
  [-3, 2],
  [-3, 1],
  [-2, 0],
  [-1, 0],
]

/** The wall's place after so long, in whole pixels. @param unit of a design pixel */
export function driftAt(elapsedMs: number, unit: number): readonly [x: number, y: number] {
  const [x, y] = PLACES[Math.floor(elapsedMs / STAND_MS) % PLACES.length] ?? [0, 0]
  return [Math.round(x * unit), Math.round(y * unit)]
}

/** The CSS translation of a wall against burn-in, a step a minute. */
export function useDrift(unit: number): string {
  const [minutes, setMinutes] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setMinutes((before) => before + 1), STAND_MS)
    return () => clearInterval(timer)
  }, [])
  const [x, y] = driftAt(minutes * STAND_MS, unit)
  return `${x}px ${y}px`
}
