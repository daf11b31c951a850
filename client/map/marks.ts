import { alarmOf, isWaiting } from '../../shared/alarms/alarm-state.ts'
import type { Subject, Position } from '../../shared/domain/field.ts'
import { REPORTING_INTERVAL_MS, STALE_AFTER_INTERVALS, type LayerName } from '../../shared/domain/layers.ts'
import type { Fields } from '../../shared/domain/field.ts'
import type { WorldRecord } from '../../shared/world/world.ts'
import type { CameraView } from './camera-view.ts'

/** One mark on the map, with what it stands for. */
export interface Mark {
  readonly subject: Subject
  readonly position: Position
  readonly icon: string
  /** Drawing order and size: the more urgent, the larger and the later. */
  readonly sizePx: number
  /** Nobody has taken it up: it pulses. */
  readonly calls?: boolean
}

/** All marks of a map by their layer, in the order in which they lie on each other. */
export type Marks = Readonly<Record<'cases' | 'cameras' | 'stations' | 'alarms', readonly Mark[]>>

export function positionOf(fields: Fields): Position | null {
  const position = fields['position']
  return Array.isArray(position) && position.length === 2 ? (position as unknown as Position) : null
}

/** Whether a record's news is older than three reporting intervals of its layer. */
export function isStale(layer: LayerName, observedAtMs: number, nowMs: number): boolean {
  const interval = REPORTING_INTERVAL_MS[layer]
  return interval !== null && nowMs - observedAtMs > STALE_AFTER_INTERVALS * interval
}

export type StationStatus = 'ok' | 'warning' | 'alarm' | 'offline'

/** What a station's state means for whoever looks from afar. Closed is in order: whether it should be open is a rule's matter. */
export function stationStatus(fields: Fields): StationStatus {
  const { state, water } = fields
  if (state === 'fault') return 'alarm'
  if (state === 'offline') return 'offline'
  return state === 'full' || (state === 'open' && water === 'none') ? 'warning' : 'ok'
}

export function stationMarks(records: Iterable<WorldRecord>, nowMs: number): Mark[] {
  const marks: Mark[] = []
  for (const { id, fields, observedAt } of records) {
    const position = positionOf(fields)
    if (position === null) continue
    const status = stationStatus(fields)
    const stale = isStale('stations', observedAt, nowMs)
    const icon = stale ? 'station-stale' : `station-${status}`
    marks.push({ subject: { layer: 'stations', id }, position, icon, sizePx: status === 'ok' && !stale ? 48 : 58 })
  }
  return marks
}

/** How many cameras are drawn with icon and view on a wall; the rest are dots. */
export const KEY_CAMERAS = 12

/** @param near cameras that an alarm brought up: drawn whatever their number */
export function cameraMarks(records: Iterable<WorldRecord>, nowMs: number, near: ReadonlySet<string>): Mark[] {
  const marks: Mark[] = []
  for (const { id, fields, observedAt } of records) {
    const position = positionOf(fields)
    if (position === null) continue
    const state = fields['state']
    const out = state === 'offline' || state === 'disabled' || isStale('cameras', observedAt, nowMs)
    const whole = marks.length < KEY_CAMERAS || near.has(id) || out
    const icon = out ? 'camera-offline' : state === 'degraded' ? 'camera-warning' : whole ? 'camera-ok' : 'dot'
    marks.push({ subject: { layer: 'cameras', id }, position, icon, sizePx: whole ? 40 : 10 })
  }
  return marks
}

