import { beijingDayStart } from './opening-hours.ts'
import type { TimelineMark } from './timeline-marks.ts'
import type { TrendAnswer, TrendSeries } from '../protocol/trend.ts'
import { formatInstant } from '../domain/field.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Days before today that the mean is taken over. */
const MEAN_DAYS = 7
/** How long a mark is of use here: today, the days of the mean, and one for the change of days. */
export const TREND_KEPT_MS = (MEAN_DAYS + 2) * DAY_MS

/** Alarms raised and cases reported in the last days, by their record. */
export class Trend {
  private readonly events = new Map<string, TimelineMark>()

  constructor(marks: Iterable<TimelineMark>) {
    for (const mark of marks) this.take(mark)
  }

  /** A record that is known keeps its first time: a case that is sent again was not reported again. */
  take(mark: TimelineMark): void {
    if (mark.step === 'closed') return
    const name = `${mark.layer}|${mark.id}`
    this.events.set(name, { ...mark, atMs: this.events.get(name)?.atMs ?? mark.atMs })
  }

  forget(beforeMs: number): void {
    for (const [name, { atMs }] of this.events) if (atMs < beforeMs) this.events.delete(name)
  }

  /** The Beijing day that holds `nowMs`, hour by hour, beside the mean of the days before it that anything is known of. */
  at(nowMs: number): TrendAnswer {
    const today = beijingDayStart(nowMs)
    const firstMs = Math.min(today, ...[...this.events.values()].map(({ atMs }) => atMs))
    const meanDays = Math.min(MEAN_DAYS, Math.ceil((today - firstMs) / DAY_MS))
    const hoursBegun = Math.floor((nowMs - today) / HOUR_MS) + 1
    const categories = new Map<string, number>()
    for (const { layer, atMs, key } of this.events.values()) {
      if (layer === 'cases' && atMs >= today && atMs <= nowMs) categories.set(key, (categories.get(key) ?? 0) + 1)
    }
    return {
      at: formatInstant(nowMs),
      dayStart: formatInstant(today),
      meanDays,
      alarms: this.series('alarms', today, meanDays, hoursBegun, nowMs),
      cases: this.series('cases', today, meanDays, hoursBegun, nowMs),
      categories: [...categories]
        .map(([code, count]) => ({ code, count }))
        .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    }
  }

  private series(layer: TimelineMark['layer'], today: number, meanDays: number, hoursBegun: number, nowMs: number): TrendSeries {
    const counts = Array.from({ length: 24 }, () => 0)
    const before = Array.from({ length: 24 }, () => 0)
    for (const event of this.events.values()) {
      if (event.layer !== layer || event.atMs > nowMs || event.atMs < today - meanDays * DAY_MS) continue
      const hour = Math.floor(((((event.atMs - today) % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS)
      const of = event.atMs >= today ? counts : before
      of[hour] = (of[hour] ?? 0) + 1
    }
    return {
      today: counts.map((count, hour) => (hour < hoursBegun ? count : null)),
      mean: meanDays === 0 ? null : before.map((count) => Math.round((count / meanDays) * 100) / 100),
    }
  }
}
