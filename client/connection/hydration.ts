import type { LayerName } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'
import type { Mirror } from '../store/mirror.ts'
import type { BackOff } from './back-off.ts'
import type { Delta, LayerChanges } from './delta-decoder.ts'
import type { LoadedSnapshot } from './loaded-snapshot.ts'
import { loadSnapshot, type FetchBytes } from './snapshot-loader.ts'

/** Snapshots loaded at once; the server answers 4 a session. */
const AT_ONCE = 3

export interface Hydration {
  /**
   * What to apply of a delta now: changes of layers that are loaded, minus what their snapshots hold. The others' wait for
   * their snapshot.
   */
  ready(delta: Delta): readonly Change[]
  readonly done: boolean
  stop(): void
}

export interface HydrationOptions {
  readonly mirror: Mirror
  readonly epoch: string
  /** Path by layer, as the join named them. */
  readonly paths: ReadonlyMap<LayerName, string>
  readonly fetchBytes: FetchBytes
  readonly backOff: BackOff
  readonly onLayer: (layer: LayerName, snapshot: LoadedSnapshot) => void
  readonly onDone: () => void
  /** Signed out meanwhile, the log is another, or what came does not fit together. */
  readonly onFailed: (code: 'gone' | 'other_epoch' | 'broken') => void
}

/** Brings layers from snapshots to the stream's place: each waits with its changes until its snapshot is in. */
export function startHydration(options: HydrationOptions): Hydration {
  const { mirror, epoch } = options
  const waiting = new Map<LayerName, Waiting[]>([...options.paths.keys()].map((layer) => [layer, []]))
  const loadedAt = new Map<LayerName, number>()
  const abort = new AbortController()
  const queue = [...options.paths]

  const fail = (code: 'gone' | 'other_epoch' | 'broken'): void => {
    if (abort.signal.aborted) return
    abort.abort()
    options.onFailed(code)
  }

  const load = async (layer: LayerName, path: string): Promise<void> => {
    for (;;) {
      const result = await loadSnapshot(options.fetchBytes, path, abort.signal)
      if (abort.signal.aborted) return
      if (result.ok) {
        if (result.snapshot.epoch !== epoch) return fail('other_epoch')
        take(layer, result.snapshot)
        return
      }
      if (result.code === 'gone') return fail('gone')
      await pause(options.backOff.nextMs(), abort.signal)
    }
  }

  const take = (layer: LayerName, snapshot: LoadedSnapshot): void => {
    const missed = waiting.get(layer) ?? []
    waiting.delete(layer)
    loadedAt.set(layer, snapshot.seq)
    mirror.replaceLayer(layer, snapshot.records, snapshot.seq)
    options.onLayer(layer, snapshot)
    mirror.apply(missed.flatMap(({ toSeq, changes }) => later(toSeq, changes, snapshot.seq)))
  }

  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !abort.signal.aborted; next = queue.shift()) await load(...next)
  }
  Promise.all(Array.from({ length: AT_ONCE }, work)).then(
    () => {
      if (!abort.signal.aborted) options.onDone()
    },
    () => fail('broken'),
  )

  return {
    ready({ toSeq, layers }) {
      const ready: Change[] = []
      for (const [layer, changes] of layers) {
        const queued = waiting.get(layer)
        if (queued !== undefined) queued.push({ toSeq, changes })
        else ready.push(...later(toSeq, changes, loadedAt.get(layer) ?? 0))
      }
      return ready
    },
    get done() {
      return waiting.size === 0
    },
    stop: () => abort.abort(),
  }
}

interface Waiting {
  readonly toSeq: number
  readonly changes: LayerChanges
}

/** The changes that a snapshot at `seq` does not hold yet. */
function later(toSeq: number, changes: LayerChanges, seq: number): readonly Change[] {
  return toSeq <= seq ? [] : changes().filter((change) => change.seq > seq)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
