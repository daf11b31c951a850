import { marksOf, type TimelineMark } from '../../shared/alarms/timeline-marks.ts'
import { TREND_KEPT_MS, Trend } from '../../shared/alarms/trend.ts'
import type { TrendAnswer } from '../../shared/protocol/trend.ts'
import { forgetMarks, keepMarks, listMarks } from '../database/alarms.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Projection, WorldWriter } from '../world/world-writer.ts'

/** The marks of timelines, written with the changes that they follow from, and the trend of the last days in memory. */
export interface TrendKeeper {
  readonly projection: Projection
  /** Follows what the writer commits; returns the way to stop. */
  follow(writer: Pick<WorldWriter, 'onCommitted' | 'live'>): () => void
  /** The day so far, as of now. */
  read(): TrendAnswer
  /** Marks with `recordedAt` in a range, both inclusive. */
  marks(range: MarkRange): Promise<readonly TimelineMark[]>
  /** Forgets what is too old to matter. */
  sweep(): Promise<void>
}

/** The first `limit` of a range, counted from its end when `newestFirst`. */
export interface MarkRange {
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
  readonly newestFirst: boolean
}

/** Marks outlive the log's usual retention: a year of them is some thousand rows. */
const MARKS_KEPT_MS = 400 * 86_400_000
/** More marks than a community makes in the days of the trend. */
const MOST_MARKS = 200_000

export async function createTrendKeeper(db: DatabaseHandle['db'], now: () => number): Promise<TrendKeeper> {
  const fromMs = now() - TREND_KEPT_MS
  const trend = new Trend(await listMarks(db, { fromMs, toMs: Number.MAX_SAFE_INTEGER, limit: MOST_MARKS, newestFirst: false }))
  return {
    projection(world, changes) {
      const marks = marksOf(world, changes)
      return marks.length === 0 ? [] : [(transaction) => keepMarks(transaction, marks)]
    },
    follow: (writer) =>
      writer.onCommitted((_changes, _recordedAt, effective) => {
        for (const mark of marksOf(writer.live, effective)) trend.take(mark)
      }),
    read: () => trend.at(now()),
    marks: (range) => listMarks(db, range),
    async sweep() {
      trend.forget(now() - TREND_KEPT_MS)
      await forgetMarks(db, now() - MARKS_KEPT_MS)
    },
  }
}