/** The views to draw: of the key cameras and of those that an alarm brought up, when they see anything. */
export function cameraViews(
  records: Iterable<WorldRecord>,
  near: ReadonlySet<string>,
): { readonly id: string; readonly view: CameraView; readonly hot: boolean }[] {
  const views: { id: string; view: CameraView; hot: boolean }[] = []
  let count = 0
  for (const { id, fields } of records) {
    const position = positionOf(fields)
    const { bearingDeg, fieldOfViewDeg, rangeMeters } = fields
    if (position === null || typeof bearingDeg !== 'number' || typeof fieldOfViewDeg !== 'number') continue
    count += 1
    if (fields['state'] === 'offline' || fields['state'] === 'disabled') continue
    if (count > KEY_CAMERAS && !near.has(id)) continue
    const range = typeof rangeMeters === 'number' ? rangeMeters : DEFAULT_RANGE_METERS
    views.push({ id, view: { position, bearingDeg, fieldOfViewDeg, rangeMeters: range }, hot: near.has(id) })
  }
  return views
}

/** What a street camera shows well enough to tell what happens; used where the registry has no range. */
const DEFAULT_RANGE_METERS = 60

/**
 * Alarms that nobody has acknowledged, or that go on: priority 1 and 2 as diamonds, 3 and 4 as triangles; those that
 * somebody has in hand are smaller and still.
 */
export function alarmMarks(records: Iterable<WorldRecord>): Mark[] {
  const marks: Mark[] = []
  for (const { id, fields } of records) {
    const position = positionOf(fields)
    if (position === null || fields['state'] === 'cleared') continue
    const urgent = Number(fields['priority']) <= 2
    const calls = isWaiting(alarmOf(fields))
    marks.push({
      subject: { layer: 'alarms', id },
      position,
      icon: urgent ? 'mark-alarm' : 'mark-warning',
      sizePx: (urgent ? 58 : 44) * (calls ? 1 : 0.62),
      calls,
    })
  }
  return marks.toSorted((a, b) => a.sizePx - b.sizePx)
}

/** Rings closer than this would be one smear from the other side of the room. */
const RINGS_APART_PX = 36

/**
 * Those of the marks around which rings pulse: the largest signs first, and none that lies within the rings of another. Each
 * keeps its own sign.
 * @param placeOf where a mark is drawn, in pixels
 */
export function ringedMarks(
  marks: readonly Mark[],
  placeOf: (mark: Mark) => { readonly x: number; readonly y: number },
  scale: number,
): Mark[] {
  const ringed: { readonly mark: Mark; readonly x: number; readonly y: number }[] = []
  for (const mark of marks.toReversed()) {
    const { x, y } = placeOf(mark)
    if (ringed.some((other) => Math.hypot(other.x - x, other.y - y) < RINGS_APART_PX * scale)) continue
    ringed.push({ mark, x, y })
  }
  return ringed.map(({ mark }) => mark)
}

const DONE_STAGES: ReadonlySet<unknown> = new Set(['closed', 'rejected', 'merged'])

/** Cases that are still open. */
export function caseMarks(records: Iterable<WorldRecord>): Mark[] {
  const marks: Mark[] = []
  for (const { id, fields } of records) {
    const position = positionOf(fields)
    if (position === null || DONE_STAGES.has(fields['stage'])) continue
    marks.push({ subject: { layer: 'cases', id }, position, icon: 'case', sizePx: 34 })
  }
  return marks
}

/** The marks that names must not lie under, of the layers that are shown. */
export function marksAboveNames(marks: Marks, visible: ReadonlySet<LayerName>): Mark[] {
  const whole = { ...marks, cameras: marks.cameras.filter(({ sizePx }) => sizePx > 20) }
  return (['stations', 'cameras', 'cases', 'alarms'] as const).flatMap((name) => (visible.has(name) ? whole[name] : []))
}

/** Changes when any of these marks comes, goes or grows. */
export const keyOf = (marks: readonly Mark[]): string =>
  marks.map(({ subject, sizePx }) => `${subject.layer}/${subject.id}/${sizePx}`).join()

/** Changes when any of these marks would be drawn in another way. */
export const looksOf = (marks: readonly Mark[]): string =>
  marks.map(({ subject, icon, sizePx, position }) => `${subject.id}/${icon}/${sizePx}/${position.join('/')}`).join()
