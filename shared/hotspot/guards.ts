import { LEAST_NEIGHBOURHOOD_CASES } from './analysis.ts'

/** Counts under this are not shown outside the office role: few enough that a reader may know the persons. */
export const SMALL_CELL = 5

/** What a screen may say of a cell: its class, or that there is too little data for one. Cold is never called safe. */
export type Shown = { shownClass: number; tooLittleData: boolean }

/** The class that may be shown: none under five cases in the neighbourhood. */
export function guardedClass(found: number, neighbourhoodCases: number): Shown {
  const tooLittleData = neighbourhoodCases < LEAST_NEIGHBOURHOOD_CASES
  return { shownClass: tooLittleData ? 0 : found, tooLittleData }
}

/** A count as a role may see it: null for 1 to 4 when the role sees no small cells. Zero tells nothing of a person. */
export function shownCount(count: number, seesSmallCells: boolean): number | null {
  return seesSmallCells || count === 0 || count >= SMALL_CELL ? count : null
}
