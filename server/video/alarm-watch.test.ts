import { expect, test } from 'vitest'
import type { Change } from '../../shared/world/change.ts'
import { createAlarmWatch } from './alarm-watch.ts'

const AT_MS = 1_795_000_000_000
const view = (id: string, lng: number) => ({
  id,
  position: [lng, 33.62] as const,
  bearingDeg: 90,
  fieldOfViewDeg: 70,
  rangeMeters: 60,
})
const raised = (position: readonly [number, number] | null, state = 'raised'): Change => ({
  seq: 1,
  recordedAt: AT_MS,
  observedAt: AT_MS,
  layer: 'alarms',
  id: 'a1',
  op: 'put',
  fields: { kind: 'station_fault', priority: 2, subject: { layer: 'stations', id: 's1' }, state, position },
})

function watched() {
  const kept: [string, number, number][] = []
  const watch = createAlarmWatch({
    hub: { record: (...what) => void kept.push(what) },
    cameras: () => [view('near', 114.65), view('next', 114.651), view('far', 114.66)],
  })
  return { watch, kept }
}

test('an alarm keeps the cameras near it from thirty seconds before to a minute after, and opens them', () => {
  const { watch, kept } = watched()
  watch.heard([raised([114.6502, 33.62])])
  expect(kept).toEqual([
    ['near', AT_MS - 30_000, AT_MS + 60_000],
    ['next', AT_MS - 30_000, AT_MS + 60_000],
  ])
  expect(watch.alarmAtMs('near')).toBe(AT_MS)
  expect(watch.alarmAtMs('far')).toBeNull()
})

test('an alarm without a place, and one that is over, concern no camera', () => {
  const { watch, kept } = watched()
  watch.heard([raised(null), raised([114.65, 33.62], 'cleared')])
  expect(kept).toEqual([])
})
