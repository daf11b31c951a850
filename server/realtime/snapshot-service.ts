import { Worker } from 'node:worker_threads'

import type { LayerName } from '../../shared/domain/layers.ts'
import type { SnapshotFormat } from '../../shared/protocol/snapshot.ts'
import { toWire } from '../../shared/protocol/wire-change.ts'
import { snapshotWorld } from '../../shared/world/snapshot.ts'
import type { Feed } from './feed.ts'
import type { LivePrincipal, LiveSource } from './live-source.ts'
import type { BuiltSnapshot, FromReplica, Packing, SnapshotKey, ToReplica } from './snapshot-messages.ts'
import { STREAMS, streamOf } from './streams.ts'

/** Snapshots that one session, device or token may be loading at once. */
const AT_ONCE = 4

export interface SnapshotRequest {
  readonly principal: LivePrincipal
  readonly layer: LayerName
  readonly format: SnapshotFormat
  readonly packing: Packing
}

/**
 * `release` must be called when the answer has left or failed: it is what counts as loading. A layer that the principal
 * may not see is `forbidden_layer`; more than {@link AT_ONCE} at once, `too_many_requests`.
 */
export type SnapshotOutcome =
  | { readonly ok: true; readonly built: BuiltSnapshot; readonly release: () => void }
  | { readonly ok: false; readonly code: 'forbidden_layer' | 'too_many_requests' | 'stopping' }

export interface SnapshotService {
  /** The layer as the principal sees it, at or after everything that is committed when this is called. */
  get(request: SnapshotRequest): Promise<SnapshotOutcome>
  stop(): Promise<void>
}

export interface SnapshotReplica extends SnapshotService {
  /** Each tick of the feed, in order. */
  follow(feed: Feed): void
}

export interface SnapshotServiceOptions {
  readonly source: LiveSource
  readonly epoch: string
  /** The replica's thread ended though nobody stopped it. */
  readonly onBroken: (cause: unknown) => void
}

/** Starts the replica at the source's present state; `follow` must be told of each tick from here on. */
export function createSnapshotService({ source, epoch, onBroken }: SnapshotServiceOptions): SnapshotReplica {
  const worker = new Worker(new URL('./snapshot-worker.ts', import.meta.url))
  const cache = new Map<string, BuiltSnapshot>()
  const asked = new Map<string, { readonly atLeastSeq: number; readonly built: Promise<BuiltSnapshot | null> }>()
  const waiting = new Map<number, (built: BuiltSnapshot | null) => void>()
  const loading = new Map<string, number>()
  let requests = 0
  let stopped = false
  const send = (message: ToReplica): void => worker.postMessage(message)

  worker.on('message', ({ request, built }: FromReplica) => {
    waiting.get(request)?.(built)
    waiting.delete(request)
  })
  worker.on('error', onBroken)
  worker.on('exit', (code) => {
    for (const resolve of waiting.values()) resolve(null)
    waiting.clear()
    if (!stopped) onBroken(new Error(`the snapshot thread ended with ${code}`))
  })
  send({ type: 'start', epoch, world: snapshotWorld(source.live) })

  const build = (key: SnapshotKey): Promise<BuiltSnapshot | null> => {
    const name = `${key.streamIndex} ${key.format} ${key.packing}`
    const atLeastSeq = source.live.seq
    const cached = cache.get(name)
    if (cached !== undefined && cached.seq >= atLeastSeq) return Promise.resolve(cached)
    const under = asked.get(name)
    if (under !== undefined && under.atLeastSeq >= atLeastSeq) return under.built
    requests += 1
    const request = requests
    const built = new Promise<BuiltSnapshot | null>((resolve) => {
      waiting.set(request, (result) => {
        const newest = cache.get(name)
        if (result !== null && (newest === undefined || newest.seq < result.seq)) cache.set(name, result)
        resolve(result)
      })
    })
    asked.set(name, { atLeastSeq, built })
    send({ type: 'get', request, key, atLeastSeq })
    return built
  }

  return {
    follow(feed) {
      const streams = STREAMS.flatMap((stream): [number, string][] => {
        const changes = feed.since(stream, feed.previousSeq)
        return changes.length === 0 ? [] : [[stream.index, JSON.stringify(changes.map(toWire))]]
      })
      send({ type: 'tick', toSeq: feed.seq, atMs: feed.atMs, streams })
    },
    async get({ principal, layer, format, packing }) {
      const stream = streamOf(layer, principal.audience)
      if (stream === null) return { ok: false, code: 'forbidden_layer' }
      const { key } = principal
      const now = loading.get(key) ?? 0
      if (now >= AT_ONCE) return { ok: false, code: 'too_many_requests' }
      loading.set(key, now + 1)
      let released = false
      const release = (): void => {
        if (released) return
        released = true
        const left = (loading.get(key) ?? 1) - 1
        if (left > 0) loading.set(key, left)
        else loading.delete(key)
      }
      const built = stopped ? null : await build({ streamIndex: stream.index, format, packing })
      if (built === null) {
        release()
        return { ok: false, code: 'stopping' }
      }
      return { ok: true, built, release }
    },
    async stop() {
      stopped = true
      await worker.terminate()
    },
  }
}
