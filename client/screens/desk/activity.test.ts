import { expect, test } from 'vitest'

import { createMirror } from '../../store/mirror.ts'
import { BUCKET_MS, createActivity } from './activity.ts'

test('the first load of a layer is no activity; what changes after it is counted in its stretch', () => {
  const mirror = createMirror([114.65, 33.62])
  let nowMs = 10 * BUCKET_MS
  const activity = createActivity(mirror, () => nowMs)
  const stop = activity.start()
  const record = (id: string) => ({ id, observedAt: 0, fields: { buildingId: 'b-1', care: 'ok' } })
  mirror.replaceLayer('residents', [record('r-1'), record('r-2')], 1)
  expect(activity.buckets.size).toBe(0)
  mirror.apply([
    { seq: 2, recordedAt: nowMs, observedAt: nowMs, layer: 'residents', id: 'r-1', op: 'patch', fields: { care: 'due' } },
  ])
  nowMs += BUCKET_MS
  mirror.apply([
    { seq: 3, recordedAt: nowMs, observedAt: nowMs, layer: 'residents', id: 'r-2', op: 'patch', fields: { care: 'due' } },
  ])
  expect([...activity.buckets.entries()]).toEqual([
    [10 * BUCKET_MS, 1],
    [11 * BUCKET_MS, 1],
  ])
  stop()
})
