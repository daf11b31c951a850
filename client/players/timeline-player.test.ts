import { describe, expect, it } from 'vitest'

import { snapshotWorld } from '../../shared/world/snapshot.ts'
import { createWorld } from '../../shared/world/world.ts'
import type { Change } from '../../shared/world/change.ts'
import { FIRST_LINK_STATE } from '../connection/link-state.ts'
import type { LiveLink } from '../connection/live-link.ts'
import { createMirror, type Mirror } from '../store/mirror.ts'
import { createLivePlayer } from './live-player.ts'
import { createRecordedPlayer } from './recorded-player.ts'
import { createTimelinePlayer } from './timeline-player.ts'

const START = Date.parse('2026-11-23T06:00:00.000Z')
const NOW = START + 60_000

/** A log of one station, which closes 30 s after it was put. */
const LOG: readonly Change[] = [
  { seq: 1, recordedAt: START, observedAt: START, layer: 'stations', id: 's', op: 'put', fields: { state: 'open' } },
  {
    seq: 2,
    recordedAt: START + 30_000,
    observedAt: START + 30_000,
    layer: 'stations',
    id: 's',
    op: 'patch',
    fields: { state: 'closed' },
  },
]

/** A link that is at once live, and shows the state that it is told. */
function linkFor(mirror: Mirror, started: string[]): LiveLink {
  return {
    state: { ...FIRST_LINK_STATE, phase: 'live', stale: false },
    seq: 2,
    subscribe: () => () => undefined,
    serverNowMs: () => NOW,
    start() {
      started.push('link')
      mirror.replaceLayer('stations', [{ id: 's', observedAt: NOW, fields: { state: 'fault' } }], 3)
    },
    stop: () => void started.push('link ended'),
  }
}

function open(startsLive: boolean) {
  const mirror = createMirror([114.65, 33.62])
  const started: string[] = []
  const recorded = createRecordedPlayer({
    mirror,
    atMs: START + 10_000,
    monotonicMs: () => 0,
    nextFrame: () => () => undefined,
    source: {
      index: () =>
        Promise.resolve({
          epoch: 'e',
          firstAt: START,
          head: { seq: 2, at: START + 30_000 },
          now: NOW,
          keyframes: [],
          chunks: [],
          lifetimes: [],
          density: [],
          days: [],
        }),
      keyframe: () => Promise.resolve(snapshotWorld(createWorld())),
      chunk: () => Promise.resolve({ changes: [], toSeq: 0 }),
      tail: (after) => Promise.resolve({ changes: LOG.slice(after), toSeq: LOG.length }),
    },
  })
  const player = createTimelinePlayer({ recorded, openLive: () => createLivePlayer(linkFor(mirror, started)), startsLive })
  const settled = async () => {
    for (let turns = 0; turns < 60; turns += 1) await Promise.resolve()
  }
  const shown = () => mirror.layer('stations').records.get('s')?.fields['state']
  player.start()
  return { player, started, settled, shown }
}

describe('the timeline as one player', () => {
  it('shows now over the link, and what was recorded after a seek before now, in the same mirror', async () => {
    const { player, started, settled, shown } = open(true)
    expect(player.state).toMatchObject({ mode: 'live', atMs: NOW, failure: null })
    expect(shown()).toBe('fault')
    player.controls.seek(START + 20_000)
    await settled()
    expect(player.state).toMatchObject({ mode: 'recorded', atMs: START + 20_000, playing: false, seq: 1 })
    expect(shown()).toBe('open')
    expect(started).toEqual(['link', 'link ended'])
    player.controls.toLive()
    expect(player.state).toMatchObject({ mode: 'live', range: { fromMs: START, toMs: NOW } })
    expect(shown()).toBe('fault')
    player.stop()
    expect(started).toEqual(['link', 'link ended', 'link', 'link ended'])
  })

  it('a pause, a step back or playing backwards rewinds from now; forwards there is nothing', async () => {
    const { player, settled, shown } = open(true)
    player.controls.play(4)
    player.controls.stepChange(1)
    player.controls.seek(NOW)
    expect(player.state.mode).toBe('live')
    player.controls.pause()
    await settled()
    expect(player.state).toMatchObject({ mode: 'recorded', playing: false })
    expect(shown()).toBe('closed')
    player.controls.toLive()
    player.controls.play(-2)
    expect(player.state).toMatchObject({ mode: 'recorded', playing: true, speed: -2 })
    player.stop()
  })

  it('begins in the past without asking for a link', async () => {
    const { player, started, settled, shown } = open(false)
    await settled()
    expect(player.state).toMatchObject({ mode: 'recorded', atMs: START + 10_000 })
    expect([shown(), started]).toEqual(['open', []])
    player.stop()
  })

  it('the contract tells what each can do', () => {
    const live = createLivePlayer(linkFor(createMirror([114.65, 33.62]), []))
    expect(live.capabilities).toEqual({ seek: false, live: true, speeds: [] })
    expect(open(false).player.capabilities).toMatchObject({ seek: true, live: true })
  })
})
