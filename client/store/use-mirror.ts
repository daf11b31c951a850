import { useMemo, useSyncExternalStore } from 'react'

import type { LayerName } from '../../shared/domain/layers.ts'
import type { LayerMirror, Mirror } from './mirror.ts'

/** Panels are read by people: four times a second is enough. */
const PANEL_MS = 250

/** A layer for React: a snapshot function and a subscription that tells at most once in {@link PANEL_MS}. */
export function throttledLayer(layer: LayerMirror): { subscribe(listener: () => void): () => void; version(): number } {
  let shown = layer.version
  return {
    version: () => shown,
    subscribe(listener) {
      let timer: ReturnType<typeof setTimeout> | null = null
      const show = (): void => {
        timer = null
        if (shown === layer.version) return
        shown = layer.version
        listener()
      }
      const unsubscribe = layer.subscribe(() => {
        timer ??= setTimeout(show, PANEL_MS)
      })
      // What came between the first render and now.
      show()
      return () => {
        unsubscribe()
        if (timer !== null) clearTimeout(timer)
      }
    },
  }
}

/** The layer, drawn again at most four times a second while it changes. */
export function useLayer(mirror: Mirror, name: LayerName): LayerMirror {
  const layer = mirror.layer(name)
  const store = useMemo(() => throttledLayer(layer), [layer])
  useSyncExternalStore(store.subscribe, store.version)
  return layer
}

/** What `select` makes of the layer, computed anew only when the layer changed. Keep `select` stable or memoised. */
export function useLayerValue<T>(mirror: Mirror, name: LayerName, select: (layer: LayerMirror) => T): T {
  const layer = mirror.layer(name)
  const store = useMemo(() => throttledLayer(layer), [layer])
  const version = useSyncExternalStore(store.subscribe, store.version)
  // The version is what makes the value old, though nothing reads it.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => select(layer), [layer, version, select])
}
