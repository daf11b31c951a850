import type { AlarmEngine } from '../../shared/alarms/alarm-engine.ts'
import { REPORTING_INTERVAL_MS, type LayerName } from '../../shared/domain/layers.ts'
import type { WorldWriter } from '../world/world-writer.ts'

/** A source as far as its silence is concerned. */
export interface WatchedSource {
  readonly id: string
  readonly layers: readonly LayerName[]
  /** UTC milliseconds. */
  readonly createdAt: number
}

/** Lets time-based rules speak when their time has come, listens for silent sources and for a clock that is set. */
export interface AlarmClock {
  /** One look; runs by itself once a second. */
  tick(): Promise<void>
  /** Ends the ticking; resolves when the last look is over. */
  stop(): Promise<void>
}

interface Options {
  readonly engine: Pick<AlarmEngine, 'nextDueMs' | 'followSource' | 'sourceHeard' | 'forgetSource' | 'clockJumped'>
  readonly writer: Pick<WorldWriter, 'submit' | 'live'>
  readonly now: () => number
  readonly monotonic: () => number
  readonly sources: () => Promise<readonly WatchedSource[]>
  readonly lastHeardAt: (sourceId: string) => number | null
  readonly onClockJump: (byMs: number) => void
  readonly onFault: (cause: unknown) => void
  /** Housekeeping, now and then. */
  readonly sweep: () => Promise<void>
}

const TICK_MS = 1_000
/** Sources come and go by hand: looking for new ones six times a minute is soon enough. */
const TICKS_A_SOURCE_LIST = 10
const TICKS_A_SWEEP = 6 * 3_600
/** A clock that moved this much more or less than time did was set (domain: jumps over 1 s are told). */
const JUMP_MS = 1_000

/** How often a source must be heard: as its most frequent layer. Null: it reports by event, and its silence says nothing. */
export function sourceIntervalMs(layers: readonly LayerName[]): number | null {
  const intervals = layers.flatMap((layer) => REPORTING_INTERVAL_MS[layer] ?? [])
  return intervals.length === 0 ? null : Math.min(...intervals)
}

export function createAlarmClock(options: Options): AlarmClock {
  const { engine, writer, now, monotonic, sources, lastHeardAt, onClockJump, onFault, sweep } = options
  const startedMs = now()
  const followed = new Set<string>()
  let heardMs = new Map<string, number>()
  let list: readonly WatchedSource[] = []
  let ticks = 0
  let [lastMs, lastMonotonicMs] = [now(), monotonic()]
  let ticking: Promise<void> | null = null

  const logTime = (): number => Math.max(now(), writer.live.recordedAt)

  function watchClock(): void {
    const [atMs, atMonotonicMs] = [now(), monotonic()]
    const byMs = Math.round(atMs - lastMs - (atMonotonicMs - lastMonotonicMs))
    lastMs = atMs
    lastMonotonicMs = atMonotonicMs
    if (Math.abs(byMs) <= JUMP_MS) return
    onClockJump(byMs)
    engine.clockJumped()
  }

  async function listSources(): Promise<void> {
    const known = new Set(list.map(({ id }) => id))
    list = await sources()
    const there = new Set(list.map(({ id }) => id))
    for (const id of ticks === 0 ? silentSubjects(writer) : known) {
      if (there.has(id)) continue
      followed.delete(id)
      engine.forgetSource(id)
    }
  }

  function listen(): void {
    const next = new Map<string, number>()
    for (const { id, layers, createdAt } of list) {
      const intervalMs = sourceIntervalMs(layers)
      if (intervalMs === null) continue
      const heard = lastHeardAt(id)
      // One that was made since the start is awaited from its first word: its token may not be in use yet.
      if (!followed.has(id) && (heard !== null || createdAt < startedMs)) {
        followed.add(id)
        engine.followSource(id, intervalMs, logTime())
      }
      if (heard === null) continue
      next.set(id, heard)
      if (heardMs.get(id) !== heard) engine.sourceHeard(id, logTime())
    }
    heardMs = next
  }

  async function look(): Promise<void> {
    watchClock()
    if (ticks % TICKS_A_SOURCE_LIST === 0) await listSources()
    listen()
    if (ticks % TICKS_A_SWEEP === 0) await sweep()
    ticks += 1
    if (engine.nextDueMs() <= logTime()) await writer.submit({ entries: [] })
  }

  async function tick(): Promise<void> {
    try {
      await look()
    } catch (cause) {
      onFault(cause)
    }
  }

  const start = (): Promise<void> => {
    ticking ??= tick().finally(() => {
      ticking = null
    })
    return ticking
  }
  const timer = setInterval(() => void start(), TICK_MS)
  return {
    tick: start,
    async stop() {
      clearInterval(timer)
      await ticking
    },
  }
}

/** Sources that an alarm speaks of. */
function silentSubjects(writer: Pick<WorldWriter, 'live'>): string[] {
  return [...(writer.live.layers.get('alarms')?.records.values() ?? [])].flatMap(({ fields }) => {
    const subject = fields['subject']
    return typeof subject === 'object' && subject !== null && 'layer' in subject && subject.layer === 'sources'
      ? [subject.id]
      : []
  })
}
