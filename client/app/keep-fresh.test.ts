import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { LinkState } from '../connection/link-state.ts'
import type { LiveLink } from '../connection/live-link.ts'
import { keepFresh, untilNightly } from './keep-fresh.ts'

const HOUR = 3_600_000
const beijing = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, day, hour - 8, minute)
const reload = vi.fn()

beforeEach(() => {
  vi.useFakeTimers({ now: beijing(26, 14) })
  vi.stubGlobal('location', { reload })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  reload.mockClear()
})

function linkThatSays(): { readonly link: LiveLink; say(phase: LinkState['phase']): void } {
  let phase: LinkState['phase'] = 'live'
  const listeners = new Set<() => void>()
  const link = {
    get state() {
      return { phase }
    },
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  } as unknown as LiveLink
  return {
    link,
    say(next) {
      phase = next
      for (const listener of listeners) listener()
    },
  }
}

test('the nightly reload falls between 04:20 and 04:30 in Beijing, whatever hour the wall was opened', () => {
  for (const openedAt of [beijing(26, 0), beijing(26, 4, 19), beijing(26, 4, 25), beijing(26, 14), beijing(26, 23, 59)]) {
    for (const random of [0, 0.5, 0.999]) {
      const wait = untilNightly(openedAt, random)
      const ofDay = (openedAt + wait + 8 * HOUR) % (24 * HOUR)
      expect(ofDay).toBeGreaterThanOrEqual((4 * 60 + 20) * 60_000)
      expect(ofDay).toBeLessThan((4 * 60 + 30) * 60_000)
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThan(25 * HOUR)
    }
  }
})

test('a wall reloads in that night and not before; a desk never does', () => {
  const { link } = linkThatSays()
  const stopDesk = keepFresh(link, { nightly: false })
  vi.advanceTimersByTime(48 * HOUR)
  expect(reload).not.toHaveBeenCalled()
  stopDesk()
  const stopWall = keepFresh(link, { nightly: true })
  vi.advanceTimersByTime(14 * HOUR)
  expect(reload).not.toHaveBeenCalled()
  vi.advanceTimersByTime(HOUR)
  expect(reload).toHaveBeenCalledTimes(1)
  stopWall()
})

test('a session that ended, or a server that speaks a newer protocol, has the page load anew, once', () => {
  for (const phase of ['ended', 'outdated'] as const) {
    reload.mockClear()
    const { link, say } = linkThatSays()
    const stop = keepFresh(link, { nightly: true })
    say('silent')
    vi.advanceTimersByTime(60_000)
    expect(reload).not.toHaveBeenCalled()
    say(phase)
    say(phase)
    vi.advanceTimersByTime(2_000)
    expect(reload).toHaveBeenCalledTimes(1)
    stop()
  }
})
