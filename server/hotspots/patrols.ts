import { deflateRawSync, inflateRawSync } from 'node:zlib'

import type { Change } from '../../shared/world/change.ts'
import { zoneOffset } from '../../shared/hotspot/import/dates.ts'
import { forgetPatrols, keepPatrols, listPatrols, patrolsOfDay } from '../database/hotspots.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import { dayStart } from './study-answer.ts'
import type { BasePoints } from './worker-messages.ts'

/** Side of a square in degrees: about 20 m, a fifth of the usual cell. */
const SQUARE_DEGREES = 0.0002
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Reports older than this come too late to be told from ones that were counted. */
const LATE_MS = 2 * HOUR_MS
const FLUSH_MS = 60_000
/** Analyses see patrols at most this old, so that their answers can be kept meanwhile. */
const FRESH_MS = 10 * 60_000
const KEPT_DAYS = 731

type Db = DatabaseHandle['db']

export interface Patrols {
  /** Counts the squares that patrols passed; the caller's list of durable changes. */
  observe(changes: readonly Change[]): void
  /** Visits by square and day; null while there are none. */
  points(): Promise<BasePoints | null>
  /** Writes what is counted so far. */
  stop(): Promise<void>
}

interface PatrolsOptions {
  readonly db: Db
  readonly timeZone: () => string
  /** UTC milliseconds. */
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
}

/**
 * Patrols from the workers layer, as a denominator: a visit is one worker in one square in one hour. Only sums by square and
 * day are kept; who it was is known for two hours, in memory, to count nobody twice. An hour that a restart falls in may
 * count twice.
 */
export function createPatrols({ db, timeZone, now, onFault }: PatrolsOptions): Patrols {
  const seen = new Map<number, Set<string>>()
  const pending = new Map<string, Map<string, number>>()
  let zone = ''
  let offsetAt = zoneOffset('UTC')
  let kept: { readonly atMs: number; readonly points: BasePoints | null } | null = null
  let writing: Promise<void> = Promise.resolve()

  const count = (day: string, square: string, visits: number): void => {
    const counts = pending.get(day) ?? new Map<string, number>()
    pending.set(day, counts.set(square, (counts.get(square) ?? 0) + visits))
  }
  const write = async (day: string, counts: ReadonlyMap<string, number>): Promise<void> => {
    const all = new Map(counts)
    const before = await patrolsOfDay(db, day)
    for (const [x, y, visits] of before === undefined ? [] : triplesOf(before.body)) {
      all.set(`${x},${y}`, (all.get(`${x},${y}`) ?? 0) + visits)
    }
    const visits = [...all.values()].reduce((sum, one) => sum + one, 0)
    await keepPatrols(db, { day, visits, body: bodyOf(all) })
  }
  const flushNow = async (): Promise<void> => {
    for (const [day, counts] of pending) {
      pending.delete(day)
      try {
        await write(day, counts)
      } catch (cause) {
        // Not lost: the next flush tries again.
        for (const [square, visits] of counts) count(day, square, visits)
        onFault(cause)
        return
      }
    }
    await forgetPatrols(db, new Date(now() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10))
  }
  const flush = (): Promise<void> => {
    writing = writing.then(flushNow).catch(onFault)
    return writing
  }
  const timer = setInterval(() => void flush(), FLUSH_MS)
  timer.unref()

  return {
    observe(changes) {
      for (const { layer, id, op, observedAt, fields } of changes) {
        if (layer !== 'workers' || op === 'remove') continue
        const { position } = fields as { position?: unknown }
        if (!Array.isArray(position) || observedAt < now() - LATE_MS) continue
        if (zone !== timeZone()) {
          zone = timeZone()
          offsetAt = zoneOffset(zone)
        }
        const hour = Math.floor(observedAt / HOUR_MS)
        const visited = seen.get(hour) ?? new Set()
        if (!seen.has(hour)) {
          seen.set(hour, visited)
          for (const old of seen.keys()) if (old * HOUR_MS < now() - LATE_MS - HOUR_MS) seen.delete(old)
        }
        const square = `${Math.floor(Number(position[0]) / SQUARE_DEGREES)},${Math.floor(Number(position[1]) / SQUARE_DEGREES)}`
        if (visited.has(`${id} ${square}`)) continue
        visited.add(`${id} ${square}`)
        const day = new Date(observedAt + offsetAt(observedAt)).toISOString().slice(0, 10)
        count(day, square, 1)
      }
    },
    async points() {
      if (kept === null || now() - kept.atMs >= FRESH_MS) {
        await flush()
        kept = { atMs: now(), points: await patrolPoints(db, timeZone()) }
      }
      return kept.points
    },
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}

/** Visits by square and day as they stand in the database; null while there are none. */
export async function patrolPoints(db: Db, timeZone: string): Promise<BasePoints | null> {
  const all = (await listPatrols(db)).flatMap(({ day, body }) => {
    const dayMs = dayStart(day, timeZone)
    return triplesOf(body).map(([x, y, visits]) => [x, y, visits, dayMs] as const)
  })
  if (all.length === 0) return null
  return {
    lng: Float64Array.from(all, ([x]) => (x + 0.5) * SQUARE_DEGREES),
    lat: Float64Array.from(all, ([, y]) => (y + 0.5) * SQUARE_DEGREES),
    value: Float64Array.from(all, ([, , visits]) => visits),
    dayMs: Float64Array.from(all, ([, , , dayMs]) => dayMs),
  }
}

/** A day's squares as little-endian int32 triples x, y, visits, deflated. */
function bodyOf(counts: ReadonlyMap<string, number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(counts.size * 12))
  let at = 0
  for (const [square, visits] of counts) {
    const [x = 0, y = 0] = square.split(',').map(Number)
    for (const value of [x, y, visits]) {
      view.setInt32(at, value, true)
      at += 4
    }
  }
  return deflateRawSync(new Uint8Array(view.buffer))
}

function triplesOf(body: Uint8Array): [x: number, y: number, visits: number][] {
  const bytes = inflateRawSync(body)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: Math.floor(bytes.byteLength / 12) }, (_, i) => [
    view.getInt32(i * 12, true),
    view.getInt32(i * 12 + 4, true),
    view.getInt32(i * 12 + 8, true),
  ])
}
