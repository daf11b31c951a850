import type { CameraReport, CameraState } from './camera-report.ts'

/** How long a camera was in each state on one day of Beijing time; what is missing from 24 hours is not known. */
export interface CameraDay {
  readonly cameraId: string
  /** `2026-11-23`. */
  readonly day: string
  readonly onlineMs: number
  readonly degradedMs: number
  readonly offlineMs: number
  readonly disabledMs: number
}

export interface AvailabilityStore {
  /** Adds times to days, making those that are not there. */
  add(days: readonly CameraDay[]): Promise<void>
  /** Days in [fromDay, toDay], by camera and day. */
  between(fromDay: string, toDay: string): Promise<readonly CameraDay[]>
}

/** No summer time in China since 1991, so a fixed eight hours. */
const BEIJING_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const WRITE_MS = 60_000
/** Samples come once a minute; after three missed ones nobody knows how the camera was. */
const KNOWN_FOR_MS = 180_000

/** The day of Beijing time in which an instant lies. */
export function beijingDay(atMs: number): string {
  return new Date(atMs + BEIJING_MS).toISOString().slice(0, 10)
}

type Times = Record<CameraState, number>

/** Adds up, from reports, how long each camera was in which state. */
export class AvailabilityBook {
  readonly #store: AvailabilityStore
  readonly #onFault: (cause: unknown) => void
  readonly #last = new Map<string, { state: CameraState; atMs: number }>()
  #pending = new Map<string, { cameraId: string; day: string; times: Times }>()
  #timer: NodeJS.Timeout | null = null

  constructor(store: AvailabilityStore, onFault: (cause: unknown) => void) {
    this.#store = store
    this.#onFault = onFault
  }

  heard({ cameraId, state, observedAtMs }: Pick<CameraReport, 'cameraId' | 'state' | 'observedAtMs'>): void {
    const last = this.#last.get(cameraId)
    this.#last.set(cameraId, { state, atMs: observedAtMs })
    if (last !== undefined) this.#count(cameraId, last.state, last.atMs, Math.min(observedAtMs, last.atMs + KNOWN_FOR_MS))
    this.#timer ??= setTimeout(() => void this.flush(), WRITE_MS)
  }

  /** Writes what was added up; resolves when it is in the database. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const pending = [...this.#pending.values()]
    this.#pending = new Map()
    if (pending.length === 0) return
    try {
      await this.#store.add(
        pending.map(({ cameraId, day, times }) => ({
          cameraId,
          day,
          onlineMs: times.online,
          degradedMs: times.degraded,
          offlineMs: times.offline,
          disabledMs: times.disabled,
        })),
      )
    } catch (cause) {
      this.#onFault(cause)
    }
  }

  /** Counts a stretch, cut at midnight. */
  #count(cameraId: string, state: CameraState, fromMs: number, toMs: number): void {
    for (let atMs = fromMs; atMs < toMs;) {
      const nextDayMs = (Math.floor((atMs + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS
      const endMs = Math.min(toMs, nextDayMs)
      const day = beijingDay(atMs)
      const key = `${cameraId} ${day}`
      const entry = this.#pending.get(key) ?? { cameraId, day, times: { online: 0, degraded: 0, offline: 0, disabled: 0 } }
      entry.times[state] += endMs - atMs
      this.#pending.set(key, entry)
      atMs = endMs
    }
  }
}

/** The table as CSV for a spreadsheet: Chinese headings, hours to the second, a share of the known time that was not switched off. */
export function availabilityCsv(days: readonly CameraDay[], nameOf: (cameraId: string) => string): string {
  const hours = (ms: number): string => (ms / 3_600_000).toFixed(4)
  const rows = days.map((day) => {
    const share = availability(day)
    const cells = [
      day.day,
      day.cameraId,
      nameOf(day.cameraId),
      ...[day.onlineMs, day.degradedMs, day.offlineMs, day.disabledMs].map(hours),
    ]
    return [...cells, share === null ? '' : `${(share * 100).toFixed(2)}%`].map(cell).join(',')
  })
  // A byte order mark, without which spreadsheets take the Chinese for something else.
  return `\uFEFF${['日期,编号,名称,在线(小时),异常(小时),离线(小时),停用(小时),在线率', ...rows].join('\r\n')}\r\n`
}

/** Share of the time in which the camera should have been there and was, degraded included; null when nothing is known. */
export function availability({ onlineMs, degradedMs, offlineMs }: CameraDay): number | null {
  const known = onlineMs + degradedMs + offlineMs
  return known === 0 ? null : (onlineMs + degradedMs) / known
}

/** Quoted where needed, and never a formula to the spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
