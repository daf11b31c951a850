import type { LiveLink } from '../connection/live-link.ts'

/** Beijing time, whatever the machine's own zone is: UTC+8 the whole year. */
const BEIJING_OFFSET_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000
/** 04:20: the quietest time of a duty room. */
const NIGHTLY_MS = (4 * 60 + 20) * 60_000
/** Walls of one community do not all go dark at once. */
const SPREAD_MS = 10 * 60_000
/** After this long without a right to look, the page asks anew who it is: to pair, or to sign in. */
const ENDED_RELOAD_MS = 2_000

/** Until the next nightly reload of a page, by its own clock. */
export function untilNightly(nowMs: number, random: number): number {
  const ofDay = (nowMs + BEIJING_OFFSET_MS) % DAY_MS
  const wait = NIGHTLY_MS - ofDay
  return (wait <= SPREAD_MS ? wait + DAY_MS : wait) + random * SPREAD_MS
}

/**
 * Loads the page anew when only that helps: the session ended, the server speaks a newer protocol, and each night on a
 * wall, so that nothing can pile up for years. Returns the way to stop.
 */
export function keepFresh(link: LiveLink, options: { readonly nightly: boolean }): () => void {
  let reloading: ReturnType<typeof setTimeout> | null = null
  const unsubscribe = link.subscribe(() => {
    const { phase } = link.state
    if (phase === 'ended' || phase === 'outdated') reloading ??= setTimeout(() => location.reload(), ENDED_RELOAD_MS)
  })
  const nightly = options.nightly ? setTimeout(() => location.reload(), untilNightly(Date.now(), Math.random())) : null
  return () => {
    unsubscribe()
    if (reloading !== null) clearTimeout(reloading)
    if (nightly !== null) clearTimeout(nightly)
  }
}
