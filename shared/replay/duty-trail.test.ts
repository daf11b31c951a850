import { describe, expect, it } from 'vitest'

import type { Op } from '../domain/entry.ts'
import type { Fields } from '../domain/field.ts'
import type { LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import { assignmentAt, dutyTrail, knownWays } from './duty-trail.ts'

const changesOf = (layer: LayerName, steps: readonly (readonly [atMs: number, op: Op, fields: Fields])[]): Change[] =>
  steps.map(([recordedAt, op, fields], index) => ({
    seq: index + 1,
    recordedAt,
    observedAt: recordedAt,
    layer,
    id: 'x',
    op,
    fields,
  }))

describe('who was sent to a case', () => {
  const steps = changesOf('cases', [
    [100, 'put', { stage: 'reported', assigneeId: null }],
    [200, 'patch', { stage: 'dispatched', assigneeId: 'w-1' }],
    [300, 'patch', { assigneeId: 'w-2' }],
    [400, 'patch', { stage: 'handled' }],
    [500, 'patch', { stage: 'returned' }],
  ])

  it('is nobody before the dispatch, then the one who stands in the case, until it is handled', () => {
    expect(assignmentAt(steps, 199)).toBeNull()
    expect(assignmentAt(steps, 250)).toEqual({ workerId: 'w-1', fromMs: 200, toMs: 300 })
    expect(assignmentAt(steps, 300)).toEqual({ workerId: 'w-2', fromMs: 300, toMs: 400 })
    expect(assignmentAt(steps, 450)).toEqual({ workerId: 'w-2', fromMs: 300, toMs: 400 })
    expect(assignmentAt(steps, 900)).toEqual({ workerId: 'w-2', fromMs: 500, toMs: null })
  })

  it('is over with the case itself', () => {
    const gone = [...steps, ...changesOf('cases', [[600, 'remove', {}]])]
    expect(assignmentAt(gone, 900)).toEqual({ workerId: 'w-2', fromMs: 500, toMs: 600 })
  })
})

describe('the trail of a duty', () => {
  it('ends when the duty does, whatever comes on the next one', () => {
    const trail = dutyTrail(
      changesOf('workers', [
        [100, 'patch', { position: [114.65, 33.62] }],
        [130, 'patch', { headingDeg: 90 }],
        [160, 'patch', { position: [114.66, 33.63] }],
        [190, 'patch', { duty: 'off', position: null }],
        [900, 'patch', { duty: 'onDuty', position: [114.6, 33.6] }],
      ]),
    )
    expect(trail).toEqual({
      points: [
        { atMs: 100, position: [114.65, 33.62] },
        { atMs: 160, position: [114.66, 33.63] },
      ],
      endedByDuty: true,
    })
  })

  it('is no way where nothing was heard for longer than three positions', () => {
    const points = [0, 30_000, 120_000, 120_001 + 90_000].map((atMs) => ({ atMs, position: [114.65, 33.62] as const }))
    expect(knownWays(points).map((way) => way.map(({ atMs }) => atMs))).toEqual([[0, 30_000, 120_000], [210_001]])
    expect(knownWays([])).toEqual([])
  })

  it('is empty for somebody off duty, and begins with the duty', () => {
    expect(dutyTrail(changesOf('workers', [[100, 'patch', { duty: 'off', position: null }]])).points).toEqual([])
    const later = changesOf('workers', [
      [100, 'put', { duty: 'off', position: null }],
      [200, 'patch', { duty: 'onDuty', position: [114.65, 33.62] }],
    ])
    expect(dutyTrail(later)).toEqual({ points: [{ atMs: 200, position: [114.65, 33.62] }], endedByDuty: false })
  })
})
