import { nearestCameras, type CameraView } from '../../shared/alarms/nearest-cameras.ts'
import type { Change } from '../../shared/world/change.ts'
import { layerOf, type World } from '../../shared/world/world.ts'
import type { VideoHub } from './video-hub.ts'

export interface AlarmWatchOptions {
  readonly hub: Pick<VideoHub, 'record'>
  /** Every camera of the world with its place and view. */
  readonly cameras: () => Iterable<CameraView>
}

/** What alarms mean to cameras: those near one are kept from before until after it, and may be seen where consent asks for an alarm. */
export interface AlarmWatch {
  /** Takes the changes that took effect, in their order. */
  heard(changes: readonly Change[]): void
  /** When the last alarm that concerns a camera was raised, Unix milliseconds; null for none. */
  alarmAtMs(cameraId: string): number | null
}

/** As far as the ring in memory reaches, and as long again twice: how it came about and what became of it. */
const BEFORE_MS = 30_000
const AFTER_MS = 60_000
/** As many as a wall shows for an alarm. */
const CAMERAS_AN_ALARM = 4
/** A camera farther away shows nothing of the place. */
const FARTHEST_METERS = 300

export function createAlarmWatch({ hub, cameras }: AlarmWatchOptions): AlarmWatch {
  const alarms = new Map<string, number>()
  return {
    alarmAtMs: (cameraId) => alarms.get(cameraId) ?? null,
    heard(changes) {
      for (const { layer, op, fields, observedAt } of changes) {
        if (layer !== 'alarms' || op !== 'put' || fields['state'] !== 'raised') continue
        const { position } = fields
        if (!isPosition(position)) continue
        for (const { id, distanceMeters, sees } of nearestCameras(cameras(), position, CAMERAS_AN_ALARM)) {
          if (!sees && distanceMeters > FARTHEST_METERS) continue
          alarms.set(id, observedAt)
          hub.record(id, observedAt - BEFORE_MS, observedAt + AFTER_MS)
        }
      }
    },
  }
}

/** The cameras of a world with what each sees. */
export function* cameraViews(world: World): Generator<CameraView> {
  for (const { id, fields } of layerOf(world, 'cameras').records.values()) {
    const { position, bearingDeg, fieldOfViewDeg, rangeMeters } = fields
    if (!isPosition(position)) continue
    yield {
      id,
      position,
      bearingDeg: numberOrNull(bearingDeg),
      fieldOfViewDeg: numberOrNull(fieldOfViewDeg),
      rangeMeters: numberOrNull(rangeMeters),
    }
  }
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function isPosition(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number')
}
