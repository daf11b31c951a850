import { expect, test } from 'vitest'

import type { Fields } from '../../../shared/domain/field.ts'
import { callsForSomebody, queueRows } from './queue-rows.ts'

const alarm = (id: string, fields: Fields) => ({
  id,
  slot: 0,
  seq: 1,
  observedAt: 0,
  fields: {
    kind: 'station_fault',
    priority: 2,
    subject: { layer: 'stations', id: 'st-01' },
    position: [114.65, 33.62] as const,
    state: 'raised',
    ownerId: null,
    reason: null,
    raisedAt: '2026-11-23T06:00:00.000Z',
    dueAt: null,
    acknowledgedAt: null,
    clearedAt: null,
    ...fields,
  },
})

test('alarms that call stand before those in hand, then by priority, then by wait', () => {
  const rows = queueRows([
    alarm('in-hand', { priority: 1, state: 'acknowledged', acknowledgedAt: '2026-11-23T06:01:00.000Z' }),
    alarm('young', { raisedAt: '2026-11-23T06:10:00.000Z' }),
    alarm('old', {}),
    alarm('urgent', { priority: 1, raisedAt: '2026-11-23T06:20:00.000Z' }),
  ])
  expect(rows.map(({ id }) => id)).toEqual(['urgent', 'old', 'young', 'in-hand'])
})

test('an alarm whose cause is gone stays in the queue until somebody acknowledges it', () => {
  const cleared = { state: 'cleared', clearedAt: '2026-11-23T06:05:00.000Z' }
  const rows = queueRows([alarm('unseen', cleared), alarm('seen', { ...cleared, acknowledgedAt: '2026-11-23T06:06:00.000Z' })])
  expect(rows.map(({ id, state }) => [id, state])).toEqual([['unseen', 'over']])
  expect(rows.every(callsForSomebody)).toBe(true)
})
