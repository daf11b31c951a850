import { expect, test } from 'vitest'
import { AvailabilityBook, availability, availabilityCsv, type AvailabilityStore, type CameraDay } from './availability.ts'

const MINUTE_MS = 60_000
/** 23:58 of 23 November in Beijing. */
const LATE_MS = Date.UTC(2026, 10, 23, 15, 58)

function book() {
  const days: CameraDay[] = []
  const store: AvailabilityStore = { add: async (added) => void days.push(...added), between: async () => days }
  return { days, book: new AvailabilityBook(store, () => expect.unreachable()) }
}
const day = (part: Partial<CameraDay>): CameraDay => ({
  cameraId: 'c1',
  day: '2026-11-23',
  onlineMs: 0,
  degradedMs: 0,
  offlineMs: 0,
  disabledMs: 0,
  ...part,
})

test('times are added by state and cut at midnight in Beijing', async () => {
  const { days, book: kept } = book()
  kept.heard({ cameraId: 'c1', state: 'online', observedAtMs: LATE_MS })
  kept.heard({ cameraId: 'c1', state: 'offline', observedAtMs: LATE_MS + MINUTE_MS })
  kept.heard({ cameraId: 'c1', state: 'offline', observedAtMs: LATE_MS + 3 * MINUTE_MS })
  await kept.flush()
  expect(days).toEqual([day({ onlineMs: MINUTE_MS, offlineMs: MINUTE_MS }), day({ day: '2026-11-24', offlineMs: MINUTE_MS })])
})

test('what nobody saw is not counted: three minutes after the last word nothing is known', async () => {
  const { days, book: kept } = book()
  kept.heard({ cameraId: 'c1', state: 'online', observedAtMs: LATE_MS - 60 * MINUTE_MS })
  kept.heard({ cameraId: 'c1', state: 'online', observedAtMs: LATE_MS })
  await kept.flush()
  expect(days).toEqual([day({ onlineMs: 3 * MINUTE_MS })])
})

test('the share leaves out what was switched off, and a day without knowledge has none', () => {
  expect(availability(day({ onlineMs: 3, degradedMs: 1, offlineMs: 1, disabledMs: 95 }))).toBe(0.8)
  expect(availability(day({ disabledMs: 5 }))).toBeNull()
})

test('the table opens in a spreadsheet and holds no formula', () => {
  const csv = availabilityCsv([day({ onlineMs: 1_800_000, offlineMs: 1_800_000 })], () => '=HYPERLINK("x"),1')
  expect(csv.split('\r\n')[1]).toBe(`2026-11-23,c1,"'=HYPERLINK(""x""),1",0.5000,0.0000,0.5000,0.0000,50.00%`)
})
