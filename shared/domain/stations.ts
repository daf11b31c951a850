import { choice, flag, number, position, text, type FieldsOf, type FieldSpecs } from './field.ts'

export const STATION_STATES = ['open', 'closed', 'full', 'fault', 'offline'] as const
export const STATION_WATER = ['hot', 'cold', 'none'] as const

const OPENING_HOURS =
  /^(?:[01]\d|2[0-4]):[0-5]\d-(?:[01]\d|2[0-4]):[0-5]\d(?:,(?:[01]\d|2[0-4]):[0-5]\d-(?:[01]\d|2[0-4]):[0-5]\d){0,3}$/
const live = { nullable: true, live: true }
const places = { min: 0, max: 10_000 }

/** 暖心驿站. `hours` is Beijing time, `08:00-20:00` or several of these with commas. */
export const stationFields = {
  name: text(60),
  position: position(),
  hours: text(60, { nullable: true, pattern: OPENING_HOURS }),
  state: choice(STATION_STATES, { live: true }),
  water: choice(STATION_WATER, live),
  seatsFree: number(places, live),
  seatsTotal: number(places, live),
  portsFree: number(places, live),
  portsTotal: number(places, live),
  cups: number(places, live),
  rainGear: number(places, live),
  staffPresent: flag(live),
  temperatureC: number({ min: -60, max: 80, decimals: 1 }, live),
} satisfies FieldSpecs

export type Station = FieldsOf<typeof stationFields>
