const KEY = 'reloads'
const FIRST_MS = 3_000
const LONGEST_MS = 5 * 60_000
/** A page that lived this long since its last such reload is well again. */
const FORGET_MS = 15 * 60_000

/**
 * How long to wait before a page that cannot draw is loaded anew: longer each time, so that a broken driver does not spin.
 * @param earlier when it was done before, UTC milliseconds
 */
export function reloadDelayMs(earlier: readonly number[], nowMs: number): number {
  const recent = earlier.filter((atMs) => nowMs - atMs < FORGET_MS)
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** recent.length)
}

let waiting = false

/** Loads the page anew after a wait that grows with each time; what is asked again meanwhile changes nothing. */
export function reloadLater(): void {
  if (waiting) return
  waiting = true
  const nowMs = Date.now()
  const earlier = read().filter((atMs) => nowMs - atMs < FORGET_MS)
  sessionStorage.setItem(KEY, JSON.stringify([...earlier.slice(-20), nowMs]))
  setTimeout(() => location.reload(), reloadDelayMs(earlier, nowMs))
}

function read(): number[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((each): each is number => typeof each === 'number') : []
  } catch {
    // Not ours, or half written: the first wait is short again.
    return []
  }
}
