import { createAlarmEngine, type AlarmEngine } from '../../shared/alarms/alarm-engine.ts'
import { DEFAULT_RULES, type Rule } from '../../shared/alarms/rules.ts'
import type { Derivation } from '../../shared/world/derivation.ts'
import type { World } from '../../shared/world/world.ts'
import type { Audit } from '../accounts/audit.ts'
import { keepPhases, listPhases } from '../database/alarms.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Projection, WorldWriter } from '../world/world-writer.ts'
import { createAcknowledgements, type Acknowledgements } from './acknowledge.ts'
import { createAlarmClock, type AlarmClock, type WatchedSource } from './alarm-clock.ts'
import { createTrendKeeper, type TrendKeeper } from './trend-keeper.ts'

export interface AlarmsOptions {
  readonly db: DatabaseHandle['db']
  /** The world that the writer will take over. */
  readonly world: World
  /** UTC milliseconds. */
  readonly now: () => number
  /** Milliseconds that never go back and that nobody can set. */
  readonly monotonic: () => number
  /** A site's own table; the shipped one when absent. */
  readonly rules?: readonly Rule[]
}

export interface AlarmsWork {
  readonly writer: WorldWriter
  readonly audit: Pick<Audit, 'fact'>
  /** The sources that should be heard, as they are now. */
  readonly sources: () => Promise<readonly WatchedSource[]>
  /** When a source was last heard, UTC milliseconds; null: not since the start. */
  readonly lastHeardAt: (sourceId: string) => number | null
  /** The server's clock was set by so many milliseconds. */
  readonly onClockJump: (byMs: number) => void
  /** Something that should never fail did. */
  readonly onFault: (cause: unknown) => void
}

/** Alarms at work: the routes' side, and the clock that makes time-based rules speak. */
export interface AlarmsAtWork extends Acknowledgements {
  readonly trend: TrendKeeper
  readonly clock: AlarmClock
  stop(): Promise<void>
}

/** Alarms as the composition root joins them: first into the writer, then, with the writer, to work. */
export interface Alarms {
  readonly derivation: Derivation
  readonly projections: readonly Projection[]
  start(work: AlarmsWork): AlarmsAtWork
}

/** Loads what the rules need to go on where the last process stopped. */
export async function createAlarms({ db, world, now, monotonic, rules = DEFAULT_RULES }: AlarmsOptions): Promise<Alarms> {
  const engine = createAlarmEngine(world, rules, await listPhases(db))
  await db.transaction().execute((transaction) => keepPhases(transaction, engine.newPhases))
  const trend = await createTrendKeeper(db, now)
  return {
    derivation: engine,
    projections: [phaseProjection(engine), trend.projection],
    start({ writer, audit, sources, lastHeardAt, onClockJump, onFault }) {
      const stopTrend = trend.follow(writer)
      const clock = createAlarmClock({
        engine,
        writer,
        now,
        monotonic,
        sources,
        lastHeardAt,
        onClockJump,
        onFault,
        sweep: trend.sweep,
      })
      return {
        ...createAcknowledgements({ db, writer, audit, now }),
        trend,
        clock,
        async stop() {
          stopTrend()
          await clock.stop()
        },
      }
    },
  }
}

function phaseProjection(engine: AlarmEngine): Projection {
  return (world, changes) => {
    const steps = engine.phasesOf(world, changes)
    return steps.length === 0 ? [] : [(transaction) => keepPhases(transaction, steps)]
  }
}
