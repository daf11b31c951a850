import { choice, number, position, text, type FieldsOf, type FieldSpecs } from './field.ts'

/** What a wall shows of a building's residents: the worst care state in it, never a number. */
export const CARE_BANDS = ['none', 'ok', 'due', 'overdue', 'sos'] as const
/** How many residents a building has, in steps wide enough that no household stands out. */
export const RESIDENT_BANDS = ['none', 'few', 'some', 'many'] as const

const count = { min: 0, max: 1_000_000 }
const derivedCount = { nullable: true, live: true, derived: true, hiddenFrom: ['wall'] }
const derivedBand = { nullable: true, live: true, derived: true }

/**
 * 楼栋. Counts and bands are derived from residents in the transaction of their cause. The bands of a building under
 * three households are those of it and its nearest neighbour together, so that they tell nothing of one household.
 */
export const buildingFields = {
  name: text(60),
  compoundId: text(64, { nullable: true }),
  gridId: text(64, { nullable: true }),
  position: position(),
  floors: number({ min: 0, max: 200 }, { nullable: true }),
  households: number(count, { nullable: true }),
  residents: number(count, derivedCount),
  careNone: number(count, derivedCount),
  careOk: number(count, derivedCount),
  careDue: number(count, derivedCount),
  careOverdue: number(count, derivedCount),
  careSos: number(count, derivedCount),
  careBand: choice(CARE_BANDS, derivedBand),
  residentsBand: choice(RESIDENT_BANDS, derivedBand),
} satisfies FieldSpecs

export type Building = FieldsOf<typeof buildingFields>
