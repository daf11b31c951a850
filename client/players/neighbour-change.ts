import type { BlockStore } from './block-store.ts'

/**
 * The instant of the change after (1) or before (-1) what is shown at an instant, loading what it takes; null at the ends of
 * the log. All changes of one instant are shown together, so a step goes from instant to instant.
 */
export async function neighbourChange(
  store: BlockStore,
  atMs: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<number | null> {
  if (direction === 1) return firstAfter(store, atMs, signal)
  const shownMs = await lastUntil(store, atMs, signal)
  return shownMs === null ? null : lastUntil(store, shownMs - 1, signal)
}

/** The last instant with a change at or before another one. */
async function lastUntil(store: BlockStore, atMs: number, signal: AbortSignal): Promise<number | null> {
  const block = await store.load(atMs, signal)
  if (block === null) return null
  return block.changes[block.countAt(atMs) - 1]?.recordedAt ?? store.extent(atMs)?.baseMs ?? null
}

async function firstAfter(store: BlockStore, fromMs: number, signal: AbortSignal): Promise<number | null> {
  let atMs = fromMs
  for (;;) {
    const block = await store.load(atMs, signal)
    const extent = store.extent(atMs)
    if (block === null || extent === null) return null
    const next = block.changes[block.countAt(atMs)]
    if (next !== undefined) return next.recordedAt
    const untilMs = extent.nextMs ?? store.known?.untilMs ?? 0
    if (extent.loadedBeforeMs < untilMs) await store.load(extent.loadedBeforeMs, signal)
    else if (extent.nextMs === null) return null
    else atMs = extent.nextMs
  }
}
